"""adapters of Gloss; see docs/architecture.md."""
