"""The endpoint that CrowdTwist pushes to (crowdtwist-live-push-user-profile.txt), as an ASGI app.

It knows no archive: where pushes go is handed in, and it answers once they are safe there.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import time
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Protocol

from loyalty_tui.crowdtwist.bodies import BusyError, HungUpError, Reader, TooLargeError
from loyalty_tui.crowdtwist.profile import understand
from loyalty_tui.crowdtwist.stored import keep, keep_quickly, without_loose_secrets
from loyalty_tui.errors import ArchiveError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence

    from loyalty_tui.crowdtwist.authentication import Senders
    from loyalty_tui.crowdtwist.profile import Profile

    Message = dict[str, Any]
    Receive = Callable[[], Awaitable[Message]]
    Send = Callable[[Message], Awaitable[None]]
    Headers = tuple[tuple[bytes, bytes], ...]

HEALTH: Final = "/healthz"
"""The path that says whether pushes can be stored."""

LARGEST_BODY: Final = 1 << 20
"""Bytes of a body, unless told otherwise; before and after decompression."""

_AT_ONCE: Final = 16 << 10
"""Bytes of a body that is understood within the event loop; larger ones in a thread."""

_READ: Final = frozenset(
    (b"authorization", b"x-api-key", b"content-encoding", b"content-length", b"expect")
)
_GZIP: Final = (b"gzip", b"x-gzip")
_LAST: Final = (b"connection", b"close")
_AGAIN: Final = ((b"retry-after", b"5"),)
_JSON: Final = ((b"content-type", b"application/json"),)
_REMEMBERED: Final = 4096
_HASH: Final = 12
"""Characters of the hash of a member's id in the log."""


class Sink(Protocol):
    """Where pushes are stored."""

    def put(self, push: bytes, done: Callable[[Exception | None], None], /) -> None:
        """Store as save does, and call done: with what went wrong, or None when it is safe."""

    def save(self, push: bytes, /) -> Awaitable[None]:
        """Store a push, one line of JSON; done when it is safe. Fails with ArchiveError."""

    async def quarantine(self, body: bytes, /) -> str:
        """Keep what is no push, and return the name it has there. Fails with ArchiveError."""

    async def is_ready(self) -> bool:
        """Return whether pushes can be stored now."""


class MemberIds(Protocol):
    """The client's own ids of members."""

    def find(self, member: Profile, /) -> str | None:
        """Return a member's id, None for an unknown member."""


class Entry(NamedTuple):
    """What the log says of a request: nothing personal, and no secret."""

    status: int
    """Of the answer; 0 when the sender hung up before it."""
    said: str
    """What became of it, in a few words."""
    size: int
    """Bytes of the body as it came; 0 when it was not read."""
    seconds: float
    member: str
    """A hash of the member's CrowdTwist id; empty when there is none."""
    client: str
    """The address that sent it."""


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    said: str
    body: bytes = b""
    headers: Headers = ()
    size: int = 0
    member: str = ""


