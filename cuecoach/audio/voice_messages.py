"""What the process that renders speech is told at its start, and how an engine says that it cannot."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

#: `engine`: nothing that speaks; `language`: it does not speak this language; `model`: its model cannot be used.
Lack: TypeAlias = Literal["engine", "language", "model"]


@dataclass(frozen=True, slots=True)
class SpeakerSettings:
    """Who is to speak: the engine, a language tag, words a minute, part of a voice's name, the file of a model."""

    engine: str = "pyttsx3"
    language: str = "en"
    rate: int = 175
    name: str | None = None
    model: str | None = None


class NoSpeaker(Exception):  # noqa: N818 - it is an answer, told as one line to the parent
    """An engine that cannot speak: what it lacks, and why in a few words."""

    def __init__(self, lack: Lack, detail: str) -> None:
        super().__init__(detail)
        self.lack: Lack = lack
