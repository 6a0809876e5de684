"""JSON Schema of test files, for editors: what may be given, and how it is written."""

from __future__ import annotations

from typing import Final

from cuecoach.configschema import config_schema
from cuecoach.metrics import METRICS
from cuecoach.rules import meanings
from cuecoach.rules.vocabulary import REFERENCES, STATES
from cuecoach.ruletests.model import FileModel, TestModel
from cuecoach.yamldoc.schema import DRAFT, Schema, explain, model_schema, patterned

#: Where the copy lies that a test file beside it may name in its first line.
FILE_NAME: Final = "tests.schema.json"

_FILE: Final = {
    "version": "The version of test files: `1`.",
    "rules": "A cue file beside this one, a bundled name such as `posture`, or a list of them; all their rules play.",
    "language": "In which language the rules speak; as they are written unless said.",
    "tests": "The tests.",
}
_TEST: Final = {
    "name": "What the rule does here, in a few words.",
    "given": "What the runner and the sensors do: one name a line, with its value over time.",
    "expect": "`silence`, or every single thing that is heard, each at its time.",
    "config": "A part of a run config, such as `{metronome: off}`; the rest is as in a run.",
    "for": "How long the test runs; as long as what is given and expected unless said.",
}


def rehearsal_schema() -> Schema:
    """Return the schema of a test file."""
    config = {key: value for key, value in config_schema().items() if key not in ("$schema", "title", "description")}
    shapes: dict[str, Schema] = {
        "given": _given(),
        "expect": {"anyOf": [{"type": "null"}, {"enum": ["silence"]}, {"type": "array", "items": _expected()}]},
        "config": config,
        "for": {"type": "string", "examples": ["2 min"]},
    }
    test = model_schema(TestModel, _TEST, shapes)
    names: Schema = {"type": "string"}
    rules = {"anyOf": [names, {"type": "array", "items": names, "minItems": 1}], "examples": ["posture.yaml"]}
    tests = {"type": "array", "minItems": 1, "items": test}
    return {
        "$schema": DRAFT,
        "title": "cuecoach test file",
        "description": "What a cue file is expected to do.",
        **model_schema(FileModel, _FILE, {"rules": rules, "tests": tests}),
    }


def _given() -> Schema:
    numbers = {name: f"{m.help}, in {m.unit}; the smoothed value over time." for name, m in METRICS.items()}
    others = {**meanings.STATES, **meanings.OTHERS, "target": meanings.REFERENCES["target"]}
    properties: Schema = {}
    for name, text in (*numbers.items(), *others.items()):
        example = "true for 20 s, false" if name in STATES else "from 2 min"
        if name in METRICS:
            unit = METRICS[name].unit
            example = f"10 {unit} for 20 s, 12 {unit}"
        properties[name] = {"type": ["string", "boolean"], "examples": [example]}
        explain(properties[name], text)
    referred = f"^({'|'.join(REFERENCES)})\\(\\s*({'|'.join(METRICS)})\\s*\\)$"
    return {
        "type": "object",
        "properties": properties,
        "patternProperties": {referred: {"type": "string"}},
        "additionalProperties": False,
    }


def _expected() -> Schema:
    line = patterned(r"\S", 'run-tall says "Run tall"', 'run-tall praises "Tall. Hold that."', "low-cadence beats")
    when = r"^(never|\s*[0-9.:]+\s*(s|min|h)?(\s+[0-9.]+\s*s)?\s*)$"
    return {
        "type": "object",
        "minProperties": 1,
        "maxProperties": 1,
        "propertyNames": {"pattern": when},
        "additionalProperties": line,
    }
