"""Recorded runs: FIT, raw samples and metrics as CSV, whichever it is told by its content."""
