"""sdk of Gloss; see docs/architecture.md."""
