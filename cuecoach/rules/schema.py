"""JSON Schema of cue files, so that an editor completes, explains and marks mistakes while you type.

Names, defaults, lengths and choices come from the models, so the schema cannot drift from what is loaded; what stands in text
(``30 s``) is described here by its pattern. The schema may let pass what the check refuses (an unknown metric inside `when`),
never the other way round.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from cuecoach.metrics import METRICS
from cuecoach.rules import meanings
from cuecoach.rules.model import MAX_STEPS, FileModel, RuleModel
from cuecoach.rules.vocabulary import FUNCTIONS, REFERENCES, STATES
from cuecoach.units import UNITS
from cuecoach.yamldoc.schema import DRAFT, Schema, explain, model_schema, patterned, quantity

#: Where the copy lies that the bundled files name in their first line.
FILE_NAME: Final = "cues.schema.json"
#: That first line.
MODELINE: Final = f"# yaml-language-server: $schema={FILE_NAME}"

_ID: Final = "^[a-z][a-z0-9]*(-[a-z0-9]+)*$"
_SOUND: Final = r"\.([wW][aA][vV]|[fF][lL][aA][cC]|[oO][gG][gG])$"


def _expression(*examples: str) -> Schema:
    return {"type": "string", "minLength": 1, "examples": list(examples)}


def _texts(*kinds: Schema, examples: list[str], most: int) -> Schema:
    """Return the schema of one text or a list of them, where a text may be of several kinds."""
    item = kinds[0] if len(kinds) == 1 else {"anyOf": list(kinds)}
    several = {"type": "array", "items": item, "maxItems": most}
    return {"anyOf": [*kinds, several], "examples": [examples[0], examples]}


#: Text of one breath, as the model has it.
_WORDS: Final[Schema] = {"type": "string", "maxLength": 120}
_RECORDED: Final[Schema] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["play"],
    "properties": {
        "play": patterned(_SOUND, "run-tall.wav"),
        "text": {"type": ["string", "null"], "minLength": 1, "maxLength": 120},
    },
}

#: What the models read from text or in several forms; everything else is taken from them as it is.
_SHAPES: Final[Mapping[str, Schema]] = {
    "extends": patterned(r"^\s*([^/\\]+/)?[^/\\\s]+\s*$", "posture/run-tall", "run-tall", "other.yaml/run-tall"),
    "when": _expression("pelvic_tilt > start + 3 deg", "cadence < target - 3 %"),
    "until": _expression("pelvic_tilt < start + 1.5 deg", "cadence >= target - 1.5 %"),
    "only_if": _expression("running", "running and elapsed > 10 min"),
    "for": quantity("time", "30 s"),
    "cooldown": quantity("time", "90 s"),
    "beat": quantity("time", "60 s"),
    "limit": patterned(r"^\s*[1-9][0-9]{0,3} per (km|run|hour)\s*$", "1 per km", "4 per run", "10 per hour"),
    "language": patterned("^[a-z]{2,3}(-[A-Za-z]{2,4})?$", "en", "de", "pt-BR"),
    "play": patterned(_SOUND, "run-tall.wav"),
    "say": _texts(_WORDS, _RECORDED, examples=["Run tall", "String lifts your crown"], most=20),
    "if_no_change": {
        "type": "object",
        "minProperties": 1,
        "additionalProperties": False,
        "properties": {
            "say": _texts(_WORDS, examples=["Tuck tail slightly"], most=20),
            "drill": _texts(_WORDS, examples=["Reach up high", "Lower your arms"], most=MAX_STEPS),
        },
    },
}


def cue_schema() -> Schema:
    """Return the schema of a cue file."""
    rules = {
        "type": "object",
        "minProperties": 1,
        "maxProperties": 500,
        "propertyNames": {"pattern": _ID, "maxLength": 40},
        "additionalProperties": {"$ref": "#/definitions/rule"},
        "defaultSnippets": [{"label": "a new rule", "body": _SNIPPET}],
    }
    return {
        "$schema": DRAFT,
        "title": "cuecoach cue file",
        "description": "When the coach speaks, and what it says.",
        **model_schema(FileModel, meanings.FILE_SETTINGS, {**_SHAPES, "rules": rules}),
        "definitions": {"rule": _rule()},
    }


#: What an editor offers for a new rule; `$1` and so on are the places one types at.
_SNIPPET: Final[Schema] = {
    "${1:too-slow-steps}": {
        "about": "${2:Steps slower than your own usual}",
        "focus": "${3:cadence}",
        "when": "${4:cadence < baseline - 4 %}",
        "for": "20 s",
        "until": "${5:cadence >= baseline - 2 %}",
        "only_if": "running",
        "cooldown": "90 s",
        "limit": "1 per km",
        "say": ["${6:Quick light steps}"],
    }
}


def _rule() -> Schema:
    defaults = {name: f"{seconds:g} s" for name, seconds in _default_times().items()}
    out = model_schema(RuleModel, meanings.SETTINGS, _SHAPES, defaults)
    properties: Schema = out["properties"]
    for name in ("when", "until", "only_if"):
        explain(properties[name], f"{meanings.SETTINGS[name]}\n\n{_vocabulary()}")
    properties["when"]["type"] = "string"  # It may be left out, and not be empty.
    for block, inner in meanings.BLOCKS.items():
        for shape in _blocks_in(properties.get(block, {})):
            for name, text in inner.items():
                explain(shape["properties"][name], text)
    # As the check has it: something to ask, and something to be heard; both may come from the rule that is extended.
    heard = [{"required": [name]} for name in ("say", "play", "beat", "extends") if name in properties]
    asked = [{"required": [name]} for name in ("when", "extends") if name in properties]
    return {
        **{key: value for key, value in out.items() if key != "required"},
        "title": "rule",
        "description": "When to speak, and what.",
        "allOf": [{"anyOf": asked}, {"anyOf": heard}],
    }


def _default_times() -> dict[str, float]:
    fields = {info.alias or name: info for name, info in RuleModel.model_fields.items()}
    return {name: fields[name].default for name in ("for", "cooldown")}


def _blocks_in(shape: Schema) -> list[Schema]:
    """Return every block of settings inside a shape, at any depth of choices and lists."""
    found = [shape] if "properties" in shape else []
    for inner in (*shape.get("anyOf", ()), *([shape["items"]] if "items" in shape else ())):
        found += _blocks_in(inner)
    return found


def _vocabulary() -> str:
    """Return what may be named in an expression."""

    def listed(words: Iterable[str]) -> str:
        return ", ".join(f"`{word}`" for word in words)

    metrics = ", ".join(f"`{m.name}` ({m.unit})" for m in METRICS.values())
    return (
        f"Metrics: {metrics}.\n\nCompared with: {listed(REFERENCES)}. Times and ways: {listed(meanings.OTHERS)}. "
        f"States: {listed(STATES)}.\n\nFunctions: {listed(FUNCTIONS)}.\n\n"
        f"Numbers carry units: {listed(unit for unit in UNITS if unit != 'dB')}. Signs: `+ - * /`, "
        "`< <= > >=`, `and`, `or`, `not`, brackets."
    )
