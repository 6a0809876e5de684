"""The documentation says what the program does: blocks load, commands exist, tables are whole, links lead somewhere."""

from __future__ import annotations

import itertools
import re
import shlex
from functools import cache
from pathlib import Path
from typing import Any, Final

import pytest
from pydantic import BaseModel
from typer.main import get_command

from cuecoach.cli.main import app
from cuecoach.cli.show import heard, one_line
from cuecoach.coach import Coach
from cuecoach.config import RunConfig, load_config
from cuecoach.gait.summary import SHOWN
from cuecoach.lineup import PHONES
from cuecoach.lineup.wishes import read_wish
from cuecoach.offline import coach_through
from cuecoach.rules.codes import CODES
from cuecoach.rules.expression import compile_expression
from cuecoach.rules.load import check_rules
from cuecoach.sensors.bluetooth.drivers import DRIVERS
from cuecoach.sensors.recordings.recording import open_recording
from cuecoach.sensors.simulator import STORIES, SimulatedRunner
from cuecoach.timeline import clock
from tests.bundled import config_of, rules_of

ROOT: Final = Path(__file__).resolve().parent.parent
PAGES: Final = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
#: The pages this test holds to 140 characters a line.
USER_PAGES: Final = (
    "cue-files.md",
    "config.md",
    "recordings.md",
    "metrics.md",
    "sound.md",
    "music.md",
    "plan.md",
    "report.md",
    "export.md",
    "privacy.md",
    "safety.md",
    "sensors.md",
    "phone.md",
    "open-frame.md",
    "languages.md",
    "cue-tests.md",
    "cue-reference.md",
)
CONFIGS: Final = sorted(path.stem for path in (ROOT / "configs").glob("*.yaml"))

_FENCE = re.compile(r"^(?P<indent> *)```(?P<kind>\w*)\n(?P<text>.*?)^(?P=indent)```$", re.MULTILINE | re.DOTALL)


def page(name: str) -> str:
    return (ROOT / "docs" / name).read_text(encoding="utf-8")


def blocks(kinds: set[str]) -> list[tuple[str, str]]:
    """Every fenced block of these kinds: where it stands, and its text without the indent of the fence."""
    found: list[tuple[str, str]] = []
    for path in PAGES:
        text = path.read_text(encoding="utf-8")
        for fence in _FENCE.finditer(text):
            if fence["kind"] in kinds:
                line = text.count("\n", 0, fence.start()) + 1
                inner = re.sub(rf"^{fence['indent']}", "", fence["text"], flags=re.MULTILINE)
                found.append((f"{path.name}:{line}", inner))
    return found


def table_rows(text: str) -> list[list[str]]:
    rows = [line.strip().strip("|").split("|") for line in text.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in row] for row in rows]


def row_of(text: str, first: str) -> list[str]:
    found = [row for row in table_rows(text) if row[0] == first]
    assert found, f"there is no row for {first}"
    return found[0]


def section(text: str, heading: str) -> str:
    """The part below a heading, up to the next heading."""
    parts = re.split(r"^#+ ", text, flags=re.MULTILINE)
    return next(part for part in parts if part.splitlines()[:1] == [heading])


# ---------------------------------------------------------------- blocks
YAML = blocks({"yaml", "yml"})
RULE_BLOCKS = [(at, text) for at, text in YAML if "rules:" in text and "tests:" not in text]
CONFIG_BLOCKS = [(at, text) for at, text in YAML if "rules:" not in text]


@pytest.mark.parametrize(("at", "text"), RULE_BLOCKS, ids=[at for at, _ in RULE_BLOCKS])
def test_every_cue_file_shown_checks_without_a_complaint(at: str, text: str, tmp_path: Path) -> None:
    path = tmp_path / "shown.yaml"
    path.write_text(text, encoding="utf-8")
    assert [(d.code, d.message) for d in check_rules([path]).diagnostics] == []


@pytest.mark.parametrize(("at", "text"), CONFIG_BLOCKS, ids=[at for at, _ in CONFIG_BLOCKS])
def test_every_config_shown_can_be_used(at: str, text: str, tmp_path: Path) -> None:
    path = tmp_path / "shown.yaml"
    path.write_text(text, encoding="utf-8")
    load_config(path)


