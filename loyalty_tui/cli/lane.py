"""Requests taken without being parsed, because their head has been understood before.

CrowdTwist sends the same head with every push. To parse it and to pass it on as ASGI has it costs
more than all that is done about the push, so the heads of senders that may push are remembered.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from loyalty_tui.crowdtwist.receiver import Receiver

_MOST: Final = 1000
"""Heads that are remembered; they differ in the length of the body, too."""

_LARGEST_HEAD: Final = 4096
_LARGEST_BODY: Final = 16 << 10
_CHANGING: Final = frozenset(
    (b"transfer-encoding", b"expect", b"upgrade", b"content-encoding", b"trailer", b"te")
)
"""Headers that change how the body is read or answered."""


class Lane:
    """The heads that are known; for one receiver."""

    def __init__(self, receiver: Receiver) -> None:
        self.receiver = receiver
        self._lengths: dict[bytes, int] = {}
        self._headers: object = None
        self._saved = self._failed = b""

    def length(self, head: bytes) -> int:
        """Return how long the body after a head is; -1 for one that is not known."""
        # Found by a hash with a key of this process: how long it takes tells nothing of a secret,
        # since bytes are only compared with those of a head that has the same hash.
        return self._lengths.get(head, -1)

    def learn(self, head: bytes, scope: Mapping[str, Any], parser: Any) -> None:
        """Remember a head that came first on an idle connection and was parsed to that scope."""
        headers: list[tuple[bytes, bytes]] = scope["headers"]
        lengths = [value for name, value in headers if name == b"content-length"]
        is_plain = (
            head.startswith(b"POST ")
            and len(head) <= _LARGEST_HEAD
            # All of it are its lines, so that where it ends is where the parser saw it end.
            and head.count(b"\n") == head.count(b"\r") == head.count(b"\r\n") == len(headers) + 2
            and scope["http_version"] == "1.1"
            and parser.should_keep_alive()
            and not parser.should_upgrade()
            and not any(name in _CHANGING for name, _ in headers)
            and len(lengths) == 1
            and lengths[0].isdigit()
            and len(lengths[0]) < 6  # noqa: PLR2004 - digits
        )
        if not is_plain or int(lengths[0]) > _LARGEST_BODY or not self.receiver.may_take(scope):
            return
        if len(self._lengths) >= _MOST:
            self._lengths.clear()
        self._lengths[head] = int(lengths[0])

    def answer(
        self, error: Exception | None, headers: list[tuple[bytes, bytes]]
    ) -> tuple[int, str, bytes]:
        """Return the status, what the log says, and the bytes of an answer with some headers."""
        if headers is not self._headers:  # the date in them changes every second
            self._headers = headers
            lines = b"".join(b"%b: %b\r\n" % header for header in headers)
            lines += b"content-length: 0\r\n"
            self._saved = b"HTTP/1.1 200 OK\r\n%b\r\n" % lines
            self._failed = b"HTTP/1.1 503 Service Unavailable\r\n%bretry-after: 5\r\n\r\n" % lines
        if error is None:
            return 200, "saved", self._saved
        return 503, "cannot be stored", self._failed
