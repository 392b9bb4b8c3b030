"""The dead-man's switch: who notices that Slack, the mailbox or the clock is silent, and speaks by a second path."""
