"""JSON of any length, read as a stream in bounded memory: a window on its chunks, and a reader that stands in it."""
