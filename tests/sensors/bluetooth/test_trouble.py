"""Every way in which Bluetooth fails is one sentence that says what to do."""

from __future__ import annotations

import pytest
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
from cuecoach.sensors.bluetooth.trouble import is_radio_trouble, link_trouble, radio_trouble

Reason = BleakBluetoothNotAvailableReason
PLATFORMS = ("linux", "darwin", "win32", "android", "freebsd14")


def unavailable(reason: Reason) -> BleakBluetoothNotAvailableError:
    return BleakBluetoothNotAvailableError("No Bluetooth.", reason)


def bus(name: str) -> BleakDBusError:
    return BleakDBusError(name, ["The details."])


FORMS = [
    (unavailable(Reason.NO_BLUETOOTH), "linux", "has no Bluetooth adapter: plug in one"),
    (unavailable(Reason.NO_BLUETOOTH), "darwin", "Mac"),
    (unavailable(Reason.NO_BLUETOOTH), "win32", "Device Manager"),
    (unavailable(Reason.NO_BLE_CENTRAL_ROLE), "linux", "classic Bluetooth only"),
    (unavailable(Reason.POWERED_OFF), "linux", "`bluetoothctl power on`"),
    (unavailable(Reason.POWERED_OFF), "darwin", "menu bar"),
    (unavailable(Reason.POWERED_OFF), "win32", "flight mode"),
    (unavailable(Reason.POWERED_OFF), "android", "phone's settings"),
    (unavailable(Reason.DENIED_BY_USER), "darwin", "`Abort trap: 6`"),
    (unavailable(Reason.DENIED_BY_SYSTEM), "linux", "`BLEAK_DBUS_AUTH_UID`"),
    (unavailable(Reason.DENIED_BY_SYSTEM), "win32", "Radios"),
    (unavailable(Reason.DENIED_BY_UNKNOWN), "darwin", "Privacy & Security"),
    (unavailable(Reason.UNKNOWN), "darwin", "off and on again"),
    (unavailable(Reason.UNKNOWN), "win32", "off and on again"),
    (bus("org.freedesktop.DBus.Error.ServiceUnknown"), "linux", "`sudo systemctl enable --now bluetooth`"),
    (bus("org.freedesktop.DBus.Error.NameHasNoOwner"), "linux", "install `bluez`"),
    (bus("org.freedesktop.DBus.Error.Spawn.ChildExited"), "linux", "is not running"),
    (bus("org.freedesktop.DBus.Error.Spawn.ServiceNotFound"), "linux", "is not running"),
    (bus("org.freedesktop.DBus.Error.AccessDenied"), "linux", "`sudo usermod -aG bluetooth $USER`"),
    (bus("org.bluez.Error.NotReady"), "linux", "switched off"),
    (bus("org.bluez.Error.NotAuthorized"), "linux", "may not use Bluetooth"),
    (bus("org.bluez.Error.NotPermitted"), "linux", "may not use Bluetooth"),
    (bus("org.bluez.Error.InProgress"), "linux", "another program"),
    (bus("org.bluez.Error.Failed"), "linux", "Bluetooth failed ([org.bluez.Error.Failed] The details)"),
    (FileNotFoundError(2, "No such file", "/run/dbus/system_bus_socket"), "linux", "under WSL"),
    (ConnectionRefusedError(111, "Connection refused"), "linux", "no system message bus"),
    (PermissionError(13, "Permission denied"), "linux", "may not use Bluetooth"),
    (ConnectionResetError(104, "Connection reset"), "linux", "`sudo systemctl restart bluetooth`"),
    (EOFError(), "linux", "`sudo systemctl restart bluetooth`"),
    (TimeoutError(), "linux", "does not answer"),
    (OSError(-2147020577, "The device is not ready for use."), "win32", "Bluetooth failed ("),
    (BleakError("Bleak requires BlueZ >= 5.55."), "linux", "5.55"),
    (BleakError("Failed to start scanner. Is Bluetooth turned on?"), "win32", "switched off"),
    (BleakError("adapter 'hci0' not found"), "linux", "no Bluetooth adapter"),
    (BleakError("Unsupported platform: Emscripten"), "emscripten", "use Linux, macOS or Windows"),
    (ImportError("No module named 'jnius'"), "android", "use this phone as a sensor"),
    (FileNotFoundError(2, "No such file"), "android", "does not answer|use this phone"),
    (ImportError("No module named 'dbus_fast'"), "linux", "install cuecoach again"),
    (ImportError("No module named 'winrt'"), "win32", "install cuecoach again"),
    (ImportError("No module named 'CoreBluetooth'"), "darwin", "install cuecoach again"),
]


