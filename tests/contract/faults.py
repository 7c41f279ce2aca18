"""A real server on loopback that fails on purpose: scripted behaviours over raw sockets."""

from __future__ import annotations

import os
import select
import socket
import struct
import threading
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    import ssl

PATIENCE = 10.0
"""Seconds after which the server gives up on a client, so that no failing test hangs."""


class Connection:
    """One accepted connection, as a behaviour sees it."""

    def __init__(self, stream: socket.socket) -> None:
        self.stream = stream
        self.is_open = True
        self.sent = 0
        """Bytes handed to the network so far."""

    def request(self) -> bytes:
        """Return the next request's head; empty when the client has hung up instead."""
        head = b""
        while self.is_open and not head.endswith(b"\r\n\r\n"):
            byte = self.stream.recv(1)
            if not byte:
                return b""
            head += byte
        return head

    def send(self, data: bytes) -> None:
        """Send all of the data."""
        self.stream.sendall(data)
        self.sent += len(data)

    def drip(self, data: bytes, every: float) -> None:
        """Send one byte every so many seconds, until the client hangs up."""
        for byte in data:
            if self.is_readable(every):
                return
            self.send(bytes([byte]))

    def is_readable(self, within: float) -> bool:
        """Return whether the client says something or hangs up within so many seconds."""
        return bool(select.select([self.stream], [], [], within)[0])

    def wait_for_hang_up(self) -> None:
        """Return once the client has closed its side, orderly or by a reset."""
        try:
            while self.stream.recv(65536):
                pass
        except ConnectionError:
            return

    def reset(self) -> None:
        """Close with RST instead of FIN: the client loses what is under way."""
        self.stream.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close()

    def close(self) -> None:
        """Close orderly."""
        self.is_open = False
        self.stream.close()

    def abort(self) -> None:
        """Wake whoever waits on this connection, from another thread."""
        try:
            self.stream.shutdown(socket.SHUT_RDWR)
        except OSError:
            return


Behaviour = Callable[[Connection], None]


def chunked(body: bytes, size: int = 65536) -> bytes:
    """Return a whole answer whose body comes in chunks, without a Content-Length."""
    chunks = (body[start : start + size] for start in range(0, len(body), size))
    framed = b"".join(b"%x\r\n%b\r\n" % (len(chunk), chunk) for chunk in chunks)
    head = response(200, headers={"Transfer-Encoding": "chunked"}, has_length=False)
    return head + framed + b"0\r\n\r\n"


def response(
    status: int = 200,
    body: bytes = b"",
    headers: Mapping[str, str] | None = None,
    *,
    length: int | None = None,
    has_length: bool = True,
) -> bytes:
    """Return an answer's bytes, with the true Content-Length unless told otherwise."""
    lines = [f"HTTP/1.1 {status} Said So", "Content-Type: application/json"]
    if has_length:
        lines.append(f"Content-Length: {len(body) if length is None else length}")
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    return "\r\n".join([*lines, "", ""]).encode() + body


def answer(
    status: int = 200, body: bytes = b"", headers: Mapping[str, str] | None = None
) -> Behaviour:
    """Answer in full and keep the connection."""
    return lambda connection: connection.send(response(status, body, headers))


def answer_and_hang_up(body: bytes, headers: Mapping[str, str] | None = None) -> Behaviour:
    """Answer with a body that ends where the connection does."""

    def behave(connection: Connection) -> None:
        connection.send(response(200, body, headers, has_length=False))
        connection.close()

    return behave


def cut_off(body: bytes) -> Behaviour:
    """Promise the whole body, send half of it and close orderly."""

    def behave(connection: Connection) -> None:
        connection.send(response(200, body[: len(body) // 2], length=len(body)))
        connection.close()

    return behave


def reset_in(body: bytes) -> Behaviour:
    """Promise the whole body, send half of it and reset the connection."""

    def behave(connection: Connection) -> None:
        connection.send(response(200, body[: len(body) // 2], length=len(body)))
        connection.reset()

    return behave


def hold_back(data: bytes, sent: int) -> Behaviour:
    """Send so many of the bytes, and not one more before the client hangs up."""

    def behave(connection: Connection) -> None:
        connection.send(data[:sent])
        connection.wait_for_hang_up()
        connection.close()

    return behave


def drip(data: bytes, every: float) -> Behaviour:
    """Send the bytes one by one, so many seconds apart."""
    return lambda connection: connection.drip(data, every)


def never_answer(connection: Connection) -> None:
    """Take the request and say nothing."""
    connection.wait_for_hang_up()
    connection.close()


def garble(connection: Connection) -> None:
    """Answer beneath TLS, with bytes that are no part of it."""
    os.write(connection.stream.fileno(), b"HTTP/1.1 400 Bad Request\r\n\r\n")
    connection.wait_for_hang_up()


def hang_up(connection: Connection) -> None:
    """Take the request and close orderly without an answer."""
    connection.close()


class FaultServer:
    """Listens on a free port of 127.0.0.1 and meets each request with the next behaviour.

    The last behaviour also meets all further requests. `greeting`, when given, is done to each
    connection before anything is read from it; `tls` makes it an https server.
    """

    def __init__(
        self,
        *behaviours: Behaviour,
        greeting: Behaviour | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.requests: list[bytes] = []
        """The heads of all requests, in order of arrival."""
        self.connections: list[Connection] = []
        """All connections, in order of arrival."""
        self._behaviours = list(behaviours)
        self._greeting = greeting
        self._tls = tls
        self._news = threading.Condition()
        self._finished = 0
        self._threads: list[threading.Thread] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._stop, self._stopped = socket.socketpair()
        self.port: int = self._listener.getsockname()[1]
        scheme = "https" if tls else "http"
        self.url = f"{scheme}://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        self._start(self._accept)
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.close()
        self._threads[0].join(PATIENCE)
        for connection in self.connections:
            connection.abort()
        for thread in self._threads[1:]:
            thread.join(PATIENCE)
        self._listener.close()
        self._stopped.close()

    def wait_for_requests(self, count: int) -> bool:
        """Return whether so many requests arrive while there is patience; blocks."""
        with self._news:
            return self._news.wait_for(lambda: len(self.requests) >= count, PATIENCE)

    def wait_for_ends(self, count: int) -> bool:
        """Return whether so many connections end while there is patience; blocks."""
        with self._news:
            return self._news.wait_for(lambda: self._finished >= count, PATIENCE)

    def _start(self, work: Callable[..., None], *arguments: object) -> None:
        thread = threading.Thread(target=work, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while self._stopped not in select.select([self._listener, self._stopped], [], [])[0]:
            stream, _ = self._listener.accept()
            stream.settimeout(PATIENCE)
            connection = Connection(stream)
            self.connections.append(connection)
            self._start(self._serve, connection)

    def _serve(self, connection: Connection) -> None:
        try:
            if self._tls:
                connection.stream = self._tls.wrap_socket(connection.stream, server_side=True)
            if self._greeting:
                self._greeting(connection)
            while connection.is_open and (head := connection.request()):
                self._next_behaviour(head)(connection)
        except OSError:  # the client has gone, or the test is over
            pass
        finally:
            connection.close()
            with self._news:
                self._finished += 1
                self._news.notify_all()

    def _next_behaviour(self, head: bytes) -> Behaviour:
        with self._news:
            self.requests.append(head)
            self._news.notify_all()
            return self._behaviours[min(len(self.requests), len(self._behaviours)) - 1]
