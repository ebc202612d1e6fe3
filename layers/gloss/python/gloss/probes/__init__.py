"""probes of Gloss; see docs/architecture.md."""