@pytest.mark.parametrize(("error", "platform", "remedy"), FORMS, ids=lambda value: str(value)[:40])
def test_each_form_says_what_to_do_on_this_platform(error, platform, remedy):
    trouble = radio_trouble(error, platform)
    assert isinstance(trouble, RadioError)
    assert any(part in str(trouble) for part in remedy.split("|")), str(trouble)


@pytest.mark.parametrize("platform", PLATFORMS)
@pytest.mark.parametrize("error", [form[0] for form in FORMS], ids=lambda value: str(value)[:40])
def test_on_every_platform_it_is_one_plain_sentence(error, platform):
    text = str(radio_trouble(error, platform))
    assert ": " in text
    assert "\n" not in text
    assert not text.endswith(".")
    assert len(text) < 300
    if platform not in ("linux", "freebsd14"):
        assert "systemctl" not in text


def test_what_is_a_sentence_already_stays_as_it_is():
    error = RadioError("there is none: get one")
    assert radio_trouble(error) is error
    refused = SensorError("`Pod` refuses: charge it")
    assert link_trouble(refused, "Pod", "be read") is refused


@pytest.mark.parametrize(
    ("error", "remedy"),
    [
        (TimeoutError(), "did not answer in time"),
        (BleakDeviceNotFoundError("AA:01", "Device was not found."), "out of reach"),
        (BleakCharacteristicNotFoundError("2a53"), "no characteristic `2a53`"),
        (BleakGATTProtocolError(0x05), "paired first"),
        (BleakGATTProtocolError(0x0F), "paired first"),
        (BleakGATTProtocolError(0x80), "Application-specific"),
        (BleakDBusError("org.bluez.Error.Failed", ["le-connection-abort-by-local"]), "le-connection-abort-by-local"),
        (BleakDBusError("org.bluez.Error.InProgress", ["busy"]), "busy"),
        (BleakError("disconnected"), "disconnected"),
        (AssertionError(), "AssertionError"),
        (EOFError(), "EOFError"),
        (OSError(5, "Input/output error"), "Input/output error"),
    ],
)
def test_a_devices_own_trouble_names_it_and_is_not_the_radios(error, remedy):
    trouble = link_trouble(error, "Pod One", "be read")
    assert not isinstance(trouble, RadioError)
    assert str(trouble).startswith("`Pod One` ")
    assert remedy in str(trouble)
    assert "\n" not in str(trouble)


@pytest.mark.parametrize(
    "error",
    [
        unavailable(Reason.POWERED_OFF),
        bus("org.freedesktop.DBus.Error.ServiceUnknown"),
        bus("org.freedesktop.DBus.Error.Spawn.ChildExited"),
        bus("org.bluez.Error.NotReady"),
        FileNotFoundError(2, "No such file"),
        ConnectionRefusedError(111, "refused"),
    ],
)
def test_the_radios_trouble_is_told_as_such_even_when_it_shows_while_connecting(error):
    assert is_radio_trouble(error)
    assert isinstance(link_trouble(error, "Pod One", "be connected"), RadioError)


def test_long_words_of_others_are_cut_to_one_line():
    text = str(radio_trouble(BleakError("first line\n" + "x" * 500), "linux"))
    assert len(text) < 320
    assert "\n" not in text
