"""The README's pictures, made from the demo with a fixed clock; stale ones fail."""

import argparse
import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest

from loyalty_tui.cli.desk import DeskProgram
from loyalty_tui.tui.app import LoyaltyApp

PICTURES = Path(__file__).parents[2] / "screenshots"
INDEXED = "44 pushes · last 20 Nov 2026"
PATIENCE = 30
NOW = datetime(2026, 11, 21, 14, 3, 22, tzinfo=UTC)

SHOTS = {
    "desk-dark": ((120, 36), "dark", "george15@crowdtwist.com", ()),
    "desk-light": ((120, 36), "light", "lindqvist.family@example.org", ("ctrl+o",)),
    "desk-narrow": ((80, 24), "dark", "+47 22 34 56 78", ()),
    "desk-first-look": ((120, 24), "dark", "", ()),
    "archive-dark": ((120, 36), "dark", "", ("f6",)),
}


class DemoProgram(DeskProgram):
    """The demo at one moment in time."""

    def now(self):
        return NOW


@pytest.fixture
def demo():
    arguments = argparse.Namespace(debug=False)
    program = DemoProgram(arguments, starts_in_demo=True)
    yield program
    program.close()


@pytest.mark.parametrize("name", SHOTS)
async def test_screenshot_shows_what_the_demo_shows(demo, ask, settled, matches, text_of, name):
    size, demo.theme, identifier, keys = SHOTS[name]
    app = LoyaltyApp(demo)
    async with app.run_test(size=size) as pilot:
        async with asyncio.timeout(PATIENCE):
            while INDEXED not in text_of(app):
                await pilot.pause()
        await settled(pilot)
        if identifier:
            await ask(pilot, identifier)
        for key in keys:
            await pilot.press(key)
        await settled(pilot)
        matches(app, PICTURES / f"{name}.svg")


def test_every_screenshot_is_in_the_readme():
    readme = (PICTURES.parent / "README.md").read_text(encoding="utf-8")
    for name in SHOTS:
        assert f"screenshots/{name}.svg" in readme
    assert {path.stem for path in PICTURES.iterdir()} == set(SHOTS)
