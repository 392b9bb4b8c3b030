"""Block Kit drawings: pure functions from facts to blocks."""
