"""Writes docs/cue-reference.md from the program itself, so that the page cannot say anything else than what is loaded.

`python docs/generate_reference.py` writes it; with `--check` it only tells whether it is up to date (exit 1 when it is not).
"""

from __future__ import annotations

import re
import sys
import textwrap
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from cuecoach.coverage import GIVES
from cuecoach.metrics import METRICS
from cuecoach.rules import meanings
from cuecoach.rules import translation_files as translations
from cuecoach.rules.codes import CODES
from cuecoach.rules.schema import cue_schema
from cuecoach.rules.state import Reason
from cuecoach.rules.vocabulary import FUNCTIONS, LONGEST_S, REFERENCES, SHORTEST_S, STATES
from cuecoach.ruletests import codes as ruletests
from cuecoach.signals.derived import derivable
from cuecoach.units import UNITS

PAGE: Final = Path(__file__).resolve().parent / "cue-reference.md"

_HEAD: Final = """\
# Cue reference

Every word of the cue language. [Cue files](cue-files.md) explains it with examples; this page is to look things up. It is made
from the program by `make generate`: change the program, not this page.

**In your editor.** An editor with a YAML language server (VS Code with its YAML extension, Neovim, Zed …) completes these
words, explains them and marks mistakes while you type. Put the schema beside your file and name it in the first line:

```sh
cuecoach cues schema --out cues.schema.json
```

```text
# yaml-language-server: $schema=cues.schema.json
```

`cuecoach cues schema tests` and `cuecoach cues schema config` give the schemas of test files and configs.
"""
_RULE: Final = """\
A rule needs `when`, and something to be heard. Where it extends another rule, it may have both from there.
"""
_METRICS: Final = """\
A bare name is smoothed already. A value outside its range is dropped. Without a newer value for 5 s a metric is unknown. It is
given by the sensor of that role; – is a metric of files only. [Metrics](metrics.md) says what each is, and how good.
"""
_WIDTH: Final = 128
#: Codes from 600 on belong to other files than rules; among them these are warnings.
_WARNINGS: Final = {translations.LONG, translations.NOT_SAID, translations.SAME_WORDS}


def _given_by(name: str) -> str:
    """Return the roles whose sensor gives the metric, or the two that give it together."""
    roles = [role for role, given in GIVES.items() if name in given]
    if not roles and name in derivable(frozenset().union(*GIVES.values())):
        return "foot with sacrum or torso"
    return ", ".join(roles) or "–"


def all_codes() -> dict[int, str]:
    """Return every code a file about cues can be answered with, and its meaning."""
    return dict(sorted({**CODES, **translations.CODES, **ruletests.CODES}.items()))


def is_warning(number: int) -> bool:
    """Whether a file with only this can be used."""
    return 500 <= number < 600 or number in _WARNINGS


def reference() -> str:
    """Return the page."""
    schema = cue_schema()
    rule = schema["definitions"]["rule"]
    parts: list[str] = [
        _HEAD,
        "## At the top of a file",
        *_settings(schema["properties"], schema["required"]),
        "## Settings of a rule",
        _RULE,
        *_settings(rule["properties"], ()),
        "## Metrics",
        _METRICS,
        _table(
            ("metric", "unit", "smoothing", "range", "given by", "meaning"),
            (
                (
                    f"`{m.name}`",
                    m.unit,
                    f"{m.smoothing} of {m.window_s:g} s",
                    f"{m.low:g} to {m.high:g}",
                    _given_by(m.name),
                    m.help,
                )
                for m in METRICS.values()
            ),
        ),
        "## What a value is compared with",
        _words(REFERENCES, meanings.REFERENCES),
        "Each means the one metric of its comparison. Where there are two, say which: `baseline(cadence)`.\n",
        "## Other names",
        _words(meanings.OTHERS, meanings.OTHERS),
        "## States",
        _words(STATES, meanings.STATES),
        "## Functions",
        _table(
            ("function", "gives"),
            ((f"`{usage}`", gives) for name in FUNCTIONS for usage, gives in meanings.FUNCTIONS[name]),
        ),
        f"A window is {SHORTEST_S:g} s to {LONGEST_S / 60:g} min long.\n",
        "## Units",
        _table(("kind", "units"), _units()),
        "A change in time is any of these per `s`, `min` or `h`: `deg/min`. `x + 5 %` and `x - 5 %` scale x.\n",
        "## Why a rule spoke or was silent",
        _words((str(reason) for reason in Reason), meanings.REASONS),
        "## Every message",
        "An error must be mended. With warnings a file works.\n",
        _table(
            ("code", "kind", "meaning"),
            (
                (f"C{number:03d}", "warning" if is_warning(number) else "error", meaning)
                for number, meaning in all_codes().items()
            ),
        ),
    ]
    return "\n".join(parts)


