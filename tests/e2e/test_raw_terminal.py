"""What reaches the terminal, byte by byte, when names from outside are hostile."""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import sys
import termios
import time
from pathlib import Path

import pytest

from loyalty_tui.sandbox.members import MEMBERS

PATIENCE = 30
HOSTILE = next(member for member in MEMBERS if b"\\u001b" in (member.answer or b""))
OF_TEXTUAL = re.compile(
    rb"\x1b\[[0-9:;<=>?]*[ -/]*[@-~]"  # control sequences: colours, cursor, modes, questions
    rb"|\x1bP\+q[0-9A-Fa-f;]*\x1b\\"  # asking what the terminal can do
    rb"|\x1b_G[^\x1b]*\x1b\\"  # asking for pictures
    rb"|\x1b\]22;[a-z-]*\x07"  # the pointer's shape
    rb"|\x1b[78=>]"
)


@pytest.mark.parametrize("size", [(24, 80), (40, 120)])
def test_no_control_from_outside_reaches_the_terminal(home, size):
    command = str(Path(sys.executable).parent / "loyalty-tui")
    inherited = {k: v for k, v in os.environ.items() if k not in {"COLUMNS", "LINES"}}
    environment = {
        **inherited,
        "LOYALTY_TUI_HOME": str(home),
        "TERM": "xterm-256color",
        "LANG": "C.UTF-8",
    }
    pid, screen = pty.fork()
    if pid == 0:
        os.execve(command, [command, "demo"], environment)  # noqa: S606 - our own program
    fcntl.ioctl(screen, termios.TIOCSWINSZ, struct.pack("HHHH", *size, 0, 0))
    seen = bytearray()

    def read_until(words):
        deadline = time.monotonic() + PATIENCE
        while words not in seen:
            assert time.monotonic() < deadline, f"{words!r} never came: {bytes(seen[-300:])!r}"
            if select.select([screen], [], [], 0.1)[0]:
                seen.extend(os.read(screen, 1 << 16))

    read_until(b"Some to try")
    os.write(screen, HOSTILE.phone.encode() + b"\r")
    read_until(b"this member")
    os.write(screen, b"\x14\x0f")  # to the pushes, and reveal them
    read_until(b"Fields")
    os.write(screen, b"\x11")
    while True:
        try:
            chunk = os.read(screen, 1 << 16)
        except OSError:
            break
        if not chunk:
            break
        seen.extend(chunk)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
    os.close(screen)

    text = OF_TEXTUAL.sub(b"", bytes(seen)).decode()
    assert "[bold red]" in text
    assert not re.search("[\x00-\x07\x0b-\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", text)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere only the signal tells")
def test_the_desk_ends_with_its_terminal_though_nobody_passes_the_signal_on(home, tmp_path):
    """As make does, which is the one that is told, and waits for what it started."""
    temporary, ended = tmp_path / "temporary", tmp_path / "ended"
    temporary.mkdir()
    waiting = """
import signal, subprocess, sys
signal.signal(signal.SIGHUP, lambda *_: None)
code = subprocess.run(sys.argv[2:]).returncode
with open(sys.argv[1], "w") as ended:
    ended.write(str(code))
"""
    command = [
        sys.executable, "-c", waiting, str(ended),
        str(Path(sys.executable).parent / "loyalty-tui"), "demo",
    ]  # fmt: skip
    environment = {
        **os.environ,
        "LOYALTY_TUI_HOME": str(home),
        "TMPDIR": str(temporary),
        "TERM": "xterm-256color",
        "LANG": "C.UTF-8",
    }
    pid, screen = pty.fork()
    if pid == 0:
        os.execve(command[0], command, environment)  # noqa: S606 - our own program
    fcntl.ioctl(screen, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    seen, deadline = b"", time.monotonic() + PATIENCE
    while b"Some to try" not in seen:
        assert time.monotonic() < deadline
        if select.select([screen], [], [], 0.1)[0]:
            seen += os.read(screen, 1 << 16)
    os.close(screen)
    os.waitpid(pid, 0)
    assert ended.read_text() == str(128 + signal.SIGHUP)
    assert list(temporary.iterdir()) == []
