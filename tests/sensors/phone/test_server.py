from __future__ import annotations

import asyncio
import socket
from ipaddress import ip_address

import aiohttp
import pytest

from cuecoach.errors import SensorError
from cuecoach.sensors.phone.address import Endpoint
from cuecoach.sensors.phone.server import MOST_BYTES, MOST_CONNECTIONS, Bucket, PushServer

HERE = Endpoint(ip_address("127.0.0.1"), 0)
TOKEN = "correct-horse"


class Ear:
    """Keeps what the server hands on, and answers as it is told."""

    def __init__(self, complaint=""):
        self.heard = []
        self.complaint = complaint
        self.time = 0.0

    def __call__(self, body):
        self.heard.append(body)
        return self.complaint

    def now(self):
        return self.time

    def serve(self, endpoint=HERE):
        return PushServer(endpoint, TOKEN, self, self.now)


async def post(server, body=b"{}", path=f"/{TOKEN}", method="POST"):
    """Send one request; return status and text."""
    async with (
        aiohttp.ClientSession() as session,
        session.request(method, f"http://127.0.0.1:{server.port}{path}", data=body) as reply,
    ):
        return reply.status, await reply.text()


async def test_what_is_pushed_to_the_secret_path_arrives():
    ear = Ear()
    async with ear.serve() as server:
        assert await post(server, b"hello") == (200, "ok")
        assert await post(server, b"again", f"/{TOKEN}/?x=1") == (200, "ok")
    assert ear.heard == [b"hello", b"again"]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/"),
        ("POST", "/wrong"),
        ("POST", f"/{TOKEN}x"),
        ("POST", f"/{TOKEN}/data"),
        ("GET", f"/{TOKEN}"),
        ("PUT", f"/{TOKEN}"),
    ],
)
async def test_every_other_path_and_method_is_not_there(method, path):
    ear = Ear()
    async with ear.serve() as server:
        status, text = await post(server, path=path, method=method)
        assert server.refused == 1
    assert status == 404
    assert TOKEN not in text
    assert ear.heard == []


async def test_a_complaint_reaches_the_screen_of_the_phone():
    ear = Ear("switch it on")
    async with ear.serve() as server:
        assert await post(server) == (499, "switch it on")


async def test_a_message_that_is_too_large_is_refused_announced_or_not():
    async def drip():
        for _ in range(9):
            yield bytes(MOST_BYTES // 8)

    ear = Ear()
    async with ear.serve() as server:
        assert (await post(server, bytes(MOST_BYTES)))[0] == 200
        for body in (bytes(MOST_BYTES + 1), drip()):
            try:
                status, _ = await post(server, body)
            except aiohttp.ClientError:
                continue  # the server may hang up while the phone still talks
            assert status == 413
        assert server.refused == 2
    assert len(ear.heard) == 1


async def test_a_message_that_trickles_in_is_given_up(monkeypatch):
    monkeypatch.setattr("cuecoach.sensors.phone.server._READ_S", 0.05)
    ear = Ear()
    async with ear.serve() as server:
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(f"POST /{TOKEN} HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nabc".encode())
        assert b"408" in await reader.readline()
        writer.close()
    assert ear.heard == []


async def test_too_many_messages_are_refused_and_time_mends_it():
    ear = Ear()
    async with ear.serve() as server:
        statuses = [(await post(server))[0] for _ in range(42)]
        assert statuses == [200] * 40 + [429] * 2
        ear.time = 0.5
        assert (await post(server))[0] == 200


def test_a_bucket_fills_no_further_than_its_brim():
    time = 0.0
    bucket = Bucket(4.0, lambda: time)
    assert [bucket.take() for _ in range(5)] == [True] * 4 + [False]
    time = 100.0
    assert [bucket.take() for _ in range(5)] == [True] * 4 + [False]


async def test_a_known_phone_keeps_its_place_when_strangers_crowd_in():
    ear = Ear()
    async with ear.serve() as server, aiohttp.ClientSession() as phone:
        url = f"http://127.0.0.1:{server.port}/{TOKEN}"
        async with phone.post(url, data=b"1") as reply:
            assert reply.status == 200
        strangers = [await asyncio.open_connection("127.0.0.1", server.port) for _ in range(MOST_CONNECTIONS + 3)]
        await asyncio.sleep(0.05)
        async with phone.post(url, data=b"2") as reply:
            assert reply.status == 200
        for _, writer in strangers:
            writer.close()
    assert ear.heard == [b"1", b"2"]


@pytest.mark.parametrize(
    "sent", [b"\x00\xff\xfe\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"POST /x HTTP/1.1\r\nContent-Length: -4\r\n\r\n"]
)
async def test_what_is_not_http_is_survived_without_a_word_in_the_log(sent, caplog):
    ear = Ear()
    async with ear.serve() as server:
        _, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(sent)
        await writer.drain()
        writer.close()
        assert (await post(server))[0] == 200
    assert caplog.records == []


async def test_a_fault_of_ours_is_kept_for_the_one_who_serves():
    def broken(body):
        raise ZeroDivisionError

    async with PushServer(HERE, TOKEN, broken, lambda: 0.0) as server:
        assert (await post(server))[0] == 500
        assert isinstance(server.fault, ZeroDivisionError)


async def test_only_the_one_address_is_bound():
    async with Ear().serve() as server:
        assert [s.getsockname()[0] for s in server._listening.sockets] == ["127.0.0.1"]
        with pytest.raises(OSError):
            socket.create_connection(("127.0.0.2", server.port), timeout=1)


async def test_a_taken_port_and_a_foreign_address_are_told_with_the_remedy():
    async with Ear().serve() as server:
        with pytest.raises(SensorError, match=r"is taken; name another one, like `phone:127\.0\.0\.1:"):
            async with Ear().serve(Endpoint(ip_address("127.0.0.1"), server.port)):
                pass
    with pytest.raises(SensorError, match=r"no address of this machine; use one of its own: .*127\.0\.0\.1"):
        async with Ear().serve(Endpoint(ip_address("10.255.254.253"), 0)):
            pass
