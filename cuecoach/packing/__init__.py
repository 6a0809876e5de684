"""What went into a coach as bytes and back, to the last bit: for the store, and for files that hold a whole run."""

from cuecoach.packing.events import pack_events, unpack_events

__all__ = ["pack_events", "unpack_events"]
