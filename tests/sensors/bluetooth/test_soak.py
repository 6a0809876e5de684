"""An hour of faults, in seconds: nothing that arrived is lost, every gap and every state is told truly."""

from __future__ import annotations

from tests.sensors.bluetooth.soak import Soak


async def test_an_hour_of_faults_is_told_truly():
    soak = Soak(hours=1.0, seed=1)
    await soak.run()
    assert sum(soak.faults.values()) > 30
    assert all(ledger.states["lost"] > 3 and ledger.gaps > 5 for ledger in soak.ledgers.values())
    assert soak.turns == {0, 1}  # the sensor's clock began anew on the way
