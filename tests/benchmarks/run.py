"""Start-up time and memory of the desk beside a bare Textual app, in one run: `make bench`.

Time: from spawning the process to its first text on a real pseudo-terminal. Memory: the most the
process ever held resident, once with the archive read and every late import done, once with a
member looked up over HTTP and their pushes opened. Bare app and desk alternate, and medians are
compared.
"""

import fcntl
import os
import pty
import select
import statistics
import struct
import sys
import tempfile
import termios
import time
from pathlib import Path

from loyalty_tui.sandbox import crowdtwist
from loyalty_tui.sandbox.crowdmanager import CrowdManagerStandIn

ROUNDS = 15
SIZE = (40, 120)
PATIENCE = 30
SETTLING = 1.0
MOST_TIME = 1.25
MOST_MEMORY = 1.5
QUIT = b"\x11"


class Run:
    """One process on a pseudo-terminal of its own."""

    def __init__(self, command, environment):
        self.seen = b""
        self.started = time.perf_counter()
        self.pid, self.screen = pty.fork()
        if self.pid == 0:
            os.execve(command[0], command, environment)
        fcntl.ioctl(self.screen, termios.TIOCSWINSZ, struct.pack("HHHH", *SIZE, 0, 0))

    def wait_for(self, words):
        """Return the seconds from the start until the words were written."""
        deadline = time.perf_counter() + PATIENCE
        while words not in self.seen:
            if time.perf_counter() > deadline:
                raise SystemExit(f"{words!r} never came; the end of what did: {self.seen[-400:]!r}")
            if select.select([self.screen], [], [], 0.1)[0]:
                self.seen += os.read(self.screen, 1 << 16)
        return time.perf_counter() - self.started

    def type(self, keys):
        self.seen = b""
        os.write(self.screen, keys)

    def quit(self):
        """Leave the program and return the most memory it held, in MB."""
        os.write(self.screen, QUIT)
        while True:
            try:
                if not os.read(self.screen, 1 << 16):
                    break
            except OSError:
                break
        _, status, usage = os.wait4(self.pid, 0)
        os.close(self.screen)
        if os.waitstatus_to_exitcode(status):
            raise SystemExit(f"the program ended with {os.waitstatus_to_exitcode(status)}")
        return usage.ru_maxrss / 1024


def measure_bare(environment):
    run = Run([sys.executable, str(Path(__file__).with_name("bare_app.py"))], environment)
    first = run.wait_for(b"bare app")
    return first, run.quit()


def measure_desk(environment, *, looks_up=False):
    run = Run([str(Path(sys.executable).with_name("loyalty-tui"))], environment)
    first = run.wait_for(b"loyalty-tui")
    run.wait_for(b"44 pushes")  # the demo archive has been read
    time.sleep(SETTLING)  # the late imports run in a thread
    if looks_up:
        run.type(b"+4722345678\r")
        run.wait_for(b"this member")
        time.sleep(SETTLING)
    return first, run.quit()


def main():
    with tempfile.TemporaryDirectory() as folder, CrowdManagerStandIn() as server:
        home = Path(folder)
        crowdtwist.write_archive(home / "archive")
        (home / "settings.toml").write_text(
            f'[profiles.main]\norganization = 1201\nbase_url = "{server.base_url}"\n'
            'region = "NO"\narchive = "archive"\n'
        )
        environment = {
            **os.environ,
            "LOYALTY_TUI_HOME": folder,
            "LOYALTY_TUI_API_KEY": server.api_key,
            "TERM": "xterm-256color",
            "LANG": "C.UTF-8",
        }
        results = {"bare": [], "desk": [], "in use": []}
        measure_bare(environment), measure_desk(environment)  # warm the disk's cache
        for _ in range(ROUNDS):
            results["bare"].append(measure_bare(environment))
            results["desk"].append(measure_desk(environment))
            results["in use"].append(measure_desk(environment, looks_up=True))
    median = {
        name: [statistics.median(column) for column in zip(*runs, strict=True)]
        for name, runs in results.items()
    }
    print(f"start-up, median of {ROUNDS} alternating runs   bare Textual   loyalty-tui   ratio")
    rows = [
        ("spawn to first text, ms", "desk", 0, 1000, MOST_TIME),
        ("peak memory, started, MB", "desk", 1, 1, MOST_MEMORY),
        ("peak memory, member looked up, MB", "in use", 1, 1, None),
    ]
    for label, column, figure, scale, most in rows:
        bare, desk = median["bare"][figure] * scale, median[column][figure] * scale
        verdict = ""
        if most:
            verdict = f"  (at most {most}: {'ok' if desk / bare <= most else 'TOO MUCH'})"
        print(f"{label:<43} {bare:12.1f} {desk:13.1f} {desk / bare:7.2f}{verdict}")


if __name__ == "__main__":
    main()
