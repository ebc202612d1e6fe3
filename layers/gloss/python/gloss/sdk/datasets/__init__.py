"""Datasets and their data units for the public SDK."""
