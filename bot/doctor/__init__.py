"""`casebot doctor`: whether a desk works, and for all that does not, the click or command that mends it."""
