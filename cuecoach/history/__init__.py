"""The history of a rule over a run: what it did when, why, and how near it came. And how often each rule spoke, and why not."""

from cuecoach.history.moment import Moment, Other
from cuecoach.history.parts import Finding, Part, parts_of
from cuecoach.history.record import History, Stretch
from cuecoach.history.story import Row, rows, shares, verdict
from cuecoach.history.tally import RuleTally, tally
from cuecoach.history.watch import trace

__all__ = [
    "Finding",
    "History",
    "Moment",
    "Other",
    "Part",
    "Row",
    "RuleTally",
    "Stretch",
    "parts_of",
    "rows",
    "shares",
    "tally",
    "trace",
    "verdict",
]
