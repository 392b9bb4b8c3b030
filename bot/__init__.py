"""Casebot: a case desk that lives in Slack."""
