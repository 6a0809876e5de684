"""A phone played by tests: a simulated runner's sacrum, told as Sensor Logger and as phyphox would tell it."""

from __future__ import annotations

import json
from dataclasses import dataclass

import numpy as np

from cuecoach.events import FloatArray, ImuBlock
from cuecoach.sensors.simulator import Phase, SimulatedRunner, Story
from cuecoach.sensors.simulator.truth import Truth

#: A phone's clock: some moment of 2026, s since 1970.
EPOCH_S = 1_790_000_000
RUN = Story("run", "", (Phase("stand", 3, 0.0), Phase("run", 45, 2.8)))


@dataclass(frozen=True)
class Worn:
    """What the sensors of a phone on the back measure; acc in m/s², gyr in deg/s, shapes (n,) and (n, 3)."""

    times: FloatArray
    acc: FloatArray
    gyr: FloatArray
    truth: Truth

    @property
    def gravity(self) -> FloatArray:
        """A phone's guess of gravity: acceleration, slowly averaged."""
        smooth = np.empty_like(self.acc)
        now = self.acc[0]
        for k, acc in enumerate(self.acc):
            now = now + 0.01 * (acc - now)
            smooth[k] = now
        return smooth * (9.80665 / np.linalg.norm(smooth, axis=1))[:, None]


def worn(story: Story = RUN, rate_hz: float = 100.0, seed: int = 1) -> Worn:
    runner = SimulatedRunner(story, output="imu", rate_hz=rate_hz, seed=seed)
    blocks = [e for e in runner.advance(story.duration_s) if isinstance(e, ImuBlock)]
    gyr = [b.gyr for b in blocks if b.gyr is not None]
    return Worn(
        np.concatenate([b.times for b in blocks]),
        np.concatenate([b.acc for b in blocks]),
        np.concatenate(gyr),
        runner.truth,
    )


def readings(name: str, times: FloatArray, values: FloatArray) -> list[dict[str, object]]:
    return [
        {"name": name, "time": int(1e9 * (EPOCH_S + t)), "values": {"z": z, "y": y, "x": x}}
        for t, (x, y, z) in zip(times.tolist(), values.tolist(), strict=True)
    ]


def message(number: int, payload: list[dict[str, object]], session: str = "s1", device: str = "d1") -> bytes:
    """One body as PUSHING.md of the app describes it."""
    return json.dumps({"messageId": number, "sessionId": session, "deviceId": device, "payload": payload}).encode()


def pushes(
    phone: Worn, batch_s: float = 0.2, *, jitter_s: float = 0.0, kinds: str = "split"
) -> list[tuple[float, bytes]]:
    """All messages of a recording, each with the time at which its last sample was taken."""
    rng = np.random.default_rng(3)
    gravity = phone.gravity
    parts = {"accelerometer": phone.acc - gravity, "gravity": gravity, "gyroscope": np.radians(phone.gyr)}
    if kinds == "total":
        parts = {"totalacceleration": phone.acc, "gyroscope": np.radians(phone.gyr)}
    columns = {
        name: readings(name, np.sort(phone.times + jitter_s * rng.uniform(-1, 1, len(phone.times))), values)
        for name, values in parts.items()
    }
    step = round(batch_s / float(np.median(np.diff(phone.times))))
    out: list[tuple[float, bytes]] = []
    for number, first in enumerate(range(0, len(phone.times), step)):
        payload = [reading for column in columns.values() for reading in column[first : first + step]]
        out.append((float(phone.times[min(first + step, len(phone.times)) - 1]), message(number, payload)))
    return out


class PhyphoxPhone:
    """The remote interface of phyphox as its documentation and its Android source describe it; `now` is turned by hand."""

    def __init__(self, phone: Worn, *, gyroscope: bool = True) -> None:
        self.now = 0.0
        self.session = "abc123"
        self.measuring = True
        self.cleared_at = -1.0
        self.asked: list[str] = []
        self._buffers = {"acc_time": phone.times}
        self._buffers |= {f"acc{axis}": phone.acc[:, k] for k, axis in enumerate("XYZ")}
        if gyroscope:
            self._buffers |= {"gyr_time": phone.times + 0.003}
            self._buffers |= {f"gyr{axis}": np.radians(phone.gyr[:, k]) for k, axis in enumerate("XYZ")}
        self._times = phone.times

    def get(self, query: str) -> tuple[int, bytes]:
        self.asked.append(query)
        buffers: dict[str, object] = {}
        for part in query.removeprefix("/get?").split("&"):
            name, _, value = part.partition("=")
            if name not in self._buffers:
                continue
            shown = (self._times <= self.now) & (self._times > self.cleared_at)
            column = self._buffers[name][shown] - (self.cleared_at if "time" in name and self.cleared_at > 0 else 0)
            mode = "single"
            if value:
                threshold, _, by = value.partition("%7C")
                limit = float(threshold)
                limit += 10 ** np.floor(np.log10(abs(limit) / 1e7)) if limit else 0.0
                against = self._buffers[by or name][shown] - (self.cleared_at if self.cleared_at > 0 else 0)
                column, mode = column[against > limit], "partial"
            values = [float(f"{v:.7e}") for v in (column if value else column[-1:])]
            buffers[name] = {"size": 0, "updateMode": mode, "buffer": values or ([] if value else [None])}
        status = {"session": self.session, "measuring": self.measuring, "timedRun": False, "countDown": 0}
        return 200, json.dumps({"buffer": buffers, "status": status}).encode()
