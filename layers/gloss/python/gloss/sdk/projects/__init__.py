"""Projects for the public SDK."""
