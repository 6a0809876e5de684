"""Runs that are remembered: one SQLite file, what went in and what came out of it."""

from cuecoach.store.heads import NewRun, RunHead
from cuecoach.store.keeper import Keeper
from cuecoach.store.places import store_path
from cuecoach.store.reading import Store

__all__ = ["Keeper", "NewRun", "RunHead", "Store", "store_path"]
