"""The log of `loyalty-tui receive`: one line of text or JSON for each request and event."""

from __future__ import annotations

import json
import logging
import os
import select
import threading
import time
from collections import deque
from functools import lru_cache
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any, Final

from loyalty_tui.privacy import neutralise

if TYPE_CHECKING:
    from loyalty_tui.crowdtwist.receiver import Entry

_MOST: Final = 20_000
"""Lines that wait to be written; when nobody reads them, the newest are counted and dropped."""

_PATIENCE: Final = 0.5
"""Seconds between two looks at whether the log has ended, while its reader takes nothing."""
_LINE_BREAK: Final = ord("\n")

_GATHERING: Final = 0.05
"""Seconds for which lines are gathered, so that they are written many at once."""


class Log:
    """Writes to a file descriptor from a thread of its own, so that nobody waits for its reader."""

    def __init__(self, output: int, *, is_json: bool) -> None:
        self._output = output
        self._is_json = is_json
        self._told: deque[tuple[float, Entry | str]] = deque()
        self._lines: deque[str] = deque()
        self._writing_up = threading.Lock()
        self._dropped = self._lost = 0
        self._second, self._stamp = -1, ""
        self._client, self._from = "", ", from nowhere\n"
        self._news = threading.Event()
        self._is_woken = False
        self._is_ending = False
        self._thread = threading.Thread(target=self._write, name="log", daemon=True)
        self._thread.start()

    def tell(self, item: Entry | str) -> None:
        """Tell of a request, or of anything else in a sentence."""
        if len(self._told) + len(self._lines) >= _MOST:
            self._dropped += 1
            return
        self._told.append((time.time(), item))
        if not self._is_woken:
            self._is_woken = True
            self._news.set()

    def write_up(self, *, waits: bool = False) -> None:
        """Make lines of what was told: by whoever has nothing else to do, or else by the thread."""
        if self._writing_up.acquire(blocking=waits):
            try:
                while self._told:
                    self._lines.append(self._line(*self._told.popleft()))
            finally:
                self._writing_up.release()

    def close(self, patience: float = 1.0) -> None:
        """Write what is left, unless that takes longer than so many seconds."""
        self._is_ending = True
        self._news.set()
        self._thread.join(patience)

    def _write(self) -> None:
        rest = b""
        while not self._is_ending or self._told or self._lines:
            self._news.wait()
            if not self._is_ending:
                time.sleep(_GATHERING)
            self._news.clear()
            self._is_woken = False
            dropped, self._dropped = self._dropped + self._lost, 0
            self._lost = 0
            if dropped:
                words = f"Lines of the log that nobody read in time: {dropped}."
                self._told.append((time.time(), words))
            self.write_up(waits=True)
            lines = [self._lines.popleft() for _ in range(len(self._lines))]
            rest = self._put(rest, "".join(lines).encode("utf-8", "backslashreplace"))

    def _put(self, rest: bytes, lines: bytes) -> bytes:
        """Write the rest of a line, and lines; return what is left of one that was begun."""
        data = rest + lines
        left = memoryview(data)
        while left:
            try:
                left = left[os.write(self._output, left) :]
            except BlockingIOError:
                if not select.select((), (self._output,), (), _PATIENCE)[1] and self._is_ending:
                    break
            except OSError:  # nobody reads it any more, which is no reason to receive nothing
                break
        done = len(data) - len(left)
        is_torn = 0 < done < len(data) and data[done - 1] != _LINE_BREAK
        end = data.index(b"\n", done) + 1 if is_torn or (rest and not done) else done
        self._lost += data.count(b"\n", end)
        return data[done:end]

    def _line(self, when: float, item: Entry | str) -> str:
        second = int(when)
        if second != self._second:
            self._second = second
            self._stamp = time.strftime("%Y-%m-%dT%H:%M:%S.", time.gmtime(second))
        at = f"{self._stamp}{int(when * 1000) % 1000:03d}Z"
        if not isinstance(item, str) and not self._is_json:
            status, said, size, seconds, member, client = item
            words = f"{at} {status or '-'} {said}, {size} bytes, {seconds * 1000:.2f} ms"
            whose = f", member {member}" if member else ""
            if client != self._client:
                self._client, self._from = client, f", from {_address(client)}\n"
            return f"{words}{whose}{self._from}"
        if isinstance(item, str):
            fields: dict[str, Any] = {"event": neutralise(item)}
        else:
            fields = {
                "status": item.status,
                "said": item.said,
                "bytes": item.size,
                "ms": round(item.seconds * 1000, 2),
                "member": item.member,
                "client": _address(item.client),
            }
        if self._is_json:
            return json.dumps({"time": at, **fields}, ensure_ascii=False) + "\n"
        return f"{at} {fields['event']}\n"


@lru_cache(1000)
def _address(client: str) -> str:
    """Return an address; a sender whom a proxy names in any other way has none.

    Without its zone: that is free text.
    """
    try:
        address = ip_address(client.partition("%")[0])
    except ValueError:
        return "nowhere"
    return str(getattr(address, "ipv4_mapped", None) or address)


class Handler(logging.Handler):
    """Passes on what libraries log: their words, and never what is in an exception."""

    def __init__(self, log: Log) -> None:
        super().__init__(logging.WARNING)
        self._log = log

    def emit(self, record: logging.LogRecord) -> None:
        """Tell of a record."""
        kind = record.exc_info[0] if record.exc_info else None
        words = record.getMessage().strip().splitlines() or [""]
        self._log.tell(f"{words[0]}{f' ({kind.__name__})' if kind else ''}")
