"""`cuecoach calibrate-audio` as a person types it."""

from __future__ import annotations

from pathlib import Path

import pytest

from cuecoach.audio.delay import Along
from cuecoach.cli import calibrate_audio, keys


@pytest.fixture(autouse=True)
def headphones(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "settings" / "headphones.yaml"
    monkeypatch.setenv("CUECOACH_HEADPHONES", str(path))
    monkeypatch.setattr(
        "cuecoach.audio.device_name.device_name", lambda device: {"default": "Buds", "1": "Wire"}[device]
    )
    return path


@pytest.fixture
def tapped(monkeypatch: pytest.MonkeyPatch):
    """Let rounds go as told, in the order of the devices; return what was played on."""
    played: list[tuple[str, int]] = []

    def tap(*rounds: Along | BaseException) -> list[tuple[str, int]]:
        left = list(rounds)

        def go_along(device: str, name: str, wanted: int, steps: str | None, kind: object) -> Along:
            played.append((name, wanted))
            outcome = left.pop(0)
            if isinstance(outcome, BaseException):
                raise outcome
            return outcome

        monkeypatch.setattr(calibrate_audio, "_go_along", go_along)
        monkeypatch.setattr(keys, "available", lambda: True)
        return played

    return tap


def test_a_delay_is_set_shown_and_forgotten(cuecoach, headphones: Path):
    assert "No delay is known" in cuecoach("calibrate-audio", "--list").out
    assert cuecoach("calibrate-audio", "--set", "0.182 s").out == "Kept for Buds: 182 ms\n"
    assert cuecoach("calibrate-audio", "--list").out == "Buds  182 ms  set by you\n"
    assert cuecoach("calibrate-audio", "--forget", "buds").out == "Forgotten: buds\n"
    assert "No delay is known" in cuecoach("calibrate-audio", "--list").out
    assert headphones.exists()


def test_what_is_tapped_is_told_and_kept(cuecoach, tapped):
    played = tapped(Along(0.152, 0.024, 0.0044, 29, 1))
    done = cuecoach("calibrate-audio")
    assert done.code == 0
    assert "Buds is heard 182 ms late, ±16 ms (29 taps, spread 24 ms, 1 left out)" in done.out
    assert "about 30 ms before a click" in done.out
    assert "do it again" not in done.out
    assert played == [("Buds", 30)]
    assert cuecoach("calibrate-audio", "--list").out == "Buds  182 ms  29 taps, ±16 ms\n"
    tapped(Along(0.160, 0.024, 0.0044, 30, 0))
    assert "Kept (before: 182 ms)." in cuecoach("calibrate-audio").out


def test_a_reference_is_tapped_first_and_taken_off(cuecoach, tapped):
    played = tapped(Along(-0.055, 0.02, 0.003, 40, 0), Along(0.131, 0.02, 0.004, 40, 0))
    done = cuecoach("calibrate-audio", "--reference", "1", "--taps", "40")
    assert "Buds is heard 186 ms late, ±5 ms (40 taps" in done.out
    assert "before a click" not in done.out
    assert played == [("Wire", 40), ("Buds", 40)]


def test_a_delay_that_may_be_half_a_beat_is_doubted(cuecoach, tapped):
    tapped(Along(0.39, 0.02, 0.004, 30, 0))
    assert "If you tap between the clicks rather than on them, do it again." in cuecoach("calibrate-audio").out


def test_ctrl_c_leaves_things_as_they_were(cuecoach, tapped, headphones: Path):
    tapped(KeyboardInterrupt())
    done = cuecoach("calibrate-audio")
    assert (done.code, done.out) == (130, "Stopped; nothing was changed\n")
    assert not headphones.exists()


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ((), "--set '180 ms'"),
        (("--taps", "5"), "16 to 100"),
        (("--set", "180"), "no unit"),
        (("--set", "2 s"), "0 ms to 1 s"),
        (("--set", "180 bpm"), "ms"),
        (("--forget", "Buds"), "no delay is known of `Buds`"),
        (("--set", "1 ms", "--list"), "one at a time"),
        (("--steps", "foot", "--reference", "1"), "--reference is for tapping"),
    ],
)
def test_a_wrong_word_is_one_plain_sentence(refused, arguments: tuple[str, ...], says: str):
    assert says in refused("calibrate-audio", *arguments)


def test_a_device_is_not_its_own_reference(refused, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(keys, "available", lambda: True)
    assert "cannot be its own reference" in refused("calibrate-audio", "--reference", "default")


def test_a_file_with_mistakes_is_told_before_the_work(cuecoach, tapped, headphones: Path):
    played = tapped()
    headphones.parent.mkdir()
    headphones.write_text("headphones: {Buds: {delay: later}}\n", encoding="utf-8")
    done = cuecoach("calibrate-audio")
    assert (done.code, done.out, played) == (2, "", [])
    assert "headphones.yaml" in done.err