def _settings(properties: Mapping[str, Any], required: Iterable[str]) -> Iterator[str]:
    for name, shape in properties.items():
        # The first paragraph is the meaning; an editor's hover goes on with all the names there are.
        meaning = shape["markdownDescription"].partition("\n")[0]
        needed = " Must be there." if name in required else ""
        yield f"### `{name}`"
        yield _wrapped(f"{meaning}{_kind(name, shape, meaning)}{needed}")
        inner = {key: value for block in _blocks(shape) for key, value in block["properties"].items()}
        if inner:
            yield _table(("in it", "meaning"), ((f"`{key}`", v["markdownDescription"]) for key, v in inner.items()))


def _blocks(shape: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [part for part in (shape, *shape.get("anyOf", ())) if "properties" in part]


def _kind(name: str, shape: Mapping[str, Any], meaning: str) -> str:
    """Say in a sentence what may be written, unless the meaning says it already."""
    if name == "rules" or "properties" in shape or "const" in shape or shape.get("type") == "boolean":
        return ""
    if "anyOf" in shape:
        several = shape["anyOf"][-1]
        return f" At most {several['maxItems']}, each up to {shape['anyOf'][0]['maxLength']} characters."
    if "enum" in shape or "examples" in shape:
        shown = [f"`{word}`" for word in shape.get("enum") or shape["examples"] if word is not None]
        return "" if all(word in meaning for word in shown) else f" For example {shown[0]}."
    return f" Up to {shape['maxLength']} characters."


def _units() -> Iterator[tuple[str, str]]:
    kinds: dict[str, list[str]] = {}
    for unit in UNITS.values():
        if unit.dimension != "level":  # Of sound; no metric has it.
            kinds.setdefault(unit.dimension, []).append(unit.symbol)
    for kind, symbols in kinds.items():
        yield kind, _listed(symbols)


def _listed(words: Iterable[object]) -> str:
    return ", ".join(f"`{word}`" for word in words)


def _words(names: Iterable[str], texts: Mapping[str, str]) -> str:
    return _table(("name", "meaning"), ((f"`{name}`", texts[name]) for name in names))


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [f"| {' | '.join(cell.replace('|', '/') for cell in row)} |" for row in (head, *rows)]
    return "\n".join([lines[0], "|---" * len(head) + "|", *lines[1:]]) + "\n"


def _wrapped(text: str) -> str:
    # What stands between backticks stays on one line.
    kept = re.sub(r"`[^`]+`", lambda found: found[0].replace(" ", "\0"), text)
    return textwrap.fill(kept, _WIDTH, break_long_words=False, break_on_hyphens=False).replace("\0", " ") + "\n"


def main(arguments: list[str]) -> int:
    """Write the page, or with `--check` compare it."""
    text = reference()
    if arguments == ["--check"]:
        if PAGE.is_file() and PAGE.read_text(encoding="utf-8") == text:
            return 0
        sys.stderr.write(f"{PAGE.name} is out of date; type `make generate`\n")
        return 1
    PAGE.write_text(text, encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
