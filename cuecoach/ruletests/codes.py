"""Every code a test file can be answered with beyond those of cue files, and what it means."""

from __future__ import annotations

from typing import Final

#: Number → meaning; ``C`` stands before the number, as in cue files. Codes never change their meaning.
CODES: Final[dict[int, str]] = {
    601: "what is given in a test cannot be read",
    602: "what is expected of a test cannot be read",
    603: "a test names a rule that is not there",
    604: "a test file names a cue file that is not there or cannot be used",
    605: "an unknown name under `given`",
    606: "two tests of a file have the same name",
    607: "a test has no length, ends too early or runs too long",
}
