"""The rules of Gloss as pure values and functions: no clock, no network, no environment."""
