"""Who is due for escalation by the clock."""
