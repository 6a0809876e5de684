"""A stored run as a file for other programs."""

from cuecoach.store.export.formats import FORMATS, Format, check_target, export

__all__ = ["FORMATS", "Format", "check_target", "export"]
