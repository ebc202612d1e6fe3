"""Active for the public SDK: imports, collections and presets of a project."""
