"""Connections of the receiver: slow, endless and too many ones are cut off.

uvicorn has no limit on the size of a head, on how long a request may take to come, or on what
follows it on the connection; each would let anyone fill the memory or use all connections up.
"""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from loyalty_tui.crowdtwist.receiver import Entry

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable

    from loyalty_tui.cli.lane import Lane

LARGEST_HEAD: Final = 32 << 10
"""Bytes of a request's line and headers."""

MOST_HEADERS: Final = 100

KEEP_ALIVE: Final = 75
"""Seconds; longer than reverse proxies keep connections, so that they close them first."""

_OVERHEAD: Final = 8
"""How many times the largest body may come through the network: chunks of one byte take six."""

_LET_PASS: Final = 16 << 20
"""Bytes of a refused request that are at least let pass, so that its sender hears the answer."""

_MOST_QUEUED: Final = 100
"""Requests of one connection that wait for those before them to be answered."""

_UPGRADE: Final = re.compile(rb"(?i)(?<=\r\n)upgrade(?=[ \t]*:)")
_IGNORED: Final = b"ignored"

_WORDS: Final = {
    400: b"Bad Request",
    408: b"Request Timeout",
    431: b"Request Header Fields Too Large",
}


@dataclass(frozen=True, slots=True)
class Limits:
    """What a connection may ask for."""

    seconds: float
    """In which all of a request has to come."""
    largest_body: int
    """Bytes."""
    most_connections: int


