"""Forms: what a person fills in, drawn for him alone."""