def test_there_are_blocks_to_check() -> None:
    assert len(RULE_BLOCKS) >= 3
    assert len(CONFIG_BLOCKS) >= 3


def test_the_expressions_shown_can_be_read() -> None:
    shown = next(text for _, text in blocks({"text"}) if text.startswith("pelvic_tilt > start"))
    for line in shown.splitlines():
        compile_expression(line)


def test_the_recordings_shown_can_be_read(tmp_path: Path) -> None:
    shown = [text for _, text in blocks({"text"}) if text.startswith("# place:")]
    kinds: list[str] = []
    for n, text in enumerate(shown):
        path = tmp_path / f"{n}.csv"
        path.write_text(text, encoding="utf-8")
        recording = open_recording(path)
        assert list(recording.events())
        assert recording.notes == []
        kinds.append(recording.kind)
    assert kinds == ["imu", "metrics"]


# ---------------------------------------------------------------- cue files
def test_errors_and_warnings_are_told_apart_by_their_number() -> None:
    golden = ROOT / "tests" / "rules" / "golden"
    for number in CODES:
        text = (golden / f"C{number:03d}.txt").read_text(encoding="utf-8")
        assert f"{'warning' if number >= 500 else 'error'}[C{number:03d}]" in text


# ---------------------------------------------------------------- configs
def _keys(model: type[BaseModel]) -> list[tuple[str, str]]:
    """Section (empty at the top) and name of every key."""
    found: list[tuple[str, str]] = []
    for name, field in model.model_fields.items():
        found.append(("", field.alias or name))
        inner = field.annotation
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            found += [(name, f.alias or n) for n, f in inner.model_fields.items()]
    return found


@pytest.mark.parametrize(("part", "key"), _keys(RunConfig))
def test_every_key_of_a_config_has_a_row(part: str, key: str) -> None:
    heading = f"`{part}`" if part else "At the top"
    row = row_of(section(page("config.md"), heading), f"`{key}`")
    assert all(row)


def test_the_block_of_defaults_is_what_an_empty_file_means(tmp_path: Path) -> None:
    shown = next(text for _, text in CONFIG_BLOCKS if text.startswith("runner:"))
    path = tmp_path / "defaults.yaml"
    path.write_text(shown, encoding="utf-8")
    assert load_config(path) == RunConfig()
    for _, key in _keys(RunConfig):
        if key != "target":  # excludes `raise`
            assert re.search(rf"\b{key}:", shown), key


def test_the_defaults_of_the_tables_are_those_of_the_block() -> None:
    text = page("config.md")
    shown = next(block for _, block in CONFIG_BLOCKS if block.startswith("runner:"))
    for part, key in _keys(RunConfig):
        stated = row_of(section(text, f"`{part}`" if part else "At the top"), f"`{key}`")[1]
        if stated.startswith("`") and not stated.startswith("`{"):
            assert f"{key}: {stated.strip('`')}" in shown, key


@pytest.mark.parametrize("name", CONFIGS)
def test_every_bundled_config_is_described(name: str) -> None:
    row_of(section(page("config.md"), "The four bundled configs"), f"`{name}`")


def test_the_easy_run_writes_the_defaults_out() -> None:
    assert load_config("easy-run") == RunConfig()


# ---------------------------------------------------------------- recordings
@pytest.mark.parametrize("name", STORIES)
def test_every_story_is_listed_with_its_length(name: str) -> None:
    row = row_of(section(page("recordings.md"), "The simulated runner"), f"`{name}`")
    assert row[1] == clock(SimulatedRunner(STORIES[name], seed=1).duration_s)


def test_every_value_of_measure_is_named() -> None:
    text = section(page("recordings.md"), "What `measure` gives")
    for name in SHOWN:
        assert f"`{name}`" in text, name


# ---------------------------------------------------------------- commands
def _commands() -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for at, text in blocks({"sh", "console", "bash", ""}):
        lines = (line.strip().removeprefix("$ ") for line in text.splitlines())
        found += [(at, line) for line in lines if line.startswith("cuecoach ")]
    for path in PAGES:
        text = _FENCE.sub("", path.read_text(encoding="utf-8"))
        found += [(path.name, " ".join(line.split())) for line in re.findall(r"`(cuecoach [^`]+)`", text)]
    return list(dict.fromkeys(found))


