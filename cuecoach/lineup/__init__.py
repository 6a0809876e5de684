"""The line-up of a run: from what config or command line ask for, and what is remembered, to sensors ready to stream."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from cuecoach.config import RunConfig
from cuecoach.errors import UsageError
from cuecoach.lineup.memory import Memory
from cuecoach.lineup.remembered import SET_BY_YOU
from cuecoach.lineup.wishes import ROLES, SIMULATED, Wish, not_understood, read_wish
from cuecoach.live import FedSensor, LiveSensor
from cuecoach.sensors.bluetooth.protocol import PLACES, Driver, Radio, Role, Seen
from cuecoach.sensors.cadence import CadenceUnit
from cuecoach.sensors.plugins import Plugins
from cuecoach.sensors.source import Source

if TYPE_CHECKING:
    from cuecoach.sensors.bluetooth.radio import BleakRadio
    from cuecoach.sensors.bluetooth.supervisor import Claims
    from cuecoach.sensors.phone.sources import PhoneSource, PhyphoxSource

#: Kinds of sensors of our own that are neither Bluetooth devices nor simulated.
PHONES: Final = ("phone", "phyphox")
#: Bytes of chance in the last part of the address that a phone sends to; typed by hand once.
_TOKEN_BYTES: Final = 9


@dataclass(frozen=True, slots=True)
class Lineup:
    """The sensors of a run.

    Attributes
    ----------
    sensors
        Ready to stream, in the order of the wishes.
    bluetooth
        Those among them that need the radio, by `source`.
    notes
        What the runner should know, one sentence each.
    """

    sensors: tuple[LiveSensor, ...]
    bluetooth: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def only_bluetooth(self) -> bool:
        """Whether nothing would stream without the radio."""
        return len(self.bluetooth) == len(self.sensors)


def open_radio() -> BleakRadio:
    """Return this machine's Bluetooth radio; nothing is switched on by that."""
    from cuecoach.sensors.bluetooth.radio import BleakRadio

    return BleakRadio()


def line_up(
    config: RunConfig,
    wishes: Sequence[str] = (),
    *,
    memory: Memory,
    radio: Radio | None,
    plugins: Plugins,
    seed: int = 1,
) -> Lineup:
    """Return the sensors of a run.

    Parameters
    ----------
    config
        Its `sensors` are asked for when there are no `wishes`.
    wishes
        Sensors as the command line names them, ``[ROLE=]WHAT``; then only those.
    memory
        Which devices are the runner's, and where to keep what they turn out to count.
    radio
        For Bluetooth devices; None leaves them out, with a note.
    plugins
        What other packages bring.
    seed
        Of the simulated runner.

    Raises
    ------
    UsageError
        A wish that cannot be understood, two for the same role, or none at all.
    """
    by_family = {source.family: source for source in plugins.sources}
    families = (*PHONES, *by_family)
    builder = _Builder(config, memory, radio, plugins, by_family, seed)
    asked: dict[str, Wish] = {}
    for wish in _wanted(config, wishes, families):
        if wish.kind == "off":
            continue
        sensor = builder.sensor(wish)
        if sensor is None:
            continue
        before = asked.setdefault(sensor.source, wish)
        if before is wish:
            builder.built.append(sensor)
        elif before.text != wish.text:
            raise UsageError(
                f"both `{before.text}` and `{wish.text}` would be the {sensor.source} sensor; leave one out"
            )
    if not builder.built and not builder.notes:
        raise UsageError("no sensor is wanted; name one, for example `--sensor foot` or `--sensor sim:demo`")
    return Lineup(tuple(builder.built), tuple(builder.bluetooth), tuple(builder.notes))


def role_by_name(name: str, drivers: Sequence[Driver]) -> Role | None:
    """Return what a device of that name is for, when the name alone shows its family."""
    seen = Seen("", name)
    return next((driver.roles[0] for driver in drivers if driver.roles and driver.recognises(seen)), None)


def all_drivers(plugins: Plugins) -> tuple[Driver, ...]:
    """Return every family of Bluetooth devices, the specific ones before the general."""
    from cuecoach.sensors.bluetooth.drivers import DRIVERS

    # Plug-ins first: who installs one for a device wants it in place of the general way.
    return (*plugins.drivers, *DRIVERS)


