"""Leaving and arriving: everything a desk holds as one file, and that file as a desk again."""
