"""The Slack edge: hears events, draws cards and alerts, and posts what the outbox holds."""