class GuardedProtocol(HttpToolsProtocol):
    """uvicorn's protocol within limits, which a subclass sets."""

    limits: Limits
    log: Callable[[Entry], None]

    lane: Lane | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take a connection, in the place of the one that has been idle longest if need be."""
        super().connection_made(transport)
        self._since = self.loop.time()
        self._is_coming = True
        self._has_begun = False
        self._is_in_head = True
        self._came = self._chunk = 0
        self._status = 400
        self._is_cut = False
        self._passing: tuple[float, int, str] | None = None
        self._later = b""
        self._head = b""
        self._ends = False
        self._unread_since: float | None = None
        if len(self.connections) > self.limits.most_connections:
            connections: set[Any] = self.connections  # all are guarded
            idle = (one for one in connections if one is not self and one.is_idle())
            oldest = min(idle, key=lambda one: one.idle_since, default=self)
            oldest.transport.abort()

    @property
    def idle_since(self) -> float:
        """The loop's time at which it started to wait for what it waits for."""
        return self._since

    def is_idle(self) -> bool:
        """Return whether nothing is lost to an honest sender who has to try again."""
        if self._passing is not None:
            return False
        return self._is_coming or self.cycle is None or self.cycle.response_complete

    def data_received(self, data: bytes) -> None:
        """Take some bytes."""
        if self.lane is not None and self._passes(data, self.lane):
            return
        if not self._is_coming:
            self._is_coming = True
            self._since = self.loop.time()
        # All of a chunk belongs to a request that begins with it; of one that begins somewhere in
        # the middle it is not known how much does.
        self._chunk = 0 if self._has_begun else len(data)
        self._came += len(data)
        super().data_received(data if self._has_begun else _without_upgrade(data))
        if not self._is_coming or self.transport.is_closing():
            return
        if self._is_in_head:
            if self._came > LARGEST_HEAD:
                self._status = 431
                self.send_400_response("")
        elif self._came > max(_OVERHEAD * self.limits.largest_body, _LET_PASS):
            self.transport.abort()

    def on_message_begin(self) -> None:
        """Start on a request."""
        if len(self.pipeline) >= _MOST_QUEUED:
            raise ValueError  # as in on_headers_complete
        self._came, self._chunk = self._chunk, 0
        self._has_begun = True
        self._is_in_head = True
        self._is_coming = True
        super().on_message_begin()

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a header; what comes after the body is none."""
        if self._is_in_head:
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """Start to answer."""
        self._is_in_head = False
        size = sum(len(name) + len(value) for name, value in self.headers)
        if self.parser.should_upgrade():  # what follows would not be read as a body
            raise ValueError
        if len(self.headers) > MOST_HEADERS or size + len(self.url) > LARGEST_HEAD:
            self._status = 431
            raise ValueError  # the parser gives up, and send_400_response is called
        super().on_headers_complete()
        if self._head and self.lane is not None:
            self.lane.learn(self._head, self.scope, self.parser)
            self._head = b""

    def on_message_complete(self) -> None:
        """Note that all of a request has come."""
        self._has_begun = False
        self._is_coming = False
        super().on_message_complete()

    def on_response_complete(self) -> None:
        """Go on to the next request; more of them are read when none is left."""
        super().on_response_complete()
        if self.pipeline:
            self.flow.pause_reading()

    def pause_writing(self) -> None:
        """Note from when on the answers are not read."""
        super().pause_writing()
        self._unread_since = self.loop.time()

    def resume_writing(self) -> None:
        """Note that they are read again."""
        super().resume_writing()
        self._unread_since = None
        if not self.pipeline and not self.transport.is_closing():
            self.flow.resume_reading()

    def send_400_response(self, msg: str) -> None:
        """Refuse what is no request, or too large a one."""
        del msg
        self._refuse(self._status)

    def cut_off(self, now: float) -> None:
        """Close the connection if a request has not come, or an answer not been read, in time."""
        is_unread = (
            self._unread_since is not None and now - self._unread_since > self.limits.seconds
        )
        if self._is_cut or is_unread:
            self.transport.abort()
        elif self._passing is not None:
            return
        elif not self._is_coming and now - self._since > KEEP_ALIVE and self.is_idle():
            self.transport.close()
        elif self._is_coming and now - self._since > self.limits.seconds:
            self._is_cut = True
            if self._has_begun:
                self._refuse(408)
            else:
                self.transport.close()

    def shutdown(self) -> None:
        """Close the connection once what is in flight on it is answered."""
        if self._passing is None:
            super().shutdown()
        else:
            self._ends = True

    def _passes(self, data: bytes, lane: Lane) -> bool:
        """Take a whole request with a known head, or what follows on one that is being stored."""
        if self._passing is not None or self._later:
            self._later += data
            self.transport.pause_reading()
            return True
        self._head = b""
        is_answered = self.cycle is None or self.cycle.response_complete
        if self._has_begun or not is_answered:
            return False
        end = data.find(b"\r\n\r\n") + 4
        head = data[:end]
        length = lane.length(head)
        if length < 0:
            if end > 3:  # noqa: PLR2004 - it was found
                self._head = head
            return False
        if len(data) != end + length:
            return False
        body = data[end:]
        # A loop may count whole milliseconds only, which is longer than most of this takes.
        began = time.perf_counter()
        self._passing = (began, length, "")
        member = lane.receiver.take(body, self._stored)
        if member is None:
            self._passing = None
            return False
        if self._passing is not None:
            self._passing = (began, length, member)
            self._unset_keepalive_if_required()
            self._is_coming = False
        return True

    def _stored(self, error: Exception | None) -> None:
        if self._passing is None or self.lane is None:
            return
        began, size, member = self._passing
        self._passing = None
        self._since = self.loop.time()
        status, said, answer = self.lane.answer(error, self.server_state.default_headers)
        client = self.client[0] if self.client else ""
        self.log(Entry(status, said, size, time.perf_counter() - began, member, client))
        if self.transport.is_closing():
            return
        self.transport.write(answer)
        if self.flow.write_paused:
            self.flow.pause_reading()
        if self._ends:
            self.transport.close()
        elif self._later:
            self.loop.call_soon(self._go_on)

    def _go_on(self) -> None:
        """Take what has come while a request was being stored."""
        later, self._later = self._later, b""
        if later and not self.transport.is_closing():
            self.transport.resume_reading()
            self.data_received(later)

    def _refuse(self, status: int) -> None:
        words = _WORDS[status]
        # In a head, the cycle is still that of the request before.
        is_busy = self.cycle is not None and not self.cycle.response_complete
        if not is_busy or not (self._is_in_head or self.cycle.response_started or self.pipeline):
            self.transport.write(
                b"HTTP/1.1 %d %b\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
                % (status, words)
            )
        self.transport.close()
        client = self.client[0] if self.client else ""
        self.log(
            Entry(status, words.decode().lower(), 0, self.loop.time() - self._since, "", client)
        )


def _without_upgrade(data: bytes) -> bytes:
    """Return the beginning of a request that asks for no other protocol.

    HTTP lets a server pass that over; the parser would pass the body over instead.
    """
    end = data.find(b"\r\n\r\n")
    head, rest = (data, b"") if end < 0 else (data[:end], data[end:])
    return _UPGRADE.sub(_IGNORED, head) + rest
