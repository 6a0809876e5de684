"""What Bluetooth's many errors mean, and what to do about each on this platform: one plain sentence for the runner.

bleak passes on what the system says, so that a computer without Bluetooth shows itself as an error of its own, as a D-Bus
error, or as a socket that is not there. Error names: D-Bus specification, BlueZ API (doc/org.bluez.*), bleak's `exc.py`.
"""

from __future__ import annotations

import sys
from typing import Final

from bleak.exc import (
    BleakBluetoothNotAvailableError,
    BleakBluetoothNotAvailableReason,
    BleakCharacteristicNotFoundError,
    BleakDBusError,
    BleakDeviceNotFoundError,
    BleakError,
    BleakGATTProtocolError,
)

from cuecoach.errors import RadioError, SensorError

_PHONE: Final = "or use a phone as the sensor"

# ------------------------------------------------------------------ what may be wrong with the radio
_NONE: Final = {
    "linux": f"this computer has no Bluetooth adapter: plug in one for Bluetooth 4.0 or newer, {_PHONE}",
    "darwin": "this Mac has no Bluetooth that can be used (a virtual machine has none): use a phone as the sensor",
    "win32": f"Windows finds no Bluetooth adapter: plug one in or enable it in the Device Manager, {_PHONE}",
}
_OLD: Final = {
    "linux": "the Bluetooth adapter cannot connect to sensors (classic Bluetooth only): use one for Bluetooth 4.0 or newer",
}
_OFF: Final = {
    "linux": "Bluetooth is switched off: run `bluetoothctl power on`, and `rfkill unblock bluetooth` if that is refused",
    "darwin": "Bluetooth is switched off: switch it on in the menu bar or in System Settings › Bluetooth",
    "win32": "Bluetooth is switched off: switch it on in Settings › Bluetooth & devices, and end flight mode",
    "android": "Bluetooth is switched off: switch it on in the phone's settings",
}
_DENIED: Final = {
    "linux": "this user may not use Bluetooth: run `sudo usermod -aG bluetooth $USER` and log in again; in a container"
    " also pass in `/run/dbus` and set `BLEAK_DBUS_AUTH_UID` to your user number outside",
    # Without this permission macOS kills the program outright: nothing can be caught then.
    "darwin": "macOS does not let this program use Bluetooth: allow your terminal in System Settings › Privacy & Security"
    " › Bluetooth and start it again (a run that ends with `Abort trap: 6` has the same cause)",
    "win32": "Windows does not let this program use Bluetooth: allow it in Settings › Privacy & security › Radios",
    "android": "this app may not use Bluetooth: allow nearby devices in the phone's settings",
}
_NO_SERVICE: Final = {
    "linux": "the Bluetooth service is not running: install `bluez` if it is missing, then run"
    " `sudo systemctl enable --now bluetooth`",
}
_NO_BUS: Final = {
    "linux": "there is no system message bus (D-Bus), hence no Bluetooth: in a container pass in `/run/dbus`, under WSL use"
    f" Windows' own Python, {_PHONE}",
}
_BUSY: Final = {
    "linux": "another program keeps Bluetooth busy: close other scanning programs, or run"
    " `sudo systemctl restart bluetooth`",
}
_AILING: Final = {
    "linux": "the Bluetooth service does not answer: run `sudo systemctl restart bluetooth`, or plug the adapter in again",
    "darwin": "Bluetooth does not answer: switch it off and on again in the menu bar",
    "win32": "Bluetooth does not answer: switch it off and on again in Settings › Bluetooth & devices",
}
_OUTDATED: Final = {"linux": "the Bluetooth service is too old: update `bluez` to 5.55 or newer"}
_MISSING: Final = {
    "android": "Python on Android cannot use Bluetooth: run cuecoach on a computer and use this phone as a sensor",
    "linux": "bleak's part for Linux is missing: install cuecoach again with `pip install --force-reinstall bleak`",
    "darwin": "bleak's part for macOS is missing: install cuecoach again with `pip install --force-reinstall bleak`",
    "win32": "bleak's part for Windows is missing: install cuecoach again with `pip install --force-reinstall bleak`",
}
#: What is said on a platform that a table knows nothing of.
_ELSEWHERE: Final = f"Bluetooth cannot be used here: use Linux, macOS or Windows, {_PHONE}"

_REASONS: Final = {
    BleakBluetoothNotAvailableReason.NO_BLUETOOTH: _NONE,
    BleakBluetoothNotAvailableReason.NO_BLE_CENTRAL_ROLE: _OLD | {p: _NONE[p] for p in ("darwin", "win32")},
    BleakBluetoothNotAvailableReason.POWERED_OFF: _OFF,
    BleakBluetoothNotAvailableReason.DENIED_BY_USER: _DENIED,
    BleakBluetoothNotAvailableReason.DENIED_BY_SYSTEM: _DENIED,
    BleakBluetoothNotAvailableReason.DENIED_BY_UNKNOWN: _DENIED,
    BleakBluetoothNotAvailableReason.UNKNOWN: _AILING,
}

