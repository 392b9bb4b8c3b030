"""The HTTP edge: liveness and health."""
