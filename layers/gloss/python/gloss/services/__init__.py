"""services of Gloss; see docs/architecture.md."""
