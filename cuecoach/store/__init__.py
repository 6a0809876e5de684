"""Runs that are remembered: one SQLite file, what went in and what came out of it."""
