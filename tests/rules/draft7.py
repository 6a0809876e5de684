"""The part of JSON Schema (draft 7) that the schemas here use, as a check; it refuses a keyword it does not know."""

from __future__ import annotations

import re
from typing import Any

#: For people and editors only.
_TOLD = {
    "$schema",
    "title",
    "description",
    "markdownDescription",
    "default",
    "examples",
    "patternErrorMessage",
    "defaultSnippets",
    "definitions",
}
_KINDS = {
    "object": dict,
    "array": list,
    "string": str,
    "boolean": bool,
    "integer": int,
    "number": (int, float),
    "null": type(None),
}


def is_kind(value: Any, kind: str) -> bool:
    if isinstance(value, bool) and kind != "boolean":
        return False
    return isinstance(value, _KINDS[kind])


def faults(value: Any, schema: Any, root: Any = None, at: str = "") -> list[str]:
    """Return where a value is not as the schema has it, and which keyword says so."""
    root = root or schema
    if "$ref" in schema:
        assert set(schema) == {"$ref"}, "draft 7 reads nothing beside a $ref"
        target = root
        for part in schema["$ref"].removeprefix("#/").split("/"):
            target = target[part]
        return faults(value, target, root, at)
    found: list[str] = []
    for keyword, says in schema.items():
        if keyword not in _TOLD:
            found += _faults(value, keyword, says, schema, root, at)
    return found


def _faults(value: Any, keyword: str, says: Any, schema: Any, root: Any, at: str) -> list[str]:
    here, mapping, text = [f"{at}: {keyword}"], isinstance(value, dict), isinstance(value, str)
    match keyword:
        case "type":
            kinds = says if isinstance(says, list) else [says]
            return [] if any(is_kind(value, kind) for kind in kinds) else here
        case "const":
            return [] if value == says and type(value) is type(says) else here
        case "enum":
            return [] if value in says else here
        case "pattern":
            return [] if not text or re.search(says, value) else here
        case "minLength":
            return [] if not text or len(value) >= says else here
        case "maxLength":
            return [] if not text or len(value) <= says else here
        case "minimum":
            return [] if not is_kind(value, "number") or value >= says else here
        case "maximum":
            return [] if not is_kind(value, "number") or value <= says else here
        case "minItems":
            return [] if not isinstance(value, list) or len(value) >= says else here
        case "maxItems":
            return [] if not isinstance(value, list) or len(value) <= says else here
        case "minProperties":
            return [] if not mapping or len(value) >= says else here
        case "maxProperties":
            return [] if not mapping or len(value) <= says else here
        case "required":
            return [f"{at}: needs {name}" for name in says if mapping and name not in value]
        case "properties":
            inner = says.items() if mapping else ()
            return [f for name, s in inner if name in value for f in faults(value[name], s, root, f"{at}/{name}")]
        case "additionalProperties":
            patterns = schema.get("patternProperties", {})
            others = [name for name in value if name not in schema.get("properties", {})] if mapping else []
            others = [name for name in others if not any(re.search(p, name) for p in patterns)]
            if says is False:
                return [f"{at}: unknown {name}" for name in others]
            return [f for name in others for f in faults(value[name], says, root, f"{at}/{name}")]
        case "patternProperties":
            pairs = [(n, s) for n in (value if mapping else ()) for p, s in says.items() if re.search(p, n)]
            return [f for name, s in pairs for f in faults(value[name], s, root, f"{at}/{name}")]
        case "propertyNames":
            return [f for name in (value if mapping else ()) for f in faults(name, says, root, f"{at}/{name}")]
        case "items":
            listed = value if isinstance(value, list) else []
            return [f for n, v in enumerate(listed) for f in faults(v, says, root, f"{at}/{n}")]
        case "anyOf":
            return [] if any(not faults(value, s, root, at) for s in says) else here
        case "allOf":
            return [f for s in says for f in faults(value, s, root, at)]
        case _:
            raise AssertionError(f"the schema uses `{keyword}`, which this check does not know")
