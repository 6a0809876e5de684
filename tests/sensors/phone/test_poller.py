from __future__ import annotations

from contextlib import asynccontextmanager
from ipaddress import ip_address

import pytest
from aiohttp import web

from cuecoach.errors import SensorError, UsageError
from cuecoach.sensors.phone.address import Endpoint
from cuecoach.sensors.phone.extra import TooMuchError
from cuecoach.sensors.phone.poller import MOST_BYTES, Poller


@asynccontextmanager
async def answering(answer):
    """Serve one handler on this machine; yield where."""
    runner = web.ServerRunner(web.Server(answer))
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    yield Endpoint(ip_address("127.0.0.1"), int(runner.addresses[0][1]))
    await runner.cleanup()


async def test_the_question_goes_out_as_it_is_written():
    asked = []

    async def answer(request):
        asked.append(request.raw_path)
        return web.Response(text="{}")

    async with answering(answer) as here, Poller(here) as poller:
        assert await poller.get("/get?acc_time=1.5&accX=1.5%7Cacc_time") == (200, b"{}")
    assert asked == ["/get?acc_time=1.5&accX=1.5%7Cacc_time"]


async def test_a_reply_that_is_too_long_is_not_read_to_its_end():
    async def answer(request):
        return web.Response(body=bytes(MOST_BYTES + 1))

    async with answering(answer) as here, Poller(here) as poller:
        with pytest.raises(TooMuchError):
            await poller.get("/get")


async def test_it_goes_nowhere_it_is_sent_to():
    async def answer(request):
        return web.Response(status=302, headers={"Location": "http://192.0.2.1/"})

    async with answering(answer) as here, Poller(here) as poller:
        assert (await poller.get("/get"))[0] == 302


async def test_no_answer_is_told_with_the_remedy():
    async with answering(None) as here:
        pass
    async with Poller(here) as poller:
        with pytest.raises(SensorError, match="allow remote access"):
            await poller.get("/get")


def test_a_public_address_is_refused():
    with pytest.raises(UsageError, match="not on a private network"):
        Poller(Endpoint(ip_address("93.184.216.34"), 80))
