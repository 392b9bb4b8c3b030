"""Alembic migrations; imports nothing of bot."""
