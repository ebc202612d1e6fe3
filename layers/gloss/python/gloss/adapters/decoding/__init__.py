"""Pixels out of media: one module a kind of file, and the decoder that chooses among them."""
