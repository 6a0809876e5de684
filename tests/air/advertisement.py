"""What an advertisement says, in bleak's words."""

from __future__ import annotations

from typing import Final

from bleak.backends.scanner import AdvertisementData
from bleak.uuids import normalize_uuid_str
from bumble.core import UUID, AdvertisingData
from bumble.device import Advertisement

#: Lists of service UUIDs and the length of one, bytes (Bluetooth Assigned Numbers, Common Data Types).
_UUID_LISTS: Final = {
    AdvertisingData.INCOMPLETE_LIST_OF_16_BIT_SERVICE_CLASS_UUIDS: 2,
    AdvertisingData.COMPLETE_LIST_OF_16_BIT_SERVICE_CLASS_UUIDS: 2,
    AdvertisingData.INCOMPLETE_LIST_OF_128_BIT_SERVICE_CLASS_UUIDS: 16,
    AdvertisingData.COMPLETE_LIST_OF_128_BIT_SERVICE_CLASS_UUIDS: 16,
}


def advertisement_data(heard: Advertisement, answer: bytes, rssi: int) -> AdvertisementData:
    """Return what was heard at `rssi` dBm, together with the `answer` to a scan request."""
    fields = list(heard.data.ad_structures) + list(AdvertisingData.from_bytes(answer).ad_structures)
    services: dict[str, None] = {}
    manufacturer: dict[int, bytes] = {}
    name = None
    for kind, data in fields:
        if size := _UUID_LISTS.get(kind):
            for at in range(0, len(data) - size + 1, size):
                services[normalize_uuid_str(UUID.from_bytes(data[at : at + size]).to_hex_str("-"))] = None
        elif kind in (AdvertisingData.COMPLETE_LOCAL_NAME, AdvertisingData.SHORTENED_LOCAL_NAME):
            name = data.decode("utf-8", "replace")
        elif kind == AdvertisingData.MANUFACTURER_SPECIFIC_DATA and len(data) >= 2:
            manufacturer[int.from_bytes(data[:2], "little")] = bytes(data[2:])
    return AdvertisementData(
        local_name=name,
        manufacturer_data=manufacturer,
        service_data={},
        service_uuids=list(services),
        tx_power=None,
        rssi=rssi,
        platform_data=(heard,),
    )
