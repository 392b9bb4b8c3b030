"""A small Slack workspace and a mailbox in memory, for people and for tests; imports no other room."""
