"""JSON Schema of configs, for editors: every key with its meaning, its range and its default."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any, Final, Literal, get_args, get_origin

from pydantic import BaseModel, BeforeValidator
from pydantic.fields import FieldInfo

from cuecoach.config import AUTO, RunConfig
from cuecoach.units import UNITS
from cuecoach.yamldoc.schema import DRAFT, Schema, explain, model_schema, quantity

#: Where the copy lies that the bundled configs name in their first line.
FILE_NAME: Final = "config.schema.json"
#: That first line.
MODELINE: Final = f"# yaml-language-server: $schema={FILE_NAME}"

_SENSOR: Final = "`auto`, `off`, a device's name or address, or another kind such as `sim:demo`."

_MOUNT: Final = "`auto`, or two of its axes and where they point, such as `x forward, z up` or `-y up, x left`."

#: What each key means, by its block; those at the top have none.
MEANINGS: Final[Mapping[str, Mapping[str, str]]] = {
    "": {
        "runner": "Whose run it is, and whose file of what earlier runs showed.",
        "seed": "What chance there is in coaching is drawn from this number.",
        "sensors": "Which sensor fills which role.",
        "sources": "The place whose sensor goes first for a metric, such as `{cadence: foot}`.",
        "mount": "How the sensors on the trunk sit on the body, where that is not to be found from the motion.",
        "calibrate": "A live run begins with a guided calibration: standing still, then standing tall.",
        "race": "A race: only safety and the sensors have a word.",
        "plan": "Go on with the runner's plan, as with `cuecoach run --plan`.",
        "cues": "Bundled cue files by name, or files and folders of your own.",
        "focus": "`all`, or one word: only rules with this focus may speak.",
        "cadence": "What the plan asks of cadence; give one of `raise` and `target`.",
        "metronome": "When a beat is laid: `when needed` by a rule, `always` at the target, `follow` at your own cadence.",
        "voice": "Who speaks.",
        "sound": "Where sound goes, and how loud.",
        "beat": "What the beat sounds like.",
        "music": "Songs that take the beat's place.",
        "gates": "When no cue may be spoken at all.",
        "baseline": "Which part of the run tells what is normal for you today.",
        "caps": "How often at most.",
        "response": "How it is found out what cues do.",
        "hurry": "For demonstrations: divides holds and cooldowns.",
    },
    "sensors": {
        "foot": f"Foot pod: cadence, speed, and power where it has that. {_SENSOR}",
        "sacrum": f"Inertial sensor at the back of the waistband. {_SENSOR}",
        "torso": f"Inertial sensor at the chest. {_SENSOR}",
        "heart": f"Heart rate. {_SENSOR}",
        "cadence_unit": "What a device counts that states cadence; `auto` finds out while you run.",
    },
    "mount": {
        "sacrum": f"The sensor at the back of the waistband. {_MOUNT}",
        "torso": f"The sensor at the chest. {_MOUNT}",
    },
    "cadence": {
        "raise": "The target is your own cadence at this speed and so much more.",
        "target": "One fixed target, whatever the speed.",
    },
    "voice": {
        "engine": "`pyttsx3`, the voice of your system; `piper`; the name of a plug-in; or `off`.",
        "name": "Part of the name of a system voice; without it the language chooses.",
        "model": "The file of a Piper voice.",
        "language": "The language that is spoken: `en`, `de`, `en-GB`.",
        "rate": "Words a minute.",
    },
    "sound": {
        "device": "`default`, `null` for nowhere, a number, or part of a device's name.",
        "level": "How loud; there is no boost.",
        "sink": "`sounddevice`, `miniaudio`, or the name of a plug-in: the way to the device.",
        "headphones_only": "Silent while sound would come out of loudspeakers.",
        "others": "What happens to other programs' sound while words are spoken.",
        "delay": "What the headphones add: `auto` as measured by `cuecoach calibrate-audio`, or a time.",
        "keep_awake": "Faint noise that keeps Bluetooth headphones from swallowing the first syllable.",
    },
    "beat": {
        "every": "Which steps click.",
        "sound": "One of `cuecoach metronome --list-sounds`, or a sound file of your own.",
        "level": "How loud beside the words.",
        "pan": "How far each foot's click lies to its side.",
        "accent": "`off`, `left`, `right`, or every so many clicks, such as `every 4`.",
    },
    "music": {
        "files": "Songs, or folders of songs, that take the beat's place.",
    },
    "gates": {
        "warm_up": "No cue before this.",
        "min_speed": "No cue below this speed.",
        "max_grade": "No cue where it is steeper, up or down.",
        "settle": "No cue for so long after a change of speed, or after data came back.",
    },
    "baseline": {
        "learn_from": "Running before this does not count.",
        "ready_after": "So much uncued running makes the baseline usable.",
        "fixed_after": "So much uncued running fixes it.",
        "start_from": "`start` is the middle value from here on.",
        "start_to": "And up to here.",
    },
    "caps": {
        "gap": "Corrections are at least so far apart.",
        "per_km": "Corrections in any kilometre, at most.",
        "per_run": "Corrections in a run, at most.",
        "praise_gap": "Praise is at least so far apart.",
    },
    "response": {
        "withhold": "The share of due cues that stays unsaid, by chance, to see what happens without them.",
    },
}


def config_schema() -> Schema:
    """Return the schema of a config."""
    blocks: dict[str, Schema] = {}
    for name, info in RunConfig.model_fields.items():
        model = info.annotation
        if isinstance(model, type) and issubclass(model, BaseModel):
            blocks[name] = _block(model, MEANINGS[name])
    out = _block(RunConfig, MEANINGS[""], blocks)
    return {"$schema": DRAFT, "title": "cuecoach config", "description": "One run.", **out}


def _block(model: type[BaseModel], texts: Mapping[str, str], blocks: Mapping[str, Schema] | None = None) -> Schema:
    shapes: dict[str, Schema] = dict(blocks or {})
    defaults: dict[str, str] = {}
    ranges: dict[str, str] = {}
    for name, info in model.model_fields.items():
        key, reads = info.alias or name, _reads(info)
        if reads is None:
            continue
        dimension, low, high = str(reads["dimension"]), float(reads["low"]), float(reads["high"])
        shape = quantity(dimension, str(reads["example"]), signed=low < 0)
        shapes[key] = {"anyOf": [shape, {"const": AUTO}]} if AUTO in _words(info.annotation) else shape
        ranges[key] = f"{_written(low, dimension)} to {_written(high, dimension)}"
        if isinstance(info.default, float):
            defaults[key] = _written(info.default, dimension)
    out = model_schema(model, texts, shapes, defaults)
    for key, shape in out["properties"].items():
        found = ranges.get(key) or (f"{shape['minimum']:g} to {shape['maximum']:g}" if "maximum" in shape else None)
        if found:
            explain(shape, f"{shape['markdownDescription']} May be {found}.")
    return {key: value for key, value in out.items() if key != "required"}


def _reads(info: FieldInfo) -> Mapping[str, Any] | None:
    """Return how the text of a quantity is read (dimension, example, low, high); None for what is no quantity."""
    for mark in (*info.metadata, *_marks(info.annotation)):
        if isinstance(mark, BeforeValidator) and isinstance(mark.func, partial):
            return mark.func.keywords
    return None


def _marks(annotation: Any) -> Iterator[object]:
    for part in get_args(annotation):
        yield from getattr(part, "__metadata__", ())


def _words(annotation: Any) -> Iterator[object]:
    """The words that may stand in place of a number."""
    for part in get_args(annotation):
        yield from get_args(part) if get_origin(part) is Literal else ()


def _written(base: float, dimension: str) -> str:
    """Return a value in base units as one writes it: ``5 min``."""
    units = [unit for unit in UNITS.values() if unit.dimension == dimension and unit.factor >= 1]
    unit = max((u for u in units if base and base % u.factor == 0), key=lambda u: u.factor, default=units[0])
    return f"{base / unit.factor:g} {unit.symbol}"
