"""Tests, by altitude: rules alone, parts against real parts, the whole through a real Temporal server."""
