"""Issues for the public SDK."""
