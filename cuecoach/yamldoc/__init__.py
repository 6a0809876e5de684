"""Tamed YAML: documents people write, read with the line and column of every key and value, and checked against a model.

Every problem has a code: a letter for the kind of document (``C`` cue files, ``K`` configs) and a number that means the same
in all of them: 0xx the file and its YAML, 1xx its settings; the rooms that own a document add their own.
"""

from __future__ import annotations

from cuecoach.yamldoc.document import MAX_BYTES, Document, Path, Place
from cuecoach.yamldoc.reading import load_document, parse_document
from cuecoach.yamldoc.validate import Fault, validate

__all__ = ["MAX_BYTES", "Document", "Fault", "Path", "Place", "load_document", "parse_document", "validate"]