@cache
def _root() -> Any:
    return get_command(app)


def _command(words: list[str]) -> tuple[Any, list[str]]:
    """Walk down to the command that is named; return it and what follows its name."""
    here = _root()
    while hasattr(here, "commands") and words and not words[0].startswith("-"):
        assert words[0] in here.commands, f"there is no command `{words[0]}`"
        here, words = here.commands[words[0]], words[1:]
    return here, words


@pytest.mark.parametrize(("at", "line"), _commands())
def test_every_command_shown_exists_with_its_options(at: str, line: str) -> None:
    command, words = _command(shlex.split(line, comments=True)[1:])
    options = {name: p for p in command.params for name in (*p.opts, *p.secondary_opts) if name.startswith("-")}
    arguments = sum(1 if p.nargs == 1 else 99 for p in command.params if p.param_type_name == "argument")
    given = 0
    while words:
        word, *words = words
        if not word.startswith("-"):
            given += 1
            continue
        if word in ("--help", "-h"):
            continue
        assert word in options, f"`{word}` is not an option there"
        if not options[word].is_flag:
            assert words, f"`{word}` needs a value"
            words = words[1:]
    assert given <= arguments


@pytest.mark.parametrize(
    "name", ["demo", "run", "replay", "measure", "metronome", "sensors", "cues check", "cues list", "doctor"]
)
def test_every_command_is_shown_somewhere(name: str) -> None:
    assert any(line.startswith(f"cuecoach {name}") for _, line in _commands())


def _values(words: list[str], option: str) -> list[str]:
    return [value for word, value in itertools.pairwise(words) if word == option]


def test_configs_and_stories_in_commands_exist() -> None:
    for at, line in _commands():
        words = shlex.split(line, comments=True)
        if "--sensor" in words:
            for wish in (read_wish(text, PHONES) for text in _values(words, "--sensor")):
                if wish.kind == "sim":
                    story = wish.what.split(",")[0].partition(":")[2]
                    assert story in ("", *STORIES), (at, line)
        if words[1] == "run" and len(words) > 2 and not words[2].startswith("-"):
            assert words[2] in CONFIGS, (at, line)


@pytest.mark.parametrize("family", [*(driver.family for driver in DRIVERS), *PHONES])
def test_every_family_of_sensors_is_listed_with_what_it_was_tested_against(family: str) -> None:
    named = [row[0] for row in table_rows(page("sensors.md")) if f"`{family}`" in row[0]]
    assert len(named) == 2, family


# ---------------------------------------------------------------- links
def _slugs(path: Path) -> set[str]:
    text = _FENCE.sub("", path.read_text(encoding="utf-8"))
    heads = re.findall(r"^#+ (.+)$", text, flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


def _links() -> list[tuple[Path, str]]:
    found: list[tuple[Path, str]] = []
    for path in PAGES:
        text = _FENCE.sub("", path.read_text(encoding="utf-8"))
        found += [(path, to) for to in re.findall(r"\]\(([^)\s]+)\)", text) if not re.match(r"\w+:", to)]
    return found


@pytest.mark.parametrize(("path", "to"), _links(), ids=[f"{path.name}-{to}" for path, to in _links()])
def test_every_link_leads_somewhere(path: Path, to: str) -> None:
    file, _, anchor = to.partition("#")
    target = (path.parent / file).resolve() if file else path
    assert target.exists()
    if anchor:
        assert anchor in _slugs(target)


@pytest.mark.parametrize("name", USER_PAGES)
def test_lines_are_short_enough_to_read_in_a_terminal(name: str) -> None:
    assert [line for line in page(name).splitlines() if len(line) > 140] == []


def test_the_readme_shows_what_the_demo_says() -> None:
    shown = re.findall(r"^(\d:\d\d)  (\S .*?)  +(.*)$", PAGES[0].read_text(encoding="utf-8"), re.MULTILINE)
    done = coach_through(Coach(config_of("demo"), rules_of(*config_of("demo").cues)), SimulatedRunner(STORIES["demo"]))
    told = [one_line(line) for line in heard(done.actions)]
    assert len(shown) == 7
    for time, said, why in shown:
        assert any(t == time and s == said and w.startswith(why) for t, s, w in told), (time, said, why)
