"""Traces: each deed that was measured becomes a span at an OpenTelemetry collector."""
