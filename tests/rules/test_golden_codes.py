"""Each code has a file that causes it, and the whole text it is answered with.

After a wanted change of wording:  CUECOACH_GOLDEN=write pytest tests/rules/test_golden_codes.py, and read the difference.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

import cuecoach.rules
import cuecoach.yamldoc
from cuecoach.diagnostics import render
from cuecoach.rules.codes import CODES
from cuecoach.rules.lints import lint_for_sensors
from cuecoach.rules.load import check_rules

GOLDEN = Path(__file__).parent / "golden"
#: Files too long to keep.
MADE = {
    "C003": "#" * (256 * 1024 + 1),
    "C108": "version: 1\nrules:\n" + "".join(f"  r{n}: {{when: running, say: Hi}}\n" for n in range(501)),
}
CASES = sorted({p.stem for p in GOLDEN.glob("C???.yaml")} | set(MADE))


@pytest.mark.parametrize("code", CASES)
def test_the_answer_is_the_golden_text(code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = sorted(GOLDEN.glob(f"{code}*.yaml"))
    for file in files:
        (tmp_path / file.name).write_bytes(file.read_bytes())
    (tmp_path / "C113.wav").write_bytes(b"no sound at all")
    if code in MADE:
        (tmp_path / f"{code}.yaml").write_text(MADE[code], encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    names = sorted(p.name for p in tmp_path.glob("*.yaml"))
    names.sort(key=lambda name: name != f"{code}.yaml")
    checked = check_rules(names)
    found = checked.diagnostics
    if code == "C513":
        found += tuple(lint_for_sensors(checked.rules.rules, {"cadence"}))
    text = render(found) + "\n"
    golden = GOLDEN / f"{code}.txt"
    if os.environ.get("CUECOACH_GOLDEN") == "write":
        golden.write_text(text, encoding="utf-8")
    assert code in {d.code for d in found}
    assert text == golden.read_text(encoding="utf-8")


def test_the_mistakes_people_make_most_are_answered_with_what_to_type(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    texts: list[str] = []
    for file in sorted((GOLDEN / "mistakes").glob("*.yaml")):
        Path(file.name).write_bytes(file.read_bytes())
        found = check_rules([file.name]).diagnostics
        assert len(found) == 1, file.name
        assert found[0].line is not None, file.name
        assert found[0].help, file.name
        texts.append(render(found))
    golden = GOLDEN / "mistakes.txt"
    text = "\n\n".join(texts) + "\n"
    if os.environ.get("CUECOACH_GOLDEN") == "write":
        golden.write_text(text, encoding="utf-8")
    assert text == golden.read_text(encoding="utf-8")


def test_every_code_has_a_golden_text_and_a_meaning() -> None:
    assert {int(code[1:]) for code in CASES} == set(CODES)


def test_the_source_uses_no_code_that_is_not_listed() -> None:
    folders = [Path(cuecoach.rules.__file__).parent, Path(cuecoach.yamldoc.__file__).parent]
    source = "\n".join(p.read_text(encoding="utf-8") for folder in folders for p in folder.glob("*.py"))
    pattern = r"(?:problem|Problem|Trouble|_refuse|_say|_whole)\(\s*(?:document, |self, |broken, )?(\d+),"
    used = {int(n) for n in re.findall(pattern, source)}
    assert used <= set(CODES)
    assert len(used) > 30