_BUS_ERRORS: Final = {
    "org.freedesktop.DBus.Error.ServiceUnknown": _NO_SERVICE,
    "org.freedesktop.DBus.Error.NameHasNoOwner": _NO_SERVICE,
    "org.freedesktop.DBus.Error.NoServer": _NO_BUS,
    "org.freedesktop.DBus.Error.Disconnected": _AILING,
    "org.freedesktop.DBus.Error.NoReply": _AILING,
    "org.freedesktop.DBus.Error.AccessDenied": _DENIED,
    "org.freedesktop.DBus.Error.AuthFailed": _DENIED,
    "org.bluez.Error.NotReady": _OFF,
    "org.bluez.Error.NotAuthorized": _DENIED,
    "org.bluez.Error.NotPermitted": _DENIED,
    "org.bluez.Error.InProgress": _BUSY,
}
#: The service could not even be started: Spawn.ChildExited, Spawn.ServiceNotFound, ...
_SPAWN: Final = "org.freedesktop.DBus.Error.Spawn."

#: D-Bus errors that are about the radio although they come while connecting to one device.
_ALWAYS_RADIO: Final = frozenset(_BUS_ERRORS) - {
    "org.freedesktop.DBus.Error.NoReply",
    "org.bluez.Error.InProgress",
    "org.bluez.Error.NotAuthorized",
    "org.bluez.Error.NotPermitted",
}

#: ATT error codes that mean "pair first": insufficient authentication, authorization, key size, encryption
#: (Bluetooth Core Specification, volume 3, part F, 3.4.1.1).
_PAIR_FIRST: Final = frozenset({0x05, 0x08, 0x0C, 0x0F})


def this_platform() -> str:
    """Return `sys.platform`, but ``android`` also for Pythons there that call themselves Linux (Termux)."""
    return "android" if hasattr(sys, "getandroidapilevel") else sys.platform


def radio_trouble(error: BaseException, platform: str = "") -> RadioError:
    """Return the one sentence for an error that keeps this machine's Bluetooth from being used.

    Parameters
    ----------
    error
        Whatever the Bluetooth library, the message bus or the system raised.
    platform
        As `sys.platform` says; this machine's unless given.
    """
    if isinstance(error, RadioError):
        return error
    platform = platform or this_platform()
    table = _table(error, platform)
    if table is not None:
        return RadioError(table.get(platform, _MISSING["android"] if platform == "android" else _ELSEWHERE))
    advice = _AILING.get(platform, _ELSEWHERE)
    return RadioError(f"Bluetooth failed ({_said(error)}): {advice.partition(': ')[2] or advice}")


def is_radio_trouble(error: BaseException) -> bool:
    """Whether an error that came while dealing with one device is the radio's and not the device's."""
    if isinstance(error, BleakDBusError):
        return error.dbus_error in _ALWAYS_RADIO or error.dbus_error.startswith(_SPAWN)
    if isinstance(error, TimeoutError):  # an OSError too, but it is the device that does not answer
        return False
    return isinstance(
        error,
        BleakBluetoothNotAvailableError | FileNotFoundError | ConnectionRefusedError | PermissionError | ImportError,
    )


def link_trouble(error: BaseException, name: str, doing: str) -> SensorError:
    """Return the one sentence for an error of one device.

    Parameters
    ----------
    error
        What the Bluetooth library or the system raised.
    name
        What people call the device.
    doing
        What was tried: ``be connected``, ``be read``.
    """
    if isinstance(error, SensorError):
        return error
    if is_radio_trouble(error):
        return radio_trouble(error)
    if isinstance(error, TimeoutError):
        return SensorError(f"`{name}` did not answer in time: come closer, and end its connection to a watch or phone")
    if isinstance(error, BleakCharacteristicNotFoundError):
        return SensorError(f"`{name}` has no characteristic `{error.char_specifier}`: its firmware may be another one")
    if isinstance(error, BleakDeviceNotFoundError):
        return SensorError(f"`{name}` has gone out of reach: come closer, and move it to wake it")
    if isinstance(error, BleakGATTProtocolError) and int(error.code) in _PAIR_FIRST:
        return SensorError(f"`{name}` wants to be paired first: pair it in the system's Bluetooth settings")
    return SensorError(f"`{name}` could not {doing} ({_said(error)}): come closer, or switch it off and on")


def _table(error: BaseException, platform: str) -> dict[str, str] | None:
    """Return the remedies by platform, None for an error that nothing is known of."""
    if isinstance(error, BleakBluetoothNotAvailableError):
        return _REASONS[error.reason]
    if isinstance(error, BleakDBusError):
        return _NO_SERVICE if error.dbus_error.startswith(_SPAWN) else _BUS_ERRORS.get(error.dbus_error)
    if isinstance(error, ImportError):
        return _MISSING
    if isinstance(error, BleakError):
        text = str(error).lower()
        if "unsupported platform" in text:
            return {}
        if "bluez >=" in text:
            return _OUTDATED
        if "turned on" in text:  # WinRT: the scanner stopped by itself
            return _OFF
        return _NONE if "adapter" in text and "not found" in text else None
    if isinstance(error, TimeoutError):
        return _AILING
    if isinstance(error, PermissionError):
        return _DENIED
    if isinstance(error, FileNotFoundError | ConnectionRefusedError):
        return _NO_BUS if platform == "linux" else _AILING
    return _AILING if isinstance(error, EOFError | ConnectionError) else None


def _said(error: BaseException) -> str:
    """Return the error's own words on one line, short, without a full stop."""
    words = " ".join(str(error).split()).rstrip(".") or type(error).__name__
    return words if len(words) <= 120 else words[:119] + "…"
