"""JSON Schema of a pydantic model, for editors: names, defaults, lengths and choices from the model, meanings beside them.

Draft 7: the one that editors' YAML servers read best. What is written as text (``30 s``) is described by its pattern.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Annotated, Any, Final, TypeAlias

from pydantic import BaseModel, Field, TypeAdapter
from pydantic.fields import FieldInfo

from cuecoach.units import UNITS

Schema: TypeAlias = dict[str, Any]

#: The name of the draft.
DRAFT: Final = "http://json-schema.org/draft-07/schema#"

_NUMBER: Final = r"(\d+\.?\d*|\.\d+)"


def quantity(dimension: str, example: str, *, signed: bool = False) -> Schema:
    """Return the schema of a number with its unit, written as text: ``5 min``."""
    symbols = sorted((u.symbol for u in UNITS.values() if u.dimension == dimension), key=len, reverse=True)
    sign = "[-+]?" if signed else r"\+?"
    pattern = rf"^\s*{sign}{_NUMBER}\s*({'|'.join(map(re.escape, symbols))})\s*$"
    return {
        **patterned(pattern, example),
        "patternErrorMessage": f"Write a number with its unit, for example: {example}",
    }


def patterned(pattern: str, *examples: str) -> Schema:
    """Return the schema of a text of some form."""
    message = f"Write for example: {', '.join(examples)}"
    return {"type": "string", "pattern": pattern, "patternErrorMessage": message, "examples": list(examples)}


def explain(shape: Schema, text: str) -> None:
    """Give a shape its meaning: with marks for editors that show them, plain for those that do not."""
    shape["description"] = text.replace("`", "")
    shape["markdownDescription"] = text


def model_schema(
    model: type[BaseModel],
    texts: Mapping[str, str],
    shapes: Mapping[str, Schema],
    defaults: Mapping[str, str] | None = None,
) -> Schema:
    """Return the schema of a model's settings.

    Parameters
    ----------
    model
        Its fields, by their alias where they have one.
    texts
        What each setting means; in backticks what is typed.
    shapes
        Schemas of the settings that are not written as the model keeps them.
    defaults
        Defaults as one writes them, where the model keeps another form.

    Raises
    ------
    KeyError
        A setting without a meaning.
    """
    properties: Schema = {}
    required: list[str] = []
    for name, info in model.model_fields.items():
        key = info.alias or name
        # A copy of its own: the same shape may serve several settings with several texts.
        shape: Schema = json.loads(json.dumps(shapes[key] if key in shapes else _derived(info)))
        text, default = texts[key], (defaults or {}).get(key, _default(info))
        if default is not None and "properties" not in shape:
            shape["default"] = default
            text = f"{text} Default: `{json.dumps(default) if not isinstance(default, str) else default}`."
        if not info.is_required() and info.default is None and "type" in shape:
            shape["type"] = [shape["type"], "null"]
            if "enum" in shape:
                shape["enum"].append(None)
        explain(shape, text)
        properties[key] = shape
        if info.is_required():
            required.append(key)
    return {"type": "object", "additionalProperties": False, "properties": properties, "required": required}


def _derived(info: FieldInfo) -> Schema:
    annotated: Any = Annotated[info.annotation, Field(), *info.metadata]
    shape: Schema = TypeAdapter(annotated).json_schema()
    kinds = [kind for kind in shape.get("anyOf", ()) if kind.get("type") != "null"]
    return kinds[0] if len(kinds) == 1 else shape


def _default(info: FieldInfo) -> str | bool | int | list[str] | None:
    """Return the default where it is written as it is kept and worth showing."""
    value: object = None if info.is_required() else info.default
    if isinstance(value, tuple):
        return [str(part) for part in value]
    return value if isinstance(value, str | bool | int) and value != "" else None


def to_json(schema: Schema) -> str:
    """Return the schema as the text of a file."""
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
