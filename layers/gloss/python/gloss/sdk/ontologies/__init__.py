"""Ontologies for the public SDK."""
