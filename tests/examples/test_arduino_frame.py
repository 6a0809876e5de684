"""The Arduino sketch on a PC: our codec reads its frames; it compiles and runs against stand-ins for the libraries."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import pytest

from cuecoach.sensors.bluetooth.codecs import open_frame
from cuecoach.sensors.bluetooth.drivers.open_imu import OpenImuDecoder
from cuecoach.sensors.message import Samples

SKETCH: Final = Path(__file__).resolve().parents[2] / "examples" / "arduino" / "cuecoach_imu" / "cuecoach_imu.ino"
STUBS: Final = Path(__file__).resolve().parent / "arduino_stubs"
STANDARD_GRAVITY: Final = 9.80665
#: What one count of a frame of ±16 g and ±2000 deg/s is worth.
ACC_COUNT: Final = 16 * STANDARD_GRAVITY / 32768
GYR_COUNT: Final = 2000 / 32768

pytestmark = pytest.mark.skipif(shutil.which("g++") is None, reason="there is no g++ to compile with")


@dataclass(frozen=True)
class Board:
    """How the sketch is compiled for a board, and what its chip says and is."""

    macros: tuple[str, ...]
    period_us: int
    status: int
    acc_at: int
    gyr_at: int
    registers: dict[int, int]
    name: str
    acc: tuple[float, float, float]
    gyr: tuple[float, float, float]


# The chip's words are the same on all boards: acceleration 100, -200, 2048; angular rate 1000, -2000, 32767.
XIAO = Board(
    ("TARGET_SEEED_XIAO_NRF52840_SENSE",),
    *(9615, 0x1E, 0x28, 0x22),
    {0x10: 0x44, 0x11: 0x4C, 0x12: 0x44},
    "XIAO nRF52840 Sense",
    acc=tuple(words * 0.000488 * STANDARD_GRAVITY for words in (100, -200, 2048)),  # type: ignore[arg-type]
    gyr=(70.0, -140.0, 2000.0),  # 70 mdps a word; beyond ±2000 it saturates
)
NANO_1 = Board(
    ("ARDUINO_ARDUINO_NANO33BLE", "NANO_REVISION=1"),
    *(8403, 0x17, 0x28, 0x18),
    {0x10: 0x7B, 0x20: 0x68, 0x22: 0x44},
    "Nano 33 BLE Sense Rev1",
    # 0.732 mg a word, and a left-handed chip whose x is turned round
    acc=tuple(words * 0.000732 * STANDARD_GRAVITY for words in (-100, -200, 2048)),  # type: ignore[arg-type]
    gyr=(-70.0, -140.0, 2000.0),
)
NANO_2 = Board(
    ("ARDUINO_ARDUINO_NANO33BLE", "NANO_REVISION=2"),
    *(10000, 0x03, 0x0C, 0x12),
    {0x41: 0x03},
    "Nano 33 BLE Sense Rev2",
    acc=tuple(words * ACC_COUNT for words in (100, -200, 2048)),  # type: ignore[arg-type]
    gyr=((1000 - 21 * 32767 // 512) * GYR_COUNT, -2000 * GYR_COUNT, 32767 * GYR_COUNT),
)


def compiled(source: Path, into: Path, *flags: str) -> Path:
    program = into / "program"
    command = ["g++", "-std=gnu++14", "-Wall", "-Wextra", "-Werror", f"-I{STUBS}", f"-I{SKETCH.parent}", *flags]
    done = subprocess.run([*command, str(source), "-o", str(program)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return program


def output(program: Path, text: str = "") -> list[list[str]]:
    done = subprocess.run([program], input=text, capture_output=True, text=True, check=True, timeout=30)
    return [line.split(" ") for line in done.stdout.splitlines()]


def test_frames_packed_by_the_sketch_are_read_by_the_codec(tmp_path: Path) -> None:
    program = compiled(STUBS / "print_frames.cpp", tmp_path)
    rng = np.random.default_rng(4)
    counts = rng.integers(-32768, 32768, (35, 6))
    counts[0] = [-32768, 32767, 0, -1, 1, 255]
    times = 2**32 - 100_000 + 9615 * np.arange(35)  # across the wrap
    times[24:] += 3 * 9615  # three samples are missed inside the third frame
    lines = [f"{t % 2**32} {' '.join(map(str, row))}" for t, row in zip(times.tolist(), counts.tolist(), strict=True)]
    printed = output(program, "\n".join(lines))

    frames = [open_frame.decode(bytes.fromhex(words[1])) for words in printed if words[0] == "frame"]
    assert all(frames)
    assert [len(frame.acc) for frame in frames if frame] == [10, 10, 4, 10, 1]
    assert [frame.seq for frame in frames if frame] == [0, 1, 2, 3, 4]
    assert [frame.t_us for frame in frames if frame] == [t % 2**32 for t in times[[0, 10, 20, 24, 34]].tolist()]
    assert {frame.dt_us for frame in frames if frame} == {9615}
    acc = np.vstack([frame.acc for frame in frames if frame])
    gyr = np.vstack([frame.gyr for frame in frames if frame and frame.gyr is not None])
    np.testing.assert_allclose(acc, counts[:, :3] * ACC_COUNT)
    np.testing.assert_allclose(gyr, counts[:, 3:] * GYR_COUNT)

    scaled = {int(words[1]): int(words[2]) for words in printed if words[0] == "scaled"}
    assert scaled == {0: 0, 1: 1, -1: -1, 100: 115, -100: -115, 28571: 32765, 32767: 32767, -32768: -32768}


@pytest.mark.parametrize("board", [XIAO, NANO_1, NANO_2], ids=["xiao", "nano rev1", "nano rev2"])
def test_the_sketch_runs_on_simulated_boards_and_is_understood(board: Board, tmp_path: Path) -> None:
    flags = [f"-D{macro}" for macro in board.macros]
    flags += [f"-DPERIOD_US={board.period_us}", f"-DSTATUS_REGISTER={board.status}"]
    flags += [f"-DACC_REGISTER={board.acc_at}", f"-DGYR_REGISTER={board.gyr_at}", f'-DSKETCH="{SKETCH}"']
    printed = output(compiled(STUBS / "run_sketch.cpp", tmp_path, *flags))

    registers = {int(words[1], 16): int(words[2], 16) for words in printed if words[0] == "register"}
    assert {at: registers[at] for at in board.registers} == board.registers
    assert ["advertised", open_frame.SERVICE] in printed
    told = next(" ".join(words[2:]) for words in printed if words[:2] == ["text", open_frame.INFO])
    info = open_frame.decode_info(told.encode())
    assert info is not None
    assert info.board == board.name
    assert info.samples == 10

    decoder = OpenImuDecoder(info.rate_hz)
    sent = [bytes.fromhex(words[2]) for words in printed if words[:2] == ["write", open_frame.DATA]]
    messages = [message for payload in sent for message in decoder.feed(open_frame.DATA, payload)]
    assert (decoder.rejected, decoder.duplicates, decoder.lost) == (0, 0, 0)
    samples = [message for message in messages if isinstance(message, Samples)]
    np.testing.assert_allclose(samples[0].acc, np.tile(board.acc, (10, 1)), atol=ACC_COUNT, rtol=1e-3)
    np.testing.assert_allclose(samples[0].gyr, np.tile(board.gyr, (10, 1)), atol=2 * GYR_COUNT, rtol=1e-3)

    lengths = [len(message.acc) for message in samples if message.acc is not None]
    assert sum(length < 10 for length in lengths) == 1  # only the one that the late turn of the loop cut short
    stamps = np.unwrap([message.stamp for message in samples if message.stamp is not None], period=open_frame.WRAP_S)
    assert stamps[0] > 4294 > open_frame.WRAP_S - 2  # begins before the clock wraps
    ends = stamps[:-1] + np.array(lengths[:-1]) * board.period_us * 1e-6
    late = stamps[1:] - ends
    assert sum(late > 0.6 * board.period_us * 1e-6) == 1
    assert np.median(np.abs(late)) < 0.001


def test_the_sketch_refuses_a_board_it_does_not_know(tmp_path: Path) -> None:
    flags = [f"-I{STUBS}", f"-I{SKETCH.parent}", "-fsyntax-only", "-x", "c++", str(SKETCH)]
    done = subprocess.run(["g++", *flags], capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert "Choose the board" in done.stderr


def test_the_battery_is_told_at_once_and_not_again_within_a_minute(tmp_path: Path) -> None:
    flags = [
        f"-D{XIAO.macros[0]}",
        "-DPERIOD_US=9615",
        "-DSTATUS_REGISTER=30",
        "-DACC_REGISTER=40",
        "-DGYR_REGISTER=34",
    ]
    printed = output(compiled(STUBS / "run_sketch.cpp", tmp_path, *flags, f'-DSKETCH="{SKETCH}"'))
    assert [int(words[2], 16) for words in printed if words[:2] == ["write", "2A19"]] == [50]  # 3.8 V
