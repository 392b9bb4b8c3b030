"""`casebot init`: from two tokens and a mailbox to a desk that was seen to work."""
