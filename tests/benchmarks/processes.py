"""Programs started and timed, on a pseudo-terminal or without one."""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import termios
import time
from pathlib import Path
from threading import Event, Thread

SIZE = (40, 120)
PATIENCE = 60
QUIT = b"\x11"
LOOKS_EVERY = 0.05
"""Seconds between two looks at how much memory processes hold."""


class Run:
    """One process on a pseudo-terminal of its own."""

    def __init__(self, command, environment, size=SIZE):
        self.seen = b""
        self.started = time.perf_counter()
        self.pid, self.screen = pty.fork()
        if self.pid == 0:
            try:
                os.execve(command[0], command, environment)
            finally:  # only when that fails
                os._exit(127)
        fcntl.ioctl(self.screen, termios.TIOCSWINSZ, struct.pack("HHHH", *size, 0, 0))

    def wait_for(self, *words):
        """Return the seconds from the start, or the last keys, until all words were written.

        Words are bytes, or patterns of bytes.
        """
        deadline = time.perf_counter() + PATIENCE
        patterns = [re.escape(word) if isinstance(word, bytes) else word for word in words]
        while not all(re.search(pattern, self.seen) for pattern in patterns):
            if time.perf_counter() > deadline:
                self.kill()
                raise SystemExit(f"{words!r} never came; the end of what did: {self.seen[-400:]!r}")
            if select.select([self.screen], [], [], 0.1)[0]:
                self.seen += self._read()
        return time.perf_counter() - self.started

    def rest(self, seconds):
        """Read on for so long."""
        end = time.perf_counter() + seconds
        while (left := end - time.perf_counter()) > 0:
            if select.select([self.screen], [], [], left)[0]:
                self.seen += self._read()

    def _read(self):
        try:
            return os.read(self.screen, 1 << 16)
        except OSError:  # what Linux says of a terminal that nobody writes to any more
            raise SystemExit(
                f"the program ended early; its last words: {self.seen[-400:]!r}"
            ) from None

    def forget(self):
        """Forget what was written, and start the clock."""
        self.seen = b""
        self.started = time.perf_counter()

    def type(self, keys):
        self.forget()
        os.write(self.screen, keys)

    def kill(self):
        """End the program at once."""
        os.kill(self.pid, signal.SIGKILL)
        os.wait4(self.pid, 0)
        os.close(self.screen)

    def quit(self):
        """Leave the program and return the most memory it held, in MB."""
        held = self._peak()
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
        return held or usage.ru_maxrss / 1024

    def _peak(self):
        """Return the most memory the program held, in MB; 0 where the system does not tell.

        The usage of a child counts what its parent held when it was made.
        """
        status = Path(f"/proc/{self.pid}/status")
        if not status.exists():
            return 0
        return int(re.search(r"VmHWM:\s+(\d+) kB", status.read_text())[1]) / 1024


def timed(command, environment):
    """Run a command to its end and return (seconds, what it wrote)."""
    started = time.perf_counter()
    done = subprocess.run(  # noqa: S603 - the benchmarks' own words
        command, env=environment, stdout=subprocess.PIPE, check=True
    )
    return time.perf_counter() - started, done.stdout


def peak_memory(command, environment):
    """Run a command to its end and return the most memory it and its children held, in MB.

    Memory that several of them share counts once. None where the system does not tell (not Linux).
    """
    if not Path("/proc/self/smaps_rollup").exists():
        return None
    most = 0
    ended = Event()

    def watch(root):
        nonlocal most
        while not ended.wait(LOOKS_EVERY):
            most = max(most, sum(_proportional(pid) for pid in _family(root)))

    with subprocess.Popen(  # noqa: S603 - the benchmarks' own words
        command, env=environment, stdout=subprocess.DEVNULL
    ) as process:
        watcher = Thread(target=watch, args=(process.pid,))
        watcher.start()
        code = process.wait()
        ended.set()
        watcher.join()
    if code:
        raise SystemExit(f"{command[0]} ended with {code}")
    return most / 1024


def _family(root):
    """Return the ids of a process and all that it started."""
    children = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(stat.read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
        children.setdefault(parent, []).append(int(stat.parent.name))
    family = [root]
    for pid in family:
        family += children.get(pid, [])
    return family


def _proportional(pid):
    """Return a process's share of memory in kB; 0 when it has ended."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)
