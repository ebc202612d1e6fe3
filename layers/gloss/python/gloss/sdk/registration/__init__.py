"""Registration jobs and direct uploads for the public SDK."""
