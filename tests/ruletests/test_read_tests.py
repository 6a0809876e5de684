"""Test files with mistakes: each code has a file that causes it, and the whole text it is answered with.

After a wanted change of wording:  CUECOACH_GOLDEN=write pytest tests/ruletests/test_read_tests.py, and read the difference.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

import cuecoach.ruletests
from cuecoach.config import RunConfig
from cuecoach.diagnostics import render
from cuecoach.errors import UsageError
from cuecoach.rules.codes import CODES as CUE_CODES
from cuecoach.ruletests import find_tests, read_tests, run_test
from cuecoach.ruletests.codes import CODES
from tests.ruletests.builders import RULES, SLOUCH, write

GOLDEN = Path(__file__).parent / "golden"
DOCS = Path(__file__).parents[2] / "docs" / "cue-tests.md"


@pytest.mark.parametrize("number", CODES)
def test_the_answer_is_the_golden_text(number: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    code = f"C{number}"
    name = f"{code}.test.yaml"
    (tmp_path / name).write_bytes((GOLDEN / f"{code}.yaml").read_bytes())
    # The bundled rules change; what is said of a test file must not.
    (tmp_path / "posture").write_text(RULES, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    found = read_tests(name)
    text = render(found.diagnostics) + "\n"
    golden = GOLDEN / f"{code}.txt"
    if os.environ.get("CUECOACH_GOLDEN") == "write":
        golden.write_text(text, encoding="utf-8")
    assert found.file is None
    assert code in {d.code for d in found.diagnostics}
    assert text == golden.read_text(encoding="utf-8")


def test_the_example_of_the_docs_passes(tmp_path: Path) -> None:
    example = DOCS.read_text(encoding="utf-8").partition("```yaml\n")[2].partition("```")[0]
    path = tmp_path / "posture.test.yaml"
    path.write_text(example, encoding="utf-8")
    checked = read_tests(path)
    assert checked.file is not None, checked.diagnostics
    assert [run_test(test).passed for test in checked.file.tests] == [True, True]


@pytest.mark.parametrize("number", CODES)
def test_every_code_is_documented(number: int) -> None:
    rows = [line for line in DOCS.read_text(encoding="utf-8").splitlines() if line.startswith(f"| C{number} |")]
    assert rows == [f"| C{number} | error | {CODES[number]} |"]


def test_the_source_uses_no_code_that_is_not_listed() -> None:
    folder = Path(cuecoach.ruletests.__file__).parent
    source = "\n".join(p.read_text(encoding="utf-8") for p in folder.glob("*.py"))
    used = {int(n) for n in re.findall(r"(?:problem|Problem|mistake)\((\d+),", source)}
    assert used <= {**CUE_CODES, **CODES}.keys()
    assert used >= CODES.keys()


def test_the_settings_of_a_config_and_the_rules_themselves_are_checked_in_the_same_run(tmp_path: Path) -> None:
    body = SLOUCH + "config: {caps: {gab: 3 s}}\nexpect: silence\n"
    path = write(tmp_path, body, "give: 3\n", rules=RULES.replace("for: 30 s", "fro: 30 s"))
    found = read_tests(path)
    assert {d.message for d in found.diagnostics} == {
        "unknown setting `gab`",
        "`expect` is missing",
        "`given` is missing",
        "unknown setting `give`",
        "unknown setting `fro`",
    }


def test_a_part_of_a_config_leaves_the_rest_as_in_a_run(tmp_path: Path) -> None:
    checked = read_tests(write(tmp_path, SLOUCH + "config: {caps: {gap: 3 s}}\nexpect: silence\n"))
    assert checked.file is not None
    config = checked.file.tests[0].config
    assert (config.caps.gap, config.caps.per_km) == (3.0, RunConfig().caps.per_km)
    assert config.gates == RunConfig().gates


def test_a_test_lasts_as_long_as_what_is_given_or_expected_or_as_it_says(tmp_path: Path) -> None:
    bodies = [
        SLOUCH + "expect: silence\n",
        SLOUCH + "expect:\n  - 3 min: run-tall says\n",
        SLOUCH + "for: 1 h\nexpect: []\n",
    ]
    checked = read_tests(write(tmp_path, *bodies))
    assert checked.file is not None
    assert [test.length_s for test in checked.file.tests] == [80, 185, 3600]


def test_rules_may_be_bundled_and_several(tmp_path: Path) -> None:
    checked = read_tests(write(tmp_path, SLOUCH + "expect: silence\n", head="rules: [lean, bounce.yaml]\n"))
    assert checked.file is not None
    assert {"lean", "bounce"} == {Path(rule.path).stem for rule in checked.file.rules}


def test_rules_speak_the_language_that_a_test_file_asks_for(tmp_path: Path) -> None:
    body = SLOUCH + 'expect:\n  - 50 s: run-tall says "Lauf aufrecht"\n'
    path = write(tmp_path, body, head="rules: my.yaml\nlanguage: de\n")
    (tmp_path / "translations").mkdir()
    german = "version: 1\nlanguage: de\ntexts:\n  Run tall: Lauf aufrecht\n"
    (tmp_path / "translations" / "de.yaml").write_text(german, encoding="utf-8")
    checked = read_tests(path)
    assert checked.file is not None, checked.diagnostics
    assert run_test(checked.file.tests[0]).passed
    path.write_text(path.read_text(encoding="utf-8").replace("language: de", "language: 12"), encoding="utf-8")
    assert not read_tests(path).file


def test_an_empty_file_and_a_missing_one_are_told(tmp_path: Path) -> None:
    empty = tmp_path / "x.test.yaml"
    empty.write_text("# nothing\n", encoding="utf-8")
    assert [d.code for d in read_tests(empty).diagnostics] == ["C013"]
    with pytest.raises(UsageError, match="there is no file"):
        read_tests(tmp_path / "y.test.yaml")


def test_tests_are_found_by_their_own_name_by_their_cue_file_and_by_folder(tmp_path: Path) -> None:
    path = write(tmp_path, SLOUCH + "expect: silence\n").resolve()
    (tmp_path / "other.yaml").write_text(RULES, encoding="utf-8")
    for names in ([str(path)], [str(tmp_path / "my.yaml"), str(path)], [str(tmp_path)]):
        assert [found.resolve() for found in find_tests(names).tests] == [path]
    assert find_tests([str(tmp_path)]).untested == (tmp_path / "other.yaml",)
    with pytest.raises(UsageError, match=r"has no tests; write some in `other\.test\.yaml` beside it"):
        find_tests([str(tmp_path / "other.yaml")])
    with pytest.raises(UsageError, match="there is no file"):
        find_tests([str(tmp_path / "z.test.yaml")])


def test_a_folder_without_tests_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="there are no tests"):
        find_tests([str(tmp_path)])
