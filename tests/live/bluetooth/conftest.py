"""A virtual air with an adapter on it, and devices that are switched off in the end."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import TypeVar

import pytest

from tests.air.air import VirtualAir
from tests.air.bleak_backend import VirtualAdapter
from tests.air.peripheral import Peripheral

P = TypeVar("P", bound=Peripheral)


@pytest.fixture
async def air() -> VirtualAir:
    """An air without a connection interval: setting up a link takes some sixty of them."""
    return VirtualAir()


@pytest.fixture
async def adapter(air: VirtualAir) -> AsyncIterator[VirtualAdapter]:
    adapter = await VirtualAdapter(air).start()
    yield adapter
    await adapter.stop()


@pytest.fixture
async def switch_on() -> AsyncIterator[Callable[[P], Awaitable[P]]]:
    """Start a device, and stop it when the test is over."""
    started: list[Peripheral] = []

    async def start(device: P) -> P:
        await device.start()
        started.append(device)
        return device

    yield start
    for device in started:
        await device.stop()
