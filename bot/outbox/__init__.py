"""Deliveries: what is still to be said, and the postman who carries it."""
