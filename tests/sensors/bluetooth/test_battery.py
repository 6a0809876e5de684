"""Battery Level on the wire."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cuecoach.sensors.bluetooth.codecs import battery


@pytest.mark.parametrize(("payload", "percent"), [(b"\x00", 0.0), (b"\x4d", 77.0), (b"\x64", 100.0)])
def test_a_level_is_read(payload: bytes, percent: float) -> None:
    assert battery.decode(payload) == percent


@pytest.mark.parametrize("payload", [b"", b"\x65", b"\xff", b"\x4d\x00"])
def test_what_is_no_level_is_none(payload: bytes) -> None:
    assert battery.decode(payload) is None


@given(st.binary(max_size=4))
def test_any_bytes_are_a_level_or_none(payload: bytes) -> None:
    percent = battery.decode(payload)
    assert percent is None or 0 <= percent <= 100
