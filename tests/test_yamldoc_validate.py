"""Faults that pydantic finds, said in plain words at the place where they are written."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from cuecoach.diagnostics import Diagnostic
from cuecoach.yamldoc import Fault, parse_document, validate


def _even(value: int) -> int:
    if value % 2:
        raise Fault(f"{value} is odd", f"write {value + 1}")
    return value


class Inner(BaseModel):
    model_config = ConfigDict(extra="forbid")
    warm_up: float = Field(default=5, ge=0, le=60)
    pairs: Annotated[int, AfterValidator(_even)] = 2


class Outer(BaseModel):
    model_config = ConfigDict(extra="forbid")
    version: int = Field(examples=["1"])
    mode: Literal["off", "always"] = "off"
    gates: Inner | None = None
    many: dict[str, Inner] = Field(default_factory=dict)
    names: list[str] = Field(default_factory=list, max_length=2)
    device: str | int = 0
    loud: bool = False
    text: str = ""


def check(text: str) -> list[Diagnostic]:
    model, found = validate(parse_document(text, path="f.yaml"), Outer, not_yet={"later": "`later` comes later"})
    assert (model is None) == any(d.is_error for d in found)
    return found


def one(text: str) -> Diagnostic:
    (found,) = check(text)
    return found


def test_a_right_document_gives_the_model() -> None:
    model, found = validate(parse_document("version: 1\ngates: {warm_up: 3}"), Outer)
    assert model is not None
    assert model.gates == Inner(warm_up=3)
    assert not found


def test_an_unknown_setting_marks_the_key_and_guesses_what_was_meant() -> None:
    found = one("version: 1\nmany:\n  a:\n    warmup: 3\n")
    assert (found.code, found.line, found.column, found.end_column) == ("K102", 4, 5, 11)
    assert found.help == "did you mean `warm_up`?"


def test_an_unknown_setting_far_from_all_lists_what_there_is() -> None:
    found = one("version: 1\ngates: {xyz: 3}")
    assert found.help == "known here: warm_up, pairs"


def test_a_missing_setting_shows_an_example() -> None:
    found = one("mode: off")
    assert (found.code, found.help) == ("K101", "write for example `version: 1`")


def test_a_setting_of_a_later_version_is_no_typo() -> None:
    assert one("version: 1\nlater: 3").message == "`later` comes later"


def test_wrong_kinds_are_named_in_plain_words() -> None:
    found = check("version: one\nnames: alone\nloud: 3.5\ntext: 180\ngates: 5\n")
    assert [d.message for d in found] == [
        "`version` should be a whole number",
        "`names` should be a list, like [one, two]",
        "`loud` should be true or false",
        "`text` should be text",
        "`gates` should be a block of settings, one `name: value` a line",
    ]
    assert found[3].help == 'put quotes around it: "180"'


def test_a_choice_guesses_what_was_meant() -> None:
    found = one("version: 1\nmode: alway")
    assert (found.message, found.help) == ("`mode` cannot be `alway`", "did you mean `always`?")


def test_ranges_and_lengths_are_said() -> None:
    found = check("version: 1\ngates: {warm_up: 99}\nnames: [a, b, c]")
    assert [d.message for d in found] == ["`warm_up` should be at most 60", "`names` should have at most 2 entries"]


def test_a_validator_may_say_what_to_write() -> None:
    found = one("version: 1\ngates: {pairs: 3}")
    assert (found.message, found.help) == ("`pairs`: 3 is odd", "write 4")


def test_an_empty_value_that_a_comment_swallowed_is_explained() -> None:
    found = one("version: 1\ntext: #1 runner\n")
    assert found.message == "`text` is empty"
    assert found.help is not None
    assert '"#1 runner"' in found.help


def test_a_setting_that_may_be_two_things_fails_once() -> None:
    assert one("version: 1\ndevice: [1]").code == "K104"


def test_a_refused_value_is_not_complained_about_twice() -> None:
    assert [d.code for d in check("version: 1\ngates: *x\n")] == ["K010"]


def test_yaml_and_settings_are_told_in_one_run() -> None:
    assert [d.code for d in check("version: 1\ntext: &a hi\nmoed: off\n")] == ["K010", "K102"]


def test_a_block_can_be_checked_by_itself() -> None:
    document = parse_document("many:\n  a: {warm_up: x}\n  b: {warm_up: 2}\n")
    assert validate(document, Inner, at=("many", "a"))[0] is None
    assert validate(document, Inner, at=("many", "b"))[0] == Inner(warm_up=2)
