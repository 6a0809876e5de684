"""Phones that a runner can name: ``phone:192.168.1.5`` (Sensor Logger pushes), ``phyphox:192.168.1.7`` (is asked)."""

from __future__ import annotations

import secrets
from dataclasses import replace
from typing import Final

from cuecoach.errors import UsageError
from cuecoach.sensors.bluetooth.protocol import Role
from cuecoach.sensors.phone.address import Endpoint, is_near, own_addresses, read_endpoint
from cuecoach.sensors.phone.polled import PolledPhone
from cuecoach.sensors.phone.pushed import PushedPhone

_ABLE: Final[tuple[Role, ...]] = ("sacrum", "torso")
#: Random bytes in a token: 12 characters to type, 72 bits.
_TOKEN_BYTES: Final = 9


class PhoneSource:
    """A phone that pushes what the app Sensor Logger measures.

    Parameters
    ----------
    token
        The secret path of its URL, remembered from another run; a new one for each opened sensor unless given here or written
        by the runner.
    """

    family = "phone"
    title = "Phone (Sensor Logger)"
    usage = "phone:ADDRESS[:PORT][/TOKEN], this machine's address in the network, e.g. phone:192.168.1.5"
    able = _ABLE
    default_port = 8765

    def __init__(self, token: str | None = None) -> None:
        self._token = token

    def open(self, argument: str, role: Role) -> PushedPhone:
        """Return the sensor; it begins to listen when it streams.

        Raises
        ------
        UsageError
            The argument cannot be read, the role does not fit, or the address is open to more than the private network.
        """
        endpoint = _endpoint(argument, role, "phone:192.168.1.5", self.default_port)
        if not is_near(endpoint.host):
            here = ", ".join(f"phone:{address}" for address in own_addresses())
            raise UsageError(
                f"{endpoint.host} would be open to more than your own network; use a private address of this machine: {here}"
            )
        token = endpoint.token or self._token or secrets.token_urlsafe(_TOKEN_BYTES)
        return PushedPhone(role, endpoint, token)


class PhyphoxSource:
    """A phone that is asked for what the app phyphox measures."""

    family = "phyphox"
    title = "Phone (phyphox)"
    usage = "phyphox:ADDRESS[:PORT], the phone's address as phyphox shows it, e.g. phyphox:192.168.1.7:8080"
    able = _ABLE
    default_port = 8080

    def open(self, argument: str, role: Role) -> PolledPhone:
        """Return the sensor; it begins to ask when it streams.

        Raises
        ------
        UsageError
            The argument cannot be read, the role does not fit, or the address is a public one.
        """
        endpoint = _endpoint(argument, role, "phyphox:192.168.1.7", self.default_port)
        if endpoint.token is not None or endpoint.port == 0:
            raise UsageError(f"`{argument}` is no address of a phone sensor; write it like `phyphox:192.168.1.7:8080`")
        if not is_near(endpoint.host):
            raise UsageError(f"{endpoint.host} is not on a private network; use the address that phyphox shows")
        return PolledPhone(role, endpoint)


def _endpoint(argument: str, role: Role, example: str, port: int) -> Endpoint:
    if role not in _ABLE:
        raise UsageError(
            f"a phone cannot be the {role} sensor; wear it as {' or '.join(_ABLE)}, like `{_ABLE[0]}={example}`"
        )
    endpoint = read_endpoint(argument, example)
    return replace(endpoint, port=port) if endpoint.port is None else endpoint
