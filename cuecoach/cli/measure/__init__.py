"""`cuecoach measure`: gait metrics of a raw recording, as table, JSON, CSV and picture."""

from cuecoach.cli.measure.command import measure

__all__ = ["measure"]
