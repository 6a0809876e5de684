"""The file of known delays, and what a run makes of it."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cuecoach.audio import device_name as naming
from cuecoach.audio import sound_server
from cuecoach.audio.known_delays import DelaysFile, KnownDelay, KnownDelays, as_text, resolved, tidy
from cuecoach.config import Sound
from cuecoach.errors import DocumentError, UsageError
from cuecoach.yamldoc import load_document, validate

BUDS = KnownDelay.of(0.1824, "30 taps, ±16 ms")


@pytest.fixture
def file(tmp_path: Path) -> DelaysFile:
    return DelaysFile(tmp_path / "settings" / "headphones.yaml")


def auto(**keys: object) -> Sound:
    return Sound.model_validate(keys)


def never(device: str) -> str:
    raise AssertionError(f"asked for the name of {device}")


def test_what_is_kept_is_read_back_in_whole_milliseconds(file: DelaysFile):
    file.change("Buds", BUDS)
    file.change("Car", KnownDelay.of(0.25, ""))
    known = DelaysFile(file.path).read()
    assert known.of("buds") == BUDS
    assert BUDS.seconds == 0.182
    assert known.of("Car") == KnownDelay.of(0.25, "")
    assert known.of("") is known.of("Bud") is None


def test_a_device_has_one_delay_however_it_is_spelt_and_can_be_forgotten(file: DelaysFile):
    file.change("Buds", BUDS)
    file.change("BUDS", KnownDelay.of(0.2, ""))
    assert list(file.read().headphones) == ["BUDS"]
    file.change("buds", None)
    assert file.read() == KnownDelays()


def test_without_a_file_nothing_is_known_and_none_is_made(file: DelaysFile):
    file.change("Buds", None)
    assert file.read() == KnownDelays()
    assert not file.path.exists()


@given(
    st.dictionaries(st.text(min_size=1).filter(lambda name: tidy(name)), st.floats(0, 1), max_size=5),
    st.text(max_size=200),
)
def test_any_name_is_kept_as_it_can_be_shown(
    tmp_path_factory: pytest.TempPathFactory, delays: dict[str, float], how: str
):
    known = KnownDelays()
    for name, seconds in delays.items():
        known = known.having(name, KnownDelay.of(seconds, tidy(how)))
    path = tmp_path_factory.mktemp("any") / "headphones.yaml"
    path.write_text(as_text(known), encoding="utf-8")
    assert validate(load_document(path), KnownDelays) == (known, [])


@pytest.mark.parametrize(
    "text", ["headphones: {Buds: {delay: auto}}", "headphones: {Buds: {delay: 3 s}}", "phones: {}"]
)
def test_a_file_with_mistakes_is_told_and_left_alone(file: DelaysFile, text: str):
    file.path.parent.mkdir()
    file.path.write_text(text, encoding="utf-8")
    with pytest.raises(DocumentError):
        file.change("Buds", BUDS)
    assert file.path.read_text(encoding="utf-8") == text
    sound, note = resolved(auto(), file, never)
    assert sound.delay == 0.0
    assert note.startswith("nothing is known of your headphones' delay:")


def test_a_file_that_cannot_be_written_is_one_sentence(tmp_path: Path):
    (tmp_path / "settings").write_text("", encoding="utf-8")
    with pytest.raises(UsageError, match="CUECOACH_HEADPHONES"):
        DelaysFile(tmp_path / "settings" / "headphones.yaml").change("Buds", BUDS)


def test_auto_becomes_what_is_known_of_the_device_that_plays(file: DelaysFile):
    file.change("Buds of Ada", BUDS)
    sound, note = resolved(auto(), file, {"default": "Buds of Ada"}.__getitem__)
    assert sound == auto().model_copy(update={"delay": 0.182})
    assert note == "sound is sent 182 ms early, because `Buds of Ada` is heard so late"
    assert resolved(auto(), file, lambda _: "Speakers") == (auto().model_copy(update={"delay": 0.0}), "")


def test_a_name_that_was_kept_by_hand_is_found_too(file: DelaysFile):
    file.change("headset", BUDS)
    assert resolved(auto(device="Headset"), file, lambda _: "USB Headset (2)")[0].delay == 0.182


@pytest.mark.parametrize(
    "keys", [{"delay": "90 ms"}, {"device": "null"}, {"sink": "null"}, {"sink": "file:heard.wav"}], ids=str
)
def test_a_delay_of_the_config_counts_and_where_nobody_listens_there_is_none(file: DelaysFile, keys: dict[str, str]):
    file.change("Buds", BUDS)
    sound, note = resolved(auto(**keys), file, never)
    assert sound.delay == (0.09 if "delay" in keys else 0.0)
    assert note == ""


def test_with_nothing_known_no_device_is_asked_for_its_name(file: DelaysFile):
    assert resolved(auto(), file, never)[0].delay == 0.0


SINKS = '[{"name": "alsa.1", "description": "Speakers"}, {"name": "bluez.2", "description": "Buds of Ada"}]'


def test_the_default_device_has_the_name_the_sound_server_shows(monkeypatch: pytest.MonkeyPatch):
    answers = {("get-default-sink",): "bluez.2\n", ("-f", "json", "list", "sinks"): SINKS}
    monkeypatch.setattr(sound_server, "_ask", lambda *words: answers[words])
    assert naming.device_name("default") == naming.device_name("pulse") == "Buds of Ada"
    answers["-f", "json", "list", "sinks"] = "no json"
    assert naming.device_name("default") == "bluez.2"


def test_without_a_sound_server_the_device_has_the_name_of_its_driver(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sound_server, "_ask", lambda *words: "")
    monkeypatch.setattr(naming, "_of_portaudio", {"default": "MacBook Speakers", "Air": "AirPods", "x": ""}.__getitem__)
    assert naming.device_name("default") == "MacBook Speakers"
    assert naming.device_name("Air") == "AirPods"
    assert naming.device_name("x") == "x"
    assert naming.device_name("null") == "null"


def test_a_driver_that_has_no_such_device_gives_no_name():
    assert naming.device_name("no such device anywhere") == "no such device anywhere"
