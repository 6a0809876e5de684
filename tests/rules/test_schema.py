"""What editors are told about cue files: never stricter than the check, complete, and up to date."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from draft7 import faults
from hypothesis import given
from hypothesis import strategies as st

from cuecoach.metrics import METRICS
from cuecoach.rules import meanings
from cuecoach.rules.load import check_rules, cue_files
from cuecoach.rules.model import FileModel, RuleModel
from cuecoach.rules.recordings import SUFFIXES
from cuecoach.rules.schema import MODELINE, cue_schema
from cuecoach.rules.state import Reason
from cuecoach.rules.vocabulary import FUNCTIONS, REFERENCES, STATES
from cuecoach.yamldoc import load_document, parse_document

ROOT = Path(__file__).resolve().parents[2]
LIBRARY = ROOT / "cues"
FILES = cue_files(LIBRARY)
GOLDEN = sorted((ROOT / "tests" / "rules" / "golden").glob("C*.yaml"))
SCHEMA = cue_schema()

GOOD = "version: 1\nrules:\n  run-tall:\n    when: pelvic_tilt > start + 3 deg\n    say: Run tall\n"


def told(text: str) -> list[str]:
    """What the schema says about the text of a file."""
    return faults(parse_document(text).data, SCHEMA)


# ---------------------------------------------------------------- as strict as it can be, and no stricter
@pytest.mark.parametrize("file", FILES, ids=lambda p: p.stem)
def test_every_bundled_file_is_fine_and_names_the_schema_in_its_first_line(file: Path) -> None:
    assert faults(load_document(file).data, SCHEMA) == []
    assert file.read_text(encoding="utf-8").splitlines()[0] == MODELINE


def test_the_cue_files_of_the_documentation_are_fine() -> None:
    page = (ROOT / "docs" / "cue-files.md").read_text(encoding="utf-8")
    shown = [text for text in re.findall(r"^```yaml\n(.*?)^```", page, re.MULTILINE | re.DOTALL) if "rules:" in text]
    assert len(shown) >= 2
    for text in shown:
        assert told(text) == []


@pytest.mark.parametrize("file", GOLDEN, ids=lambda p: p.stem)
def test_what_the_check_accepts_the_schema_accepts(file: Path) -> None:
    checked = check_rules([file])
    document = load_document(file)
    if document.data is not None and not checked.has_errors:
        assert faults(document.data, SCHEMA) == []


@pytest.mark.parametrize("code", ["C101", "C102", "C104", "C106"])
def test_mistakes_of_form_are_marked_while_one_types(code: str) -> None:
    file = next(path for path in GOLDEN if path.stem == code)
    assert faults(load_document(file).data, SCHEMA) != []


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("coolddown: 90 s", "unknown coolddown"),
        ("cooldown: 90", "type"),
        ("cooldown: 90 sec", "pattern"),
        ("for: 1:30", "pattern"),
        ("for: -5 s", "pattern"),
        ("beat: 60 spm", "pattern"),
        ("limit: 2 per mile", "pattern"),
        ("limit: 0 per km", "pattern"),
        ("priority: hihg", "enum"),
        ("evidence: E", "enum"),
        ("enabled: on", "type"),
        ("repeat: never", "type"),
        ("praise: [Good]", "type"),
        ("about: " + "x" * 201, "maxLength"),
        ("until: [a, b]", "type"),
        ("extends: ../posture/run-tall", "pattern"),
        ("play: run-tall.mp3", "pattern"),
        ("if_no_change: Tuck tail", "type"),
        ("if_no_change: {}", "minProperties"),
        ("if_no_change: {sya: Tuck tail}", "unknown sya"),
        ("if_no_change: {drill: [a, b, c, d, e, f]}", "anyOf"),
    ],
)
def test_a_typo_in_a_rule_is_marked(line: str, what: str) -> None:
    assert any(what in fault for fault in told(f"{GOOD}    {line}\n"))


@pytest.mark.parametrize(
    ("text", "what"),
    [
        (GOOD.replace("version: 1", "version: 2"), "const"),
        (GOOD.replace("version: 1\n", ""), "needs version"),
        (GOOD.replace("rules:", "rule:"), "unknown rule"),
        (GOOD.replace("run-tall", "Run_tall"), "pattern"),
        (GOOD.replace("run-tall", "r" * 41), "maxLength"),
        (GOOD.replace("    say: Run tall\n", ""), "anyOf"),
        (GOOD.replace("when:", "wehn:"), "unknown wehn"),
        (GOOD.replace("say: Run tall", f"say: {['x'] * 21}"), "anyOf"),
        (GOOD.replace("say: Run tall", "say: {text: Run tall}"), "anyOf"),
        ("language: english\n" + GOOD, "pattern"),
        ("version: 1\nrules: {}\n", "minProperties"),
    ],
)
def test_a_typo_in_a_file_is_marked(text: str, what: str) -> None:
    assert any(what in fault for fault in told(text))


@pytest.mark.parametrize(
    "rule",
    [
        "{extends: posture/run-tall}",
        "{extends: other.yaml/run-tall, cooldown: 2 min}",
        "{when: running, play: Sounds/Run-Tall.WAV}",
        "{when: running, say: {play: a.flac}}",
        "{when: running, say: [Run tall, {play: a.ogg, text: Run tall}]}",
        "{when: running, say: Run tall, if_no_change: {drill: Reach up}}",
        "{when: running, say: Run tall, until: , limit: , because: }",
    ],
)
def test_every_way_to_write_a_rule_is_fine(rule: str) -> None:
    assert told(f"version: 1\nrules:\n  run-tall: {rule}\n") == []


def test_every_kind_of_recording_is_fine() -> None:
    for suffix in SUFFIXES:
        assert told(f"version: 1\nrules:\n  a: {{when: running, play: b{suffix}}}\n") == []


def _values(key: str) -> st.SearchStrategy[object]:
    times = st.builds("{}{} {}".format, st.integers(0, 700), st.sampled_from(["", ".5"]), st.sampled_from(["s", "min"]))
    words = st.sampled_from(["Run tall", "on", "A", "high", "true", "", "1 per km", "10 per hour", "x" * 130])
    plain = st.one_of(st.booleans(), st.none(), st.integers(-2, 9), words, st.lists(words, max_size=3))
    return st.one_of(times, plain) if key in ("for", "cooldown", "beat") else plain


KEYS = [info.alias or name for name, info in RuleModel.model_fields.items()]


@given(data=st.data())
def test_whatever_can_be_loaded_is_not_marked(data: st.DataObject, tmp_path_factory: pytest.TempPathFactory) -> None:
    rule: dict[str, object] = {"when": "running", "say": "Run tall"}
    for key in data.draw(st.lists(st.sampled_from(KEYS), unique=True, max_size=4)):
        rule[key] = data.draw(_values(key))
    file = tmp_path_factory.getbasetemp() / "drawn.yaml"
    file.write_text(json.dumps({"version": 1, "rules": {"drawn": rule}}), encoding="utf-8")
    if not check_rules([file]).has_errors:
        assert faults(load_document(file).data, SCHEMA) == []


def test_another_validator_agrees() -> None:
    jsonschema = pytest.importorskip("jsonschema")
    jsonschema.Draft7Validator.check_schema(SCHEMA)
    validator = jsonschema.Draft7Validator(SCHEMA)
    for text in (GOOD, GOOD + "    coolddown: 1 s\n", GOOD + "    for: 20\n", GOOD.replace("run-tall", "Run")):
        data = parse_document(text).data
        assert validator.is_valid(data) == (faults(data, SCHEMA) == [])
    for file in FILES:
        assert validator.is_valid(load_document(file).data)


# ---------------------------------------------------------------- complete
def _settings(shape: Any) -> list[tuple[str, Any]]:
    """Every setting inside a schema, at any depth."""
    if isinstance(shape, list):
        return [pair for part in shape for pair in _settings(part)]
    if not isinstance(shape, dict):
        return []
    own = list(shape.get("properties", {}).items())
    deeper = [pair for key, part in shape.items() if key != "defaultSnippets" for pair in _settings(part)]
    return [*own, *deeper]


def test_every_setting_is_explained() -> None:
    settings = _settings(SCHEMA)
    assert {name for name, _ in settings} >= {"version", "rules", *KEYS}
    for name, shape in settings:
        assert len(shape["description"]) > 15, name
        assert "`" not in shape["description"]


@pytest.mark.parametrize(
    ("texts", "there"),
    [
        (meanings.FUNCTIONS, FUNCTIONS),
        (meanings.REFERENCES, REFERENCES),
        (meanings.STATES, STATES),
        (meanings.REASONS, [str(reason) for reason in Reason]),
        (meanings.SETTINGS, KEYS),
        (meanings.FILE_SETTINGS, FileModel.model_fields),
    ],
)
def test_every_word_has_a_meaning_and_no_meaning_lacks_its_word(texts: Any, there: Any) -> None:
    assert set(texts) == set(there)


def test_hovering_over_a_question_shows_every_name_there_is() -> None:
    shown = SCHEMA["definitions"]["rule"]["properties"]["when"]["markdownDescription"]
    for name in (*METRICS, *FUNCTIONS, *REFERENCES, *STATES, *meanings.OTHERS):
        assert f"`{name}`" in shown, name


def test_the_functions_are_shown_as_they_are_written() -> None:
    for name, ways in meanings.FUNCTIONS.items():
        assert all(usage.startswith(f"{name}(") and usage.endswith(")") for usage, _ in ways)


@pytest.mark.parametrize(
    ("key", "good", "bad"),
    [
        ("for", ("0 s", "10 min"), ("601 s", "11 min")),
        ("cooldown", ("0 s", "1 h"), ("3601 s", "61 min")),
        ("beat", ("5 s", "10 min"), ("4.9 s", "601 s")),
    ],
)
def test_the_ranges_that_are_told_are_those_of_the_check(
    key: str, good: tuple[str, str], bad: tuple[str, str], tmp_path: Path
) -> None:
    assert " to ".join(good) in meanings.SETTINGS[key]
    file = tmp_path / "range.yaml"
    for value in (*good, *bad):
        file.write_text(f"{GOOD}    {key}: {value}\n", encoding="utf-8")
        assert check_rules([file]).has_errors == (value in bad)


def test_the_defaults_that_are_told_are_those_of_the_model() -> None:
    properties = SCHEMA["definitions"]["rule"]["properties"]
    told_of = {key: shape["default"] for key, shape in properties.items() if "default" in shape}
    rule = RuleModel.model_validate({"when": "running", **told_of})
    assert rule == RuleModel.model_validate({"when": "running"})
    assert {"for", "cooldown", "priority", "focus", "repeat", "enabled"} <= set(told_of)


def test_the_new_rule_that_is_offered_can_be_used(tmp_path: Path) -> None:
    body = json.dumps(SCHEMA["properties"]["rules"]["defaultSnippets"][0]["body"])
    file = tmp_path / "new.yaml"
    rules = re.sub(r"\$\{\d+:(.*?)\}", r"\1", body)
    file.write_text(f'{{"version": 1, "rules": {rules}}}', encoding="utf-8")
    assert check_rules([file]).diagnostics == ()
    assert told(file.read_text(encoding="utf-8")) == []
