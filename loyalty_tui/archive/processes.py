"""How a module of ours is started as a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys

from loyalty_tui.errors import ArchiveError


def start(module: str, *words: str) -> subprocess.Popen[bytes]:
    """Start a module as a process that is spoken with through pipes.

    Raises:
        ArchiveError: The system cannot start it now.
    """
    try:
        return subprocess.Popen(  # noqa: S603 - our own module
            command(module, *words),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment(),
        )
    except OSError as error:  # too many processes or open files, or Python was replaced meanwhile
        raise ArchiveError(
            f"A process that reads the archive cannot be started: {error.strerror}.",
            "Close other programs; if this one was updated meanwhile, start it again.",
        ) from None


def command(module: str, *words: str) -> list[str]:
    """Return the command that runs a module; the working folder's modules stay out of its way."""
    return [sys.executable, "-P", "-m", module, *words]


def environment() -> dict[str, str]:
    """Return an environment in which a child finds the modules that this process finds."""
    return {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
