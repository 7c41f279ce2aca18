"""The command line against a real stand-in service on loopback."""

import importlib
import io
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from loyalty_tui.cli.main import run
from loyalty_tui.sandbox.crowdmanager import CrowdManagerStandIn


@dataclass(frozen=True)
class Outcome:
    code: int
    out: str
    err: str


@pytest.fixture
def typed(capsys, monkeypatch):
    """Run one command line in this process, with some standard input."""

    def running(*words, stdin=""):
        monkeypatch.setattr(sys, "stdin", io.StringIO(stdin))
        code = run(words)
        captured = capsys.readouterr()
        return Outcome(code, captured.out, captured.err)

    return running


@pytest.fixture
def stand_in():
    with CrowdManagerStandIn() as server:
        yield server


@pytest.fixture
def set_up(home, stand_in, kept_keys):
    """A settings file and a stored key for the stand-in service."""
    home.mkdir(exist_ok=True)
    (home / "settings.toml").write_text(
        f'[profiles.main]\norganization = 1201\nbase_url = "{stand_in.base_url}"\nregion = "NO"\n'
    )
    kept_keys["loyalty-tui", "main"] = stand_in.api_key
    return home / "settings.toml"


@pytest.fixture(scope="session")
def receiving():
    """The module that starts receivers; the benchmarks have it, and find each other there."""
    folder = str(Path(__file__).parents[1] / "benchmarks")
    sys.path.insert(0, folder)
    yield importlib.import_module("receiving")
    sys.path.remove(folder)


@pytest.fixture
def receive(receiving, home, tmp_path):
    """Start receivers of one archive; end those that have not been."""
    started = []

    def starting(*words, **options):
        words = words if {"--auth", "--no-auth"} & {*words} else ("--no-auth", *words)
        words = [word for word in words if word != "--auth"]
        receiver = receiving.Receiving(tmp_path / "archive", home, *words, **options)
        started.append(receiver)
        return receiver

    yield starting
    for receiver in started:
        receiver.kill()
