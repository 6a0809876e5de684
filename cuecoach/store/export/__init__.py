"""A stored run as a file for other programs."""
