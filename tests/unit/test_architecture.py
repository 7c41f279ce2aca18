"""What the rooms may load, tried in a fresh interpreter against the installed package."""

import os
import subprocess
import sys
from importlib.metadata import files
from pathlib import Path

import pytest

import loyalty_tui

HEAVY = {"httpx", "keyring", "phonenumbers", "email_validator", "PIL", "starlette", "uvicorn",
         "sqlite3", "msgspec", "tomlkit"}  # fmt: skip


OPEN_DESK = """
import asyncio, sys
from loyalty_tui.cli.desk import DeskProgram
from loyalty_tui.cli.main import _parser
from loyalty_tui.tui.app import LoyaltyApp
from loyalty_tui.tui.screens import desk

desk._AHEAD = 600

async def main():
    async with LoyaltyApp(DeskProgram(_parser([]).parse_args([]))).run_test() as pilot:
        await pilot.pause()
        assert pilot.app.screen.query("IdentifierBox")
        print(*sys.modules)

asyncio.run(main())
"""


def loaded_by(*modules):
    """Return the names of all modules that importing some loads."""
    return said_by(f"import sys, {', '.join(modules)}; print(*sys.modules)")


def said_by(script, **environment):
    done = subprocess.run(  # noqa: S603 - our own interpreter and words
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, **environment},
    )
    return set(done.stdout.split())


def modules_of(room):
    folder = Path(loyalty_tui.__file__).parent / room
    names = (".".join(p.relative_to(folder.parent).with_suffix("").parts)
             for p in folder.rglob("*.py"))  # fmt: skip
    return [f"loyalty_tui.{name.removesuffix('.__init__')}" for name in sorted(names)]


def test_the_tests_run_against_the_installed_package():
    checkout = Path(__file__).parents[2] / "loyalty_tui"
    assert Path(loyalty_tui.__file__).parent != checkout


def test_the_wheel_holds_style_sheet_and_sample_data():
    names = {str(file) for file in files("loyalty-tui") or []}
    assert {f"loyalty_tui/tui/styles/{name}.tcss" for name in ("first", "desk")} <= set(names)
    assert "loyalty_tui/sandbox/data/loyalty-summary.json" in names
    assert "loyalty_tui/py.typed" in names


def test_the_screens_first_paint_loads_nothing_heavy():
    loaded = loaded_by("loyalty_tui.tui.app", "loyalty_tui.cli.desk")
    assert not HEAVY & loaded


def test_the_desks_first_paint_needs_nothing_of_what_comes_after_it(tmp_path):
    (tmp_path / "settings.toml").write_text("[profiles.main]\norganization = 1201\n")
    loaded = said_by(OPEN_DESK, LOYALTY_TUI_HOME=str(tmp_path))
    assert "loyalty_tui.tui.widgets.identifier_box" in loaded
    assert not HEAVY & loaded
    later = ("archive.", "crowdmanager.", "crowdtwist.", "tui.widgets.push", "tui.widgets.counter")
    assert not {
        name for name in loaded if name.startswith(tuple(f"loyalty_tui.{room}" for room in later))
    }


def test_asking_an_archive_loads_neither_a_screen_nor_an_event_loop(tmp_path):
    (tmp_path / "a").mkdir()
    words = ["archive", "stats", "--archive", str(tmp_path / "a")]
    script = f"import sys; from loyalty_tui.cli.main import run; run({words}); print(*sys.modules)"
    loaded = said_by(script, LOYALTY_TUI_HOME=str(tmp_path))
    assert "loyalty_tui.archive.indexing" in loaded
    assert not {"asyncio", "textual", "httpx", "keyring"} & loaded


def test_no_module_of_the_screen_knows_network_keyring_command_line_or_sandbox():
    loaded = loaded_by(*modules_of("tui"))
    assert not (HEAVY - {"msgspec"}) & loaded  # the archive's values are its structs
    assert not {
        name for name in loaded if name.startswith(("loyalty_tui.cli", "loyalty_tui.sandbox"))
    }


@pytest.mark.parametrize(
    ("room", "forbidden"),
    [
        ("crowdmanager", ("crowdtwist", "archive", "tui", "cli", "sandbox", "settings")),
        ("crowdtwist", ("crowdmanager", "archive", "tui", "cli", "sandbox", "settings")),
        ("archive", ("crowdmanager", "tui", "cli", "sandbox", "settings")),
        ("sandbox", ("crowdmanager", "crowdtwist", "archive", "identifiers", "privacy", "tui",
                     "cli", "settings")),
    ],
)  # fmt: skip
def test_rooms_load_only_what_they_stand_on(room, forbidden):
    loaded = loaded_by(*modules_of(room))
    names = tuple(f"loyalty_tui.{name}" for name in forbidden if name != room)
    assert not {
        name for name in loaded if name in names or name.startswith(tuple(f"{n}." for n in names))
    }


def test_modules_fit_in_the_head():
    too_long = {
        module: lines
        for module in Path(loyalty_tui.__file__).parent.rglob("*.py")
        if (lines := len(module.read_text(encoding="utf-8").splitlines())) > 400
    }
    assert not too_long
