"""How a module of ours is started as a process of its own."""

from __future__ import annotations

import os
import sys


def command(module: str, *words: str) -> list[str]:
    """Return the command that runs a module; the working folder's modules stay out of its way."""
    return [sys.executable, "-P", "-m", module, *words]


def environment() -> dict[str, str]:
    """Return an environment in which a child finds the modules that this process finds."""
    return {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
