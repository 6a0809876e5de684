"""A key and a button of the headset mean the same to the coach whichever is pressed."""

from __future__ import annotations

import math

import pytest

from cuecoach.cli.keys import QUIET_S
from cuecoach.cli.panel import KEYS as SHOWN
from cuecoach.cli.runner_word import KEYS, Word, control
from cuecoach.events import Control


@pytest.mark.parametrize(
    ("word", "quiet_until", "command", "for_s"),
    [
        ("quiet a while", -math.inf, "quiet", QUIET_S),
        ("quiet a while", 20.0, "speak", QUIET_S),
        ("toggle", -math.inf, "quiet", None),
        ("toggle", math.inf, "speak", None),
        ("quiet", math.inf, "quiet", None),
        ("speak", -math.inf, "speak", None),
        ("pain", -math.inf, "pain", None),
        ("calibrate", 20.0, "calibrate", None),
    ],
)
def test_a_word_becomes_a_command(word: Word, quiet_until: float, command: str, for_s: float | None) -> None:
    assert control(word, 10.0, quiet_until) == Control(10.0, command, for_s)  # type: ignore[arg-type]


def test_every_key_is_shown() -> None:
    assert set(KEYS) == {" ", "p", "c"}
    for shown in ("space: ", "p: it hurts", "c: "):
        assert shown in SHOWN
