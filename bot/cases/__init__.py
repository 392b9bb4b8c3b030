"""The core: cases, their rules and the one door for incoming words."""
