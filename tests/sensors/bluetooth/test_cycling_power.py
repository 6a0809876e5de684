"""Cycling Power Measurement on the wire, of which the power is read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cuecoach.sensors.bluetooth.codecs import cycling_power


@pytest.mark.parametrize(
    ("payload", "watts"),
    [
        ("0000FA00", 250),
        ("0000F6FF", -10),
        ("2000FA0001000004", 250),  # crank revolutions, as Stryd sends
        ("0100FA0064", 250),
        ("0210FA00", 250),  # bits that promise no field
        ("FD0FFA00" + "00" * 30, 250),  # everything there is
    ],
)
def test_known_payloads_are_read(payload: str, watts: float) -> None:
    assert cycling_power.decode(bytes.fromhex(payload)) == watts


@pytest.mark.parametrize(
    "payload", ["", "00", "0000FA", "2000FA00010000", "0100FA00", "FD0FFA00" + "00" * 29, "0000FA00" + "00" * 37]
)
def test_payloads_that_are_not_what_they_promise_are_refused(payload: str) -> None:
    assert cycling_power.decode(bytes.fromhex(payload)) is None


@given(st.binary(max_size=60))
def test_any_bytes_are_a_power_or_none(payload: bytes) -> None:
    watts = cycling_power.decode(payload)
    assert watts is None or -32768 <= watts <= 32767
