"""Ten hours of a run with two Bluetooth sensors, a radio full of faults and a clock that jumps; every claim is checked.

    .venv/bin/python benchmarks/soak.py [hours] [seed]

Drops, spells out of range, links that are dead without knowing it, garbage, refusals, slow connections, an adapter that is
pulled out, devices that reboot, clocks that wrap, notifications that come twice. It ends with an error when a value that
arrived was lost or came twice, a gap was not marked, a state was not true, a loss or a return was not spoken exactly once,
or memory or tasks grew.
"""

import asyncio
import sys
from pathlib import Path

from figures import machine, show

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.sensors.bluetooth.soak import Soak  # the rig is the tests'


def main() -> None:
    print(machine())
    hours, seed = float(sys.argv[1] if len(sys.argv) > 1 else 10), int(sys.argv[2] if len(sys.argv) > 2 else 1)
    soak = Soak(hours, seed)
    took = asyncio.run(soak.run())
    show(f"{hours:g} simulated hours, every check passed", took, 60 * max(1, hours / 10), "s")
    print("  faults:", ", ".join(f"{count} {name}" for name, count in sorted(soak.faults.items())))
    print("  spoken:", ", ".join(f"{count} × {text}" for text, count in sorted(soak.said.items())))
    for sensor in soak.sensors:
        ledger, status = soak.ledgers[sensor.source], sensor.status()
        print(
            f"  {sensor.source}: {ledger.delivered} notifications delivered, {ledger.values} values out, {ledger.gaps} gaps,"
            f" {ledger.garbage} garbled, {status.rejected} rejected, {status.duplicates} came twice, {status.lost} known lost,"
            f" {status.connections} connections, {ledger.reboots} reboots, longest silence {ledger.longest:.0f} s"
        )
        print("   ", ", ".join(f"{count} {state}" for state, count in ledger.states.items()))
    show("tasks, first and last tenth", soak.tasks[-1] - soak.tasks[0], None, "more")
    show("memory blocks, first and last tenth", soak.blocks[-1] - soak.blocks[0], None, "more")


if __name__ == "__main__":
    main()
