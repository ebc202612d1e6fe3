"""Measurements of Gloss beside its peers, in one process for each subject."""
