"""`casebot chaos`: whatever may go wrong does, while people write; at the end everything is counted."""
