"""The demo in a real terminal: tmux types, and reads the screen."""

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from loyalty_tui.sandbox import crowdtwist

pytestmark = pytest.mark.skipif(
    shutil.which("tmux") is None and "CI" not in os.environ,
    reason="tmux is not installed; with it, the demo is driven in a real terminal",
)
PATIENCE = 30
"""Seconds until something has to be on the screen."""


class Terminal:
    """A tmux server of its own with one window."""

    def __init__(self, socket, environment):
        self.socket = socket
        self.environment = environment

    def tmux(self, *words):
        return subprocess.run(  # noqa: S603 - words of this test
            ["tmux", "-S", str(self.socket), "-f", os.devnull, *words],  # noqa: S607 - found on PATH
            env=self.environment, capture_output=True, text=True, check=True,
        ).stdout  # fmt: skip

    def start(self, command, width=120, height=40):
        # What is left on the screen is still to be read when the command has ended.
        self.tmux("new-session", "-d", "-x", str(width), "-y", str(height), f"{command}; cat")

    def type(self, *keys):
        self.tmux("send-keys", *keys)

    def screen(self):
        return self.tmux("capture-pane", "-p")

    def sees(self, words):
        """Wait until the words are on the screen; fail with the screen when they never are."""
        deadline = time.monotonic() + PATIENCE
        while words not in (shown := self.screen()):
            assert time.monotonic() < deadline, f"{words!r} never came:\n{shown}"
        return shown


@pytest.fixture
def terminal(tmp_path, home):
    # Textual believes these two more than the terminal.
    inherited = {k: v for k, v in os.environ.items() if k not in {"COLUMNS", "LINES"}}
    environment = {
        **inherited,
        "LOYALTY_TUI_HOME": str(home),
        "LANG": "C.UTF-8",
        "TERM": "xterm-256color",
    }
    terminal = Terminal(tmp_path / "tmux", environment)
    yield terminal
    subprocess.run(  # noqa: S603 - words of this test
        ["tmux", "-S", str(terminal.socket), "kill-server"],  # noqa: S607 - found on PATH
        capture_output=True, check=False,
    )  # fmt: skip


@pytest.fixture
def command():
    return str(Path(sys.executable).parent / "loyalty-tui")


def test_the_demo_desk_looks_members_up(terminal, command):
    terminal.start(f"{command} demo; echo code $?")
    terminal.sees("Some to try")
    terminal.sees("+47 22 34 56 78")
    terminal.type("22 34 56 78")
    terminal.sees("phone · Norway · +47 22 34 56 78")
    terminal.type("Enter")
    for words in ("this member", "Gold Supporter", "0 of 4 earned"):  # they come frame by frame
        terminal.sees(words)
    terminal.type("Escape")
    terminal.sees("Whom are you looking for?")
    terminal.type("george15@crowdtwist.com", "Enter")
    terminal.sees("George Lim (6566)")
    terminal.sees("Balance · george15@crowdtwist.com")
    terminal.type("C-q")
    terminal.sees("code 0")


@pytest.mark.parametrize("patience", ["", "sleep 0.2; ", "sleep 0.5; "])
def test_what_is_typed_while_the_desk_starts_is_not_lost(terminal, command, patience):
    # The typist is a process of its own, so that it can be faster than the desk.
    terminal.start(f"{command} demo")
    typist = f"{patience}tmux -S {terminal.socket} send-keys 22345678 Enter"
    subprocess.run(["sh", "-c", typist], env=terminal.environment, check=True)  # noqa: S603, S607 - words of this test
    terminal.sees("this member")
    terminal.sees("Balance · +47 22 34 56 78")


def test_the_first_start_opens_set_up(terminal, command, home):
    terminal.start(f"{command}; echo code $?", 80, 24)
    terminal.sees("Welcome to loyalty-tui")
    terminal.type("C-g")
    terminal.sees("Whom are you looking for?")
    terminal.type("C-q")
    terminal.sees("code 0")
    assert not (home / "settings.toml").exists()


def test_the_screen_is_given_back_on_leaving(terminal, command):
    terminal.start(f"echo before; {command} demo; echo after")
    terminal.sees("Some to try")
    terminal.type("C-q")
    shown = terminal.sees("after")
    assert "before" in shown
    assert "Some to try" not in shown


def test_a_push_that_somebody_appends_arrives_in_the_open_archive(
    terminal, command, tmp_path, home
):
    folder = tmp_path / "pushes"
    crowdtwist.write_archive(folder)
    home.mkdir(exist_ok=True)
    (home / "settings.toml").write_text(
        f"[profiles.main]\norganization = 1201\narchive = {json.dumps(str(folder))}\n"
    )
    terminal.start(command, 120, 36)
    terminal.sees("44 pushes · last")
    terminal.type("F6")
    terminal.sees("newest first")
    push = json.loads(
        max((folder / "pushes").iterdir()).read_bytes().splitlines()[-1]
    )["push"]  # fmt: skip
    push |= {"id": 99, "firstName": "Newly", "lastName": "Arrived", "dateLastUpdated": "1796000000"}
    with (folder / "anywhere.jsonl").open("a") as file:
        file.write(json.dumps(push) + "\n")
    terminal.sees("45 pushes")
    shown = terminal.sees("Push · Newly Arrived")  # it is first, so it is opened as well
    assert shown.index("Newly") < shown.index("Nils")
    terminal.type("/", "newly event:update", "Enter")
    terminal.sees("1 of 45")
