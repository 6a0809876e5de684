"""What editors are told about test files and configs: as the program reads them, complete."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from draft7 import faults

from cuecoach.config import RunConfig
from cuecoach.configschema import config_schema
from cuecoach.ruletests.schema import rehearsal_schema
from cuecoach.yamldoc import load_document, parse_document

ROOT = Path(__file__).resolve().parents[2]
LIBRARY = ROOT / "cues"


# ---------------------------------------------------------------- tests of cue files
TESTS = rehearsal_schema()
TEST_FILES = sorted(LIBRARY.glob("*.test.yaml"))


@pytest.mark.parametrize("file", TEST_FILES, ids=lambda p: p.stem)
def test_every_bundled_test_file_is_fine(file: Path) -> None:
    assert faults(load_document(file).data, TESTS) == []


TEST = "rules: posture\ntests:\n  - {name: a, given: {pelvic_tilt: 15 deg}, expect: silence, for: 9 s}\n"


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("rules:", "rule:"),
        ("pelvic_tilt:", "pelvic_tlit:"),
        ("pelvic_tilt:", "baseline(pelvic_tlit):"),
        ("silence", "silent"),
        ("silence", "[never]"),
        ("silence", "[soon: run-tall]"),
        ("name:", "title:"),
        ("for: 9 s", "config: {metronome: sometimes}"),
    ],
)
def test_a_typo_in_a_test_is_marked(right: str, wrong: str) -> None:
    assert faults(parse_document(TEST).data, TESTS) == []
    assert faults(parse_document(TEST.replace(right, wrong)).data, TESTS) != []


# ---------------------------------------------------------------- configs
CONFIG = config_schema()
CONFIGS = sorted((ROOT / "configs").glob("*.yaml"))


@pytest.mark.parametrize("file", CONFIGS, ids=lambda p: p.stem)
def test_every_bundled_config_is_fine(file: Path) -> None:
    assert faults(load_document(file).data, CONFIG) == []


def test_the_block_of_all_defaults_is_fine_and_tells_the_same_defaults() -> None:
    page = (ROOT / "docs" / "config.md").read_text(encoding="utf-8")
    shown = next(t for t in re.findall(r"^```yaml\n(.*?)^```", page, re.MULTILINE | re.DOTALL) if "hurry" in t)
    assert faults(parse_document(shown).data, CONFIG) == []
    told_of: dict[str, Any] = {}
    for key, shape in CONFIG["properties"].items():
        inner = {name: s["default"] for name, s in shape.get("properties", {}).items() if "default" in s}
        told_of[key] = inner or shape.get("default")
    written = {key: value for key, value in told_of.items() if value is not None}
    assert {"cues", "metronome", "gates", "caps"} <= set(written)
    assert RunConfig.model_validate(written) == RunConfig()


@pytest.mark.parametrize(
    "text",
    [
        "foucs: all",
        "metronome: sometimes",
        "gates: {warm_up: 5}",
        "gates: {warmup: 5 min}",
        "sound: {level: -12}",
        "voice: {rate: 20}",
        "caps: {per_km: 21}",
        "cues: posture",
        "cadence: {raise: 5 spm}",
    ],
)
def test_a_typo_in_a_config_is_marked(text: str) -> None:
    assert faults(parse_document(text).data, CONFIG) != []


def test_every_key_of_a_config_is_explained() -> None:
    blocks = [CONFIG, *(shape for shape in CONFIG["properties"].values() if "properties" in shape)]
    assert len(blocks) == 12
    for block in blocks:
        for name, shape in block["properties"].items():
            assert len(shape["description"]) > 8, name
