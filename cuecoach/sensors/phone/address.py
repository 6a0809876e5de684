"""Addresses of phone sensors: how people write them, and which are safe to use – those of a private network only."""

from __future__ import annotations

import re
import socket
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Final, TypeAlias

from cuecoach.errors import UsageError

Address: TypeAlias = IPv4Address | IPv6Address

_WRITTEN: Final = re.compile(
    r"(?:\[(?P<six>[0-9A-Fa-f:.%\w]+)\]|(?P<four>[^\[\]/:]+))"
    r"(?::(?P<port>\d{1,5}))?"
    r"(?:/(?P<token>[A-Za-z0-9_-]{8,64}))?"
)
#: Private networks (RFC 1918, RFC 4193).
_PRIVATE: Final = tuple(map(ip_network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7")))
#: Addresses of documentation (RFC 5737): nothing is ever sent there, but the system names the way it would take.
_FAR: Final = (("192.0.2.1", socket.AF_INET), ("2001:db8::1", socket.AF_INET6))


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a phone, or the server for it, is: `port` and `token` are None where they were not written."""

    host: Address
    port: int | None = None
    token: str | None = None

    @property
    def written(self) -> str:
        """The host as it stands in a URL."""
        return f"[{self.host}]" if self.host.version == 6 else str(self.host)


def read_endpoint(argument: str, example: str) -> Endpoint:
    """Read ``ADDRESS[:PORT][/TOKEN]``; an IPv6 address stands in brackets.

    Parameters
    ----------
    argument
        As the runner wrote it.
    example
        A right one, for the sentence.

    Raises
    ------
    UsageError
        It cannot be read, or has a port that does not exist.
    """
    found = _WRITTEN.fullmatch(argument.strip())
    try:
        host = ip_address(found["six"] or found["four"]) if found else None
    except ValueError:
        host = None
    if found is None or host is None:
        raise UsageError(f"`{argument}` is no address of a phone sensor; write it like `{example}`")
    port = int(found["port"]) if found["port"] else None
    if port is not None and port > 65535:
        raise UsageError(f"there is no port {port}; ports go up to 65535, like in `{example}`")
    return Endpoint(host, port, found["token"])


def is_near(host: Address) -> bool:
    """Whether an address is this machine's loopback, or belongs to a private or link-local network."""
    if host.is_unspecified or host.is_multicast or host.is_reserved:
        return False
    if isinstance(host, IPv6Address) and host.ipv4_mapped is not None:
        return False
    return host.is_loopback or host.is_link_local or any(host in network for network in _PRIVATE)


def own_addresses() -> list[str]:
    """Return the private addresses of this machine, loopback last; nothing is sent."""
    found: list[str] = []
    for far, family in _FAR:
        try:
            with socket.socket(family, socket.SOCK_DGRAM) as asking:
                asking.connect((far, 9))
                found.append(str(asking.getsockname()[0]))
        except OSError:  # no network of this kind, which is an answer too
            continue
    near = [text for text in dict.fromkeys(found) if is_near(ip_address(text)) and text != "127.0.0.1"]
    return [*near, "127.0.0.1"]
