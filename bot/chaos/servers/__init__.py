"""Real servers for the length of a run, each a child process in a folder of its own."""
