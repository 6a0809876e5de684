"""What a run looked like: one page and its figures."""
