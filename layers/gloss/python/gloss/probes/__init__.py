"""Header bytes in, facts out: one module for each sort of file, each reading ranges only."""
