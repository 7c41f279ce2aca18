"""What reaches the terminal, byte by byte, when names from outside are hostile."""

import fcntl
import os
import pty
import re
import select
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