class _Incoming:
    """What is still to be received of a request."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self.is_read = False
        """Whether that is nothing more."""

    async def __call__(self) -> Message:
        message = await self._receive()
        self.is_read = message["type"] != "http.request" or not message["more_body"]
        return message


class _RefusedError(Exception):
    """A request gets an answer without its body being looked at."""

    def __init__(self, answer: _Answer) -> None:
        super().__init__(answer.said)
        self.answer = answer


class Receiver:
    """The ASGI app, for HTTP only: pushes by POST on one path, its health by GET on another."""

    def __init__(  # noqa: PLR0913 - every one is a part of its own
        self,
        sink: Sink,
        senders: Senders,
        log: Callable[[Entry], None],
        *,
        path: str = "/push",
        largest_body: int = LARGEST_BODY,
        ids: MemberIds | None = None,
        report: Callable[[BaseException], None],
    ) -> None:
        self._sink = sink
        self._senders = senders
        self._log = log
        self._path = path
        self._reader = Reader(largest_body)
        self._ids = ids
        self._report = report

    async def __call__(self, scope: Mapping[str, Any], receive: Receive, send: Send) -> None:
        """Answer one request."""
        started = time.perf_counter()
        incoming = _Incoming(receive)
        try:
            answer = await self._answer(scope, incoming)
        except HungUpError:
            answer = _Answer(0, "the sender hung up")
        except asyncio.CancelledError:  # the receiver ends, and has waited for the rest of it
            answer = _Answer(503, "the receiver ended", headers=(*_AGAIN, _LAST))
            incoming.is_read = True
        except Exception as error:  # noqa: BLE001 - reported, and CrowdTwist sends it again
            self._report(error)
            answer = _Answer(500, "a fault of the receiver")
        if answer.status:
            await self._send(answer, scope, incoming, send)
        client = scope.get("client")
        self._log(
            Entry(
                answer.status,
                answer.said,
                answer.size,
                time.perf_counter() - started,
                answer.member,
                client[0] if client else "",
            )
        )

    def may_take(self, scope: Mapping[str, Any]) -> bool:
        """Return whether a request is a push by one who may, answered without looking at it more.

        Whatever else comes with the same head is the same.
        """
        if self._ids is not None or scope["path"] != self._path:
            return False
        try:
            headers = self._admit(scope)
        except _RefusedError:
            return False
        plain = {b"authorization", b"x-api-key", b"content-length"}
        lengths = headers.get(b"content-length", ())
        return headers.keys() <= plain and all(map(self._reader.may_read, lengths))

    def take(self, body: bytes, done: Callable[[Exception | None], None]) -> str | None:
        """Store the push of such a request and call done then; return its member's hash.

        None for a body that is not as they mostly are: nothing has been done about it.
        """
        kept = keep_quickly(body)
        if kept is None:
            return None
        line, ids = kept
        self._sink.put(line, done)
        return _hash((ids.id, ids.userId, ids.user_id))

    async def _answer(self, scope: Mapping[str, Any], receive: Receive) -> _Answer:
        if scope["path"] != self._path:
            return await self._elsewhere(scope)
        size = 0
        try:
            headers = self._admit(scope)
            body = await self._reader.read(receive, headers.get(b"content-length", (b"",))[0])
            size = len(body)
            is_whole = True
            if b"content-encoding" in headers:
                body, is_whole = await self._unpacked(body, headers[b"content-encoding"])
            return await self._store(body, size, is_whole=is_whole)
        except _RefusedError as refused:
            return refused.answer
        except TooLargeError:
            return _Answer(413, "too large")
        except BusyError:
            return _Answer(503, "too much at the same time", headers=_AGAIN)
        except ArchiveError:
            return _Answer(503, "cannot be stored", headers=_AGAIN, size=size)

    def _admit(self, scope: Mapping[str, Any]) -> Mapping[bytes, Sequence[bytes]]:
        """Return the values of the headers that count, of a request whose body is worth reading."""
        if scope["method"] != "POST":
            raise _RefusedError(_Answer(405, "not a POST", headers=((b"allow", b"POST"),)))
        headers: dict[bytes, list[bytes]] = {}
        for name, value in scope["headers"]:
            if name in _READ:
                headers.setdefault(name, []).append(value)
        if not self._senders.may(headers.get(b"authorization", ()), headers.get(b"x-api-key", ())):
            raise _RefusedError(_Answer(401, "wrong credentials", headers=self._senders.challenge))
        return headers

    async def _unpacked(self, body: bytes, encodings: Sequence[bytes]) -> tuple[bytes, bool]:
        """Return a body without its content encoding, and whether it was whole."""
        named = (one.strip().lower() for value in encodings for one in value.split(b","))
        applied = [one for one in named if one not in {b"", b"identity"}]
        if not applied:
            return body, True
        if len(applied) > 1 or applied[0] not in _GZIP:
            headers = ((b"accept-encoding", b"gzip"),)
            raise _RefusedError(_Answer(415, "unknown content encoding", headers=headers))
        if len(body) <= _AT_ONCE:
            return self._reader.decompress(body)
        return await asyncio.to_thread(self._reader.decompress, body)

    async def _store(self, body: bytes, size: int, *, is_whole: bool) -> _Answer:
        is_small = len(body) <= _AT_ONCE
        kept = None
        if is_whole:
            kept = keep(body) if is_small else await asyncio.to_thread(keep, body)
        if kept is None:
            safe = await asyncio.to_thread(without_loose_secrets, body)
            name = await self._sink.quarantine(safe)
            said = f"no JSON object, kept as {name}"
            return _Answer(202, said, size=size)
        await self._sink.save(kept.line)
        answer = b""
        headers: Headers = ()
        if self._ids is not None:
            found = self._ids.find(understand(kept.value))
            known = {} if found is None else {"third_party_id": found}
            answer = json.dumps(known, ensure_ascii=False, separators=(",", ":")).encode()
            headers = _JSON
        named = (kept.value.get(key) for key in ("id", "userId", "user_id"))
        return _Answer(200, "saved", answer, headers, size, _hash(named))

    async def _elsewhere(self, scope: Mapping[str, Any]) -> _Answer:
        if scope["path"] != HEALTH:
            return _Answer(404, "no such path")
        if scope["method"] not in {"GET", "HEAD"}:
            return _Answer(405, "not a GET", headers=((b"allow", b"GET, HEAD"),))
        if await self._sink.is_ready():
            return _Answer(200, "ready", b'{"status":"ready"}\n', _JSON)
        return _Answer(503, "not ready", b'{"status":"not ready"}\n', _JSON + _AGAIN)

    async def _send(
        self, answer: _Answer, scope: Mapping[str, Any], incoming: _Incoming, send: Send
    ) -> None:
        length = (b"content-length", b"%d" % len(answer.body))
        headers = (length, *answer.headers)
        # Whoever waits to be told to send the body may not send it after all: what comes next on
        # the connection could then be taken for it.
        is_asked = not incoming.is_read and any(name == b"expect" for name, _ in scope["headers"])
        if is_asked:
            headers = (*headers, _LAST)
        await send({"type": "http.response.start", "status": answer.status, "headers": headers})
        if not incoming.is_read and not is_asked:
            # The rest of the body is let pass: closing on it would take the answer away.
            await send({"type": "http.response.body", "body": answer.body, "more_body": True})
            rest = b""
            while not incoming.is_read:
                await incoming()
        else:
            rest = answer.body
        await send({"type": "http.response.body", "body": rest})


def _hash(ids: Iterable[object]) -> str:
    member = next((one for one in ids if one is not None), "")
    return _digest(str(member)[:64]) if isinstance(member, (int, str)) and member != "" else ""


@lru_cache(_REMEMBERED)
def _digest(member: str) -> str:
    return hashlib.sha256(member.encode("utf-8", "replace")).hexdigest()[:_HASH]
