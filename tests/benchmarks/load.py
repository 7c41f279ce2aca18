"""Requests as fast as they are answered, or at a steady rate, from one process."""

import re
import selectors
import socket
import statistics
import time

LENGTH = re.compile(rb"(?i)\r\ncontent-length: *(\d+)")
WARMING = 1.0


class Sender:
    """A connection on which the same request is sent again once it has been answered."""

    __slots__ = ("began", "left", "stream")

    def __init__(self, port):
        self.stream = socket.create_connection(("127.0.0.1", port), 30)
        self.stream.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.left = b""
        self.began = 0.0

    def send(self, request, now):
        self.began = now
        self.stream.sendall(request)

    def is_answered(self):
        """Take what has come; return whether it is a whole answer. Any but 200 is an error."""
        data = self.stream.recv(65536)
        if not data:
            raise SystemExit("the server hung up under load")
        self.left += data
        head, _, body = self.left.partition(b"\r\n\r\n")
        if not _:
            return False
        if not head.startswith(b"HTTP/1.1 200"):
            raise SystemExit(f"the server answered {head[:200]!r}")
        found = LENGTH.search(head)
        if len(body) < (int(found[1]) if found else 0):
            return False
        self.left = b""
        return True


def press(port, request, connections, seconds):
    """Return the answers a second and the 99th percentile of their milliseconds."""
    selector = selectors.DefaultSelector()
    senders = [Sender(port) for _ in range(connections)]
    times = []
    now = time.perf_counter()
    start, end = now + WARMING, now + WARMING + seconds
    for sender in senders:
        selector.register(sender.stream, selectors.EVENT_READ, sender)
        sender.send(request, now)
    while now < end:
        for key, _ in selector.select(5):
            sender = key.data
            if sender.is_answered():
                now = time.perf_counter()
                if sender.began >= start:
                    times.append(now - sender.began)
                sender.send(request, now)
    for sender in senders:
        sender.stream.close()
    return len(times) / seconds, statistics.quantiles(times, n=100)[-1] * 1000


def keep_pressing(port, request, rate, seconds, look):
    """Send so many requests a second for so long, looking once a second; return what it saw."""
    sender = Sender(port)
    seen = []
    began = time.perf_counter()
    for number in range(int(rate * seconds)):
        due = began + number / rate
        if (left := due - time.perf_counter()) > 0:
            time.sleep(left)
        sender.send(request, due)
        while not sender.is_answered():
            pass
        if number % rate == 0:
            seen.append(look())
    sender.stream.close()
    return seen
