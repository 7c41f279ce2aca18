"""A receiver as a process of its own, and a sender that speaks HTTP/1.1 over a socket."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path

PATIENCE = 30.0
LISTENING = re.compile(r"listening on https?://[^/]+:(\d+)(/\S*)")


class Process:
    """A server as a process of its own, started and listening."""

    def __init__(self, command, environment=None, first="listening on "):
        self.said = []
        self._connections = []
        self._news = threading.Condition()
        self._process = subprocess.Popen(  # noqa: S603 - our own words
            command,
            env={**os.environ, **(environment or {})},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.pid = self._process.pid
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        self.port, self.path = 0, ""
        if first:
            self.wait_until_listening(first)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.kill()

    def _read(self):
        for line in self._process.stderr:
            with self._news:
                self.said.append(line.rstrip("\n"))
                self._news.notify_all()
        with self._news:
            self.said.append(None)
            self._news.notify_all()

    def wait_for(self, words, count=1):
        """Return the first, or a later, line on standard error with some words in it."""
        found = []

        def is_there():
            found[:] = [line for line in self.said if line and words in line]
            return len(found) >= count or None in self.said

        with self._news:
            self._news.wait_for(is_there, PATIENCE)
        if len(found) < count:
            self.kill()
            raise AssertionError(f"{words!r} was not said, but: {self.said}")
        return found[count - 1]

    def wait_until_listening(self, first="listening on "):
        """Wait for its first words, and take from them where it listens."""
        told = LISTENING.search(self.wait_for(first))
        self.port, self.path = (int(told[1]), told[2]) if told else (0, "")

    def is_running(self):
        """Return whether it has not ended."""
        return self._process.poll() is None

    def give(self, number):
        """Send it a signal."""
        self._process.send_signal(number)

    def end(self, number=signal.SIGTERM):
        """End it with a signal and return its exit code."""
        self.give(number)
        code = self._process.wait(PATIENCE)
        self._reader.join(PATIENCE)
        self._process.stderr.close()
        return code

    def kill(self):
        """End it at once, and close all connections to it."""
        for connection in self._connections:
            connection.stream.close()
        if self.is_running():
            self._process.kill()
            self._process.wait(PATIENCE)
        if not self._process.stderr.closed:
            self._reader.join(PATIENCE)
            self._process.stderr.close()

    def memory(self):
        """Return the bytes that it holds."""
        status = Path(f"/proc/{self.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+) kB", status)[1]) << 10

    def connect(self, tls=None, name="127.0.0.1"):
        """Return a new connection to it."""
        stream = socket.create_connection(("127.0.0.1", self.port), PATIENCE)
        stream.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        opened = Connection(tls.wrap_socket(stream, server_hostname=name) if tls else stream)
        self._connections.append(opened)
        return opened

    def post(self, body, *headers, path=None, tls=None, method="POST"):
        """Send one request on a connection of its own and return the answer."""
        with self.connect(tls) as connection:
            return connection.ask(body, *headers, path=path or self.path, method=method)

    def health(self):
        """Return the status and the word of its health."""
        status, _, body = self.post(b"", path="/healthz", method="GET")
        return status, json.loads(body)["status"]


class Receiving(Process):
    """`loyalty-tui receive` on a free port of this machine, started and listening."""

    def __init__(self, archive, home, *words, environment=None, before=(), is_awaited=True):
        self.archive = Path(archive)
        command = [
            *before, sys.executable, "-m", "loyalty_tui", "receive",
            "--archive", str(archive), "--port", "0", *words,
        ]  # fmt: skip
        super().__init__(
            command,
            {"LOYALTY_TUI_HOME": str(home), **(environment or {})},
            "listening on " if is_awaited else "",
        )


class Connection:
    """A connection on which one request follows the other."""

    def __init__(self, stream):
        self.stream = stream
        self._left = b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stream.close()

    def send(self, data):
        """Send some bytes."""
        self.stream.sendall(data)

    def ask(self, body, *headers, path="/push", method="POST"):
        """Send a request and return its answer: status, headers, body."""
        self.send(request(body, *headers, path=path, method=method))
        return self.answer(has_body=method != "HEAD")

    def answer(self, *, has_body=True):
        """Return the next answer; raises ConnectionError where the connection ends before it."""
        while b"\r\n\r\n" not in self._left:
            self._receive()
        head, _, self._left = self._left.partition(b"\r\n\r\n")
        status, *lines = head.decode("latin-1").split("\r\n")
        headers = dict(line.lower().split(": ", 1) for line in lines)
        length = int(headers.get("content-length", 0)) if has_body else 0
        while len(self._left) < length:
            self._receive()
        body, self._left = self._left[:length], self._left[length:]
        return int(status.split()[1]), headers, body

    def rest(self):
        """Return what comes until the other side closes."""
        try:
            while True:
                self._receive()
        except ConnectionError:
            return self._left

    def _receive(self):
        data = self.stream.recv(1 << 16)
        if not data:
            raise ConnectionError("it was closed")
        self._left += data


def request(body, *headers, path="/push", method="POST"):
    """Return the bytes of a request."""
    lines = [f"{method} {path} HTTP/1.1", "Host: localhost", "Content-Type: application/json",
             *headers]  # fmt: skip
    if not any(line.lower().startswith(("transfer-encoding", "content-length")) for line in lines):
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode() + body


def stored(archive):
    """Return the pushes of an archive's plain segments, each as the bytes that stand there."""
    found = []
    for path in sorted((Path(archive) / "pushes").iterdir()):
        data = path.read_bytes()
        if data and not data.endswith(b"\n"):
            raise AssertionError(f"{path.name} ends in a torn line: {data[-80:]!r}")
        for line in data.split(b"\n"):
            if line:
                json.loads(line)
                found.append(ENVELOPE.fullmatch(line)[1])
    return found


ENVELOPE = re.compile(
    rb'\{"received_at":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z","push":(\{.*\})\}'
)
