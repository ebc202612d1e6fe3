"""Gloss: the annotation data engine's own code, the same in Lambda, in tests and in the editor."""
