"""Folders and items for the public SDK."""
