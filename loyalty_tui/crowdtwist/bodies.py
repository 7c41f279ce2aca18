"""The bodies of requests: read and decompressed, never more of them than is allowed."""

from __future__ import annotations

import gzip
import io
import zlib
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    Receive = Callable[[], Awaitable[dict[str, Any]]]

_MOST_HELD: Final = 64 << 20
"""Bytes of bodies that come in parts and are held at the same time, unless it is one."""


class TooLargeError(Exception):
    """The body is larger than is allowed."""


class BusyError(Exception):
    """Too many large bodies are being read at the same time."""


class HungUpError(Exception):
    """The sender has gone before all of the body had come."""


class Reader:
    """Reads bodies of at most so many bytes."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._held = 0

    def may_read(self, length: bytes) -> bool:
        """Return whether so many bytes, as a Content-Length says it, are allowed."""
        length = length.lstrip(b"0")
        return len(length) <= len(str(self._most)) and int(length or b"0") <= self._most

    async def read(self, receive: Receive, length: bytes) -> bytes:
        """Return all of a body; length is what its Content-Length says, empty without one.

        Raises:
            TooLargeError: It is larger than allowed.
            BusyError: There is no memory for it now.
            HungUpError: It broke off.
        """
        if not self.may_read(length):
            raise TooLargeError
        message = await receive()
        if message["type"] != "http.request":
            raise HungUpError
        body: bytes = message["body"]
        if message["more_body"]:
            return await self._rest(receive, body)
        if len(body) > self._most:
            raise TooLargeError
        return body

    async def _rest(self, receive: Receive, first: bytes) -> bytes:
        parts, size = [first], len(first)
        self._held += size
        try:
            while True:
                if size > self._most:
                    raise TooLargeError
                if size < self._held > _MOST_HELD:
                    raise BusyError
                message = await receive()
                if message["type"] != "http.request":
                    raise HungUpError
                part = message["body"]
                parts.append(part)
                size += len(part)
                self._held += len(part)
                if not message["more_body"]:
                    if size > self._most:
                        raise TooLargeError
                    return b"".join(parts)
        finally:
            self._held -= size

    def decompress(self, body: bytes) -> tuple[bytes, bool]:
        """Return what a gzip body holds, and whether it is whole.

        Of one that is damaged it is what stands before the damage, or the body itself when that
        is nothing.

        Raises:
            TooLargeError: It holds more than allowed; no more than that is decompressed.
        """
        parts: list[bytes] = []
        room = self._most
        with gzip.GzipFile(fileobj=io.BytesIO(body)) as file:
            try:
                while part := file.read1(room + 1):
                    room -= len(part)
                    if room < 0:
                        raise TooLargeError
                    parts.append(part)
            except (OSError, EOFError, zlib.error):
                return b"".join(parts) or body, False
        return b"".join(parts), bool(body)
