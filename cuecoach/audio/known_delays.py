"""How late each of your headphones is heard: kept by the device's name in one small YAML file that people may edit too."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Final

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from cuecoach.audio.device_name import device_name
from cuecoach.config import AUTO, Delay, Sound
from cuecoach.errors import CuecoachError, DocumentError
from cuecoach.settingsfile import read_settings, settings_path, write_settings

#: Names the file in place of the usual one.
VARIABLE: Final = "CUECOACH_HEADPHONES"
#: How a delay is known that was written by hand.
SET_BY_YOU: Final = "set by you"
#: Longer names are cut.
_NAME_LENGTH: Final = 120
#: Sinks at whose end there is no ear.
_UNHEARD: Final = ("null", "file:")

_HEADER: Final = """\
# How late your headphones are heard, as `cuecoach calibrate-audio` measured it. You may edit this file; comments are not kept.
"""


def _measured(delay: float | str) -> float:
    if isinstance(delay, str):
        raise ValueError("write how late it is heard, for example `180 ms`")
    return delay


class KnownDelay(BaseModel):
    """One device's delay, s, and how that is known."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    delay: Annotated[Delay, AfterValidator(_measured)] = Field(examples=["180 ms"])
    how: str = Field(default="", max_length=_NAME_LENGTH)

    @classmethod
    def of(cls, seconds: float, how: str) -> KnownDelay:
        """Return a delay in whole milliseconds."""
        return cls.model_validate({"delay": in_ms(seconds), "how": how})

    @property
    def seconds(self) -> float:
        """The delay, s."""
        return float(self.delay)


class KnownDelays(BaseModel):
    """All delays that are known, by the device's name."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    headphones: Mapping[str, KnownDelay] = Field(default_factory=lambda: dict[str, KnownDelay]())

    def of(self, name: str) -> KnownDelay | None:
        """Return what is known of a device, however its name is spelt."""
        wanted = tidy(name).casefold()
        return next((known for key, known in self.headphones.items() if key.casefold() == wanted), None)

    def having(self, name: str, known: KnownDelay | None) -> KnownDelays:
        """Return the same with another delay for a device, or none."""
        wanted = tidy(name)
        kept = {key: value for key, value in self.headphones.items() if key.casefold() != wanted.casefold()}
        return KnownDelays(headphones=kept if known is None else {**kept, wanted: known})


class DelaysFile:
    """The file of known delays.

    Parameters
    ----------
    path
        Where it is; by default what ``CUECOACH_HEADPHONES`` names, or ``headphones.yaml`` in the user's folder of settings.
    """

    def __init__(self, path: Path | None = None) -> None:
        self.path = settings_path("headphones.yaml", VARIABLE) if path is None else path

    def read(self) -> KnownDelays:
        """Return what is known; nothing when there is no file yet.

        Raises
        ------
        DocumentError
            The file has mistakes, each with its line and column.
        UsageError
            The file cannot be read.
        """
        return read_settings(self.path, KnownDelays)

    def change(self, name: str, known: KnownDelay | None) -> None:
        """Keep a device's delay, or forget it; a file with mistakes is left as it is.

        Raises
        ------
        DocumentError
            The file has mistakes.
        UsageError
            The file cannot be read or written.
        """
        before = self.read()
        after = before.having(name, known)
        if after != before:
            write_settings(self.path, as_text(after), VARIABLE)


def resolved(
    sound: Sound, file: DelaysFile | None = None, name_of: Callable[[str], str] = device_name
) -> tuple[Sound, str]:
    """Return the settings with a delay in seconds in the place of `auto`, so that what follows from them stays the same.

    Parameters
    ----------
    sound
        The settings of a run that is about to begin.
    file
        Where delays are kept; the user's by default. It never stops a run.
    name_of
        Returns the full name of a device; asked only when some delay is known.

    Returns
    -------
    sound, note
        `note` is one sentence: that a delay is used, or what is wrong with the file; empty where there is nothing to tell.
    """
    if sound.delay != AUTO:
        return sound, ""
    none = sound.model_copy(update={"delay": 0.0})
    if sound.device == "null" or sound.sink.startswith(_UNHEARD):
        return none, ""
    try:
        all_known = (file or DelaysFile()).read()
    except DocumentError as error:
        from cuecoach.diagnostics import one_line

        return none, f"nothing is known of your headphones' delay: {one_line(error.diagnostics)}"
    except CuecoachError as error:
        return none, f"nothing is known of your headphones' delay: {error}"
    if not all_known.headphones:
        return none, ""
    name = name_of(str(sound.device))
    known = all_known.of(name) or all_known.of(str(sound.device))
    if known is None or known.seconds == 0.0:
        return none, ""
    ahead = sound.model_copy(update={"delay": known.seconds})
    return ahead, f"sound is sent {in_ms(known.seconds)} early, because `{tidy(name)}` is heard so late"


def in_ms(seconds: float) -> str:
    """Return a delay as people write it: ``180 ms``."""
    return f"{1000 * seconds:.0f} ms"


def tidy(name: str) -> str:
    """Return a device's name as it can be shown and written: printable, on one line, not endless."""
    return " ".join("".join(c if c.isprintable() else " " for c in name).split())[:_NAME_LENGTH].rstrip()


def as_text(known: KnownDelays) -> str:
    """Return the file's text."""
    lines = [_HEADER.rstrip("\n")]
    if known.headphones:
        lines.append("headphones:")
    for name, each in known.headphones.items():
        how = f", how: {_quoted(each.how)}" if each.how else ""
        lines.append(f'  {_quoted(name)}: {{delay: "{in_ms(each.seconds)}"{how}}}')
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    # What JSON says in double quotes YAML says so too, once nothing unprintable is left (YAML 1.2.2, 1.3).
    return json.dumps(tidy(text), ensure_ascii=False)
