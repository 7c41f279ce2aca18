"""Connections of the receiver, without a network."""

import asyncio
from types import SimpleNamespace

import pytest
import uvicorn
from uvicorn.server import ServerState

from loyalty_tui.cli.guarding import GuardedProtocol, Limits


class Transport(asyncio.Transport):
    """Holds what is written; says whether it was broken off."""

    def __init__(self):
        super().__init__()
        self.written, self.is_aborted, self.is_paused = b"", False, False

    def is_closing(self):
        return self.is_aborted

    def abort(self):
        self.is_aborted = True

    def pause_reading(self):
        self.is_paused = True

    def resume_reading(self):
        self.is_paused = False

    def write(self, data):
        self.written += data


@pytest.fixture
def entries():
    return []


@pytest.fixture
async def connection(entries):
    async def app(_scope, receive, _send):
        await receive()

    class Protocol(GuardedProtocol):
        limits = Limits(seconds=1, largest_body=1000, most_connections=10)
        log = staticmethod(entries.append)

    config = uvicorn.Config(app, lifespan="off", log_config=None)
    config.load()
    made = Protocol(config, ServerState(), {}, asyncio.get_running_loop())
    made.connection_made(Transport())
    return made


async def test_who_does_not_read_the_answers_is_cut_off(connection):
    now = asyncio.get_running_loop().time()
    connection.data_received(b"GET / HTTP/1.1\r\n\r\n")
    connection.pause_writing()
    connection.cut_off(now + 0.5)
    assert not connection.transport.is_aborted
    connection.cut_off(now + 2)
    assert connection.transport.is_aborted


async def test_who_reads_them_again_is_not(connection):
    connection.data_received(b"GET / HTTP/1.1\r\n\r\n")
    connection.pause_writing()
    connection.resume_writing()
    connection.cut_off(asyncio.get_running_loop().time() + 2)
    assert not connection.transport.is_aborted


async def test_no_more_is_read_while_requests_wait_for_others(connection):
    connection.data_received(b"GET / HTTP/1.1\r\n\r\n" * 3)
    assert connection.transport.is_paused
    connection.on_response_complete()
    assert connection.transport.is_paused
    connection.on_response_complete()
    assert not connection.transport.is_paused


async def test_a_request_waits_for_the_one_before_whatever_stands_between(connection):
    taken = []
    connection.lane = SimpleNamespace(
        length=lambda head: 0 if head.startswith(b"POST") else -1,
        learn=lambda *_: None,
        receiver=SimpleNamespace(take=lambda body, _: taken.append(body)),
    )
    connection.data_received(b"GET / HTTP/1.1\r\n\r\n")
    connection.data_received(b"\r\n")
    connection.data_received(b"POST / HTTP/1.1\r\n\r\n")
    assert taken == []
    assert len(connection.pipeline) == 1


async def test_what_a_push_takes_is_told_whatever_the_loops_clock_counts(
    connection, entries, monkeypatch
):
    def take(_, done):
        asyncio.get_running_loop().call_soon(done, None)
        return ""

    connection.lane = SimpleNamespace(
        length=lambda _: 0,
        receiver=SimpleNamespace(take=take),
        answer=lambda *_: (200, "saved", b"answer"),
    )
    now = connection.loop.time()
    monkeypatch.setattr(connection.loop, "time", lambda: now)
    connection.data_received(b"POST / HTTP/1.1\r\n\r\n")
    await asyncio.sleep(0)
    assert connection.transport.written == b"answer"
    assert entries[0].seconds > 0
