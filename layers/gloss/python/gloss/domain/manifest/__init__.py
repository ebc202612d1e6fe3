"""Manifests: what to register, read as a stream from JSON or CSV into one unit or one row fault each."""
