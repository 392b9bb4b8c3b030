"""The demo: the real bot as a child process, connected to the sandbox over its real protocols."""