def _wanted(config: RunConfig, texts: Sequence[str], families: Sequence[str]) -> list[Wish]:
    configured: dict[Role, str] = {role: getattr(config.sensors, role) for role in ROLES}
    of_config = [read_wish(text, families, role=role) for role, text in configured.items()]
    if not texts:
        return of_config
    wanted: list[Wish] = []
    for wish in (read_wish(text, families) for text in texts):
        # A lone `auto` is what the config would have done.
        wanted += of_config if wish.kind == "auto" and wish.role is None else [wish]
    return wanted


class _Builder:
    """Makes the sensors of one line-up, which share the radio and which device belongs to whom."""

    def __init__(
        self,
        config: RunConfig,
        memory: Memory,
        radio: Radio | None,
        plugins: Plugins,
        by_family: dict[str, Source],
        seed: int,
    ) -> None:
        self.built: list[LiveSensor] = []
        self.bluetooth: list[str] = []
        self.notes: list[str] = []
        self._unit: CadenceUnit = config.sensors.cadence_unit
        self._memory = memory
        self._radio = radio
        self._plugins = plugins
        self._by_family = by_family
        self._seed = seed
        self._claims: Claims | None = None

    def sensor(self, wish: Wish) -> LiveSensor | None:
        """Return the sensor of a wish; None for one that is left out."""
        if wish.kind == "sim":
            return self._simulated(wish)
        if wish.kind == "source":
            return self._source(wish)
        role = wish.role or self._role_of(wish)
        if self._radio is None:
            self.notes.append(f"the {role} sensor is left out: Bluetooth is not used")
            return None
        return self._device(role, wish, self._radio)

    def _role_of(self, wish: Wish) -> Role:
        role = self._memory.remembered.role_of(wish.what) or role_by_name(wish.what, all_drivers(self._plugins))
        if role is None:
            raise not_understood(wish, (*PHONES, *self._by_family))
        return role

    def _device(self, role: Role, wish: Wish, radio: Radio) -> LiveSensor:
        from cuecoach.sensors.bluetooth.supervisor import BluetoothSensor, Claims

        self._claims = self._claims or Claims()
        mine = self._memory.remembered.device(role)
        device = wish.what if wish.kind == "device" else mine.address if mine is not None else None
        if role not in self.bluetooth:
            self.bluetooth.append(role)
        return BluetoothSensor(
            role,
            radio,
            all_drivers(self._plugins),
            device=device,
            claims=self._claims,
            cadence_unit=self._unit_of(device),
            remembered=self._memory.unit,
            learned=self._memory.learned,
            seed=self._seed,
        )

    def _unit_of(self, device: str | None) -> CadenceUnit:
        """Return the unit that the runner has set, for this run or for this device."""
        if self._unit != "auto" or device is None:
            return self._unit
        remembered = self._memory.remembered
        role = remembered.role_of(device)
        mine = remembered.device(role) if role is not None else None
        known = remembered.counts_in(mine.address if mine is not None else device)
        return known.unit if known is not None and known.how == SET_BY_YOU else "auto"

    def _source(self, wish: Wish) -> LiveSensor:
        source = self._by_family.get(wish.family) or self._phone(wish)
        role = wish.role or source.able[0]
        if role not in source.able:
            able = " or ".join(source.able)
            raise UsageError(f"`{wish.text}` cannot be the {role} sensor; a {source.title} can be {able}")
        return source.open(wish.what, role)

    def _phone(self, wish: Wish) -> PhoneSource | PhyphoxSource:
        from cuecoach.sensors.phone.sources import PhoneSource, PhyphoxSource

        if wish.family == "phyphox":
            return PhyphoxSource()
        token = self._memory.token(lambda: secrets.token_urlsafe(_TOKEN_BYTES)) if "/" not in wish.what else None
        return PhoneSource(token=token)

    def _simulated(self, wish: Wish) -> LiveSensor:
        from cuecoach.sensors.simulator import STORIES, SimulatedRunner

        name, _, kind = wish.what.partition(",")
        story = name.partition(":")[2] or "easy-run"
        if kind not in ("", "imu"):
            raise UsageError(f"`{wish.what}` is not a simulated runner; use `sim`, `sim:demo` or `sim:demo,imu`")
        if story not in STORIES:
            known = ", ".join(sorted(STORIES))
            raise UsageError(f"`{story}` is not a story of the simulated runner; there are: {known}")
        place = PLACES[wish.role] if wish.role is not None else None
        output = "imu" if kind else "metrics"
        runner = SimulatedRunner(STORIES[story], seed=self._seed, output=output, place=place or "sacrum")
        return FedSensor(runner, SIMULATED)
