"""Collections of items and presets of the organisation for the public SDK, which calls that the index."""
