"""Label rows for the public SDK."""
