"""A desk without network, keyring or settings file, and pictures of it to compare."""

import asyncio
import html
import re
import time
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from textual.events import Key

from loyalty_tui.crowdmanager import models
from loyalty_tui.settings import Profile
from loyalty_tui.tui.app import LoyaltyApp
from loyalty_tui.tui.program import Connection

from .archive import MemoryArchive

HERE = Path(__file__).parent
FIXTURES = HERE.parent / "fixtures"
NOW = datetime(2026, 11, 21, 14, 3, 22, tzinfo=UTC)
SUMMARY = models.decode((FIXTURES / "crowdmanager-loyalty-summary-sample.json").read_bytes())


@dataclass
class Service:
    """Answers look-ups as a test says: with a summary, an error, or when it is let go."""

    answers: dict = field(default_factory=dict)
    attempts: list = field(default_factory=list)
    held: dict = field(default_factory=dict)
    asked: list = field(default_factory=list)
    cancelled: list = field(default_factory=list)

    def hold(self, value):
        """Keep the answer for an identifier back until the returned event is set."""
        self.held[value] = asyncio.Event()
        return self.held[value]

    async def look_up(self, identifier, on_try):
        self.asked.append(identifier.value)
        for attempt in self.attempts:
            on_try(attempt)
        if identifier.value in self.held:
            try:
                await self.held[identifier.value].wait()
            except asyncio.CancelledError:
                self.cancelled.append(identifier.value)
                raise
        answer = self.answers.get(identifier.value, SUMMARY)
        if isinstance(answer, Exception):
            raise answer
        return answer


class FakeProgram:
    """A loyalty_tui.tui.program.Program for one test."""

    def __init__(self, service, archive=None, region="NO"):
        self.service = service
        self.problems = ()
        self.theme = "dark"
        self.profile_names = ("main", "second")
        self.is_set_up = True
        self.saved_themes = []
        self.saved_drafts = []
        self.closed = 0
        self.trying_out = "It works."
        self.connection = Connection(
            profile=Profile("main", organization="1201", region=region),
            look_up=lambda identifier, on_try: service.look_up(identifier, on_try),  # noqa: PLW0108 - a test may replace it later
            archive=archive,
            prepare=lambda: None,
            close=self.close,
        )

    async def close(self):
        self.closed += 1

    def now(self):
        return NOW

    def connect(self):
        return self.connection if self.is_set_up else None

    def change_to(self, profile_name):
        return replace(self.connection, profile=replace(self.connection.profile, name=profile_name))

    def demo(self):
        return replace(self.connection, is_demo=True)

    async def try_out(self, draft, on_try):
        on_try(models.Try(1, 4))
        self.saved_drafts.append(draft)
        if isinstance(self.trying_out, Exception):
            raise self.trying_out
        return self.trying_out

    def save(self, draft):
        self.saved_drafts.append(draft)
        return self.connection

    def save_theme(self, theme):
        self.saved_themes.append(theme)


@pytest.fixture(autouse=True)
def still_terminal(monkeypatch):
    """No animation, no blinking, the glyphs of a UTF-8 terminal."""
    monkeypatch.setattr("textual.constants.TEXTUAL_ANIMATIONS", "none")
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setattr("locale.getpreferredencoding", lambda *_, **__: "UTF-8")


@pytest.fixture
def service():
    return Service()


@pytest.fixture
def archive():
    """An archive that holds the CrowdTwist document's own push."""
    return MemoryArchive((FIXTURES / "crowdtwist-live-push-sample.json").read_text("utf-8"))


@pytest.fixture
def program(service, archive):
    return FakeProgram(service, archive)


@pytest.fixture
def desk(program):
    """The app, not yet running: `async with desk.run_test(size=…) as pilot`."""
    return LoyaltyApp(program)


async def settle(pilot, *, answered=True):
    """Wait until no worker runs, except one whose answer is held back, and the screen is drawn."""
    deadline = time.monotonic() + 20
    while True:
        await pilot.pause()
        held = {"follow"} if answered else {"follow", "look-up"}
        busy = [w for w in pilot.app.workers if w.group not in held and not w.is_finished]
        if not busy:
            break
        assert time.monotonic() < deadline, f"still busy: {busy}"
    for widget in pilot.app.screen.query("Input, TextArea"):
        widget.cursor_blink = False
    await pilot.pause()
    await pilot.pause()  # a layout that the first one saw may ask for another drawing


@pytest.fixture
def ask():
    """Type an identifier and press Enter; wait for the answer unless it is held back."""

    async def typing(pilot, text, *, answered=True):
        pilot.app.screen.query_one("IdentifierBox").fill(text)
        await pilot.press("enter")
        await settle(pilot, answered=answered)

    return typing


@pytest.fixture
def settled():
    return settle


async def wait_until(pilot, condition):
    """Wait until something has come true, with workers that may still run."""
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline, "it never came true"
        await pilot.pause()


@pytest.fixture
def until():
    return wait_until


@pytest.fixture
def type_in():
    """Put text into the box with the focus key by key, as a terminal sends it."""

    async def typing(pilot, text):
        for character in text:
            pilot.app.screen.focused.post_message(Key(character, character))
            await pilot.pause()
        await settle(pilot)

    return typing


def screen_text(app):
    """Return what the screen says, a line a row."""
    return "\n".join(words(app.export_screenshot()))


@pytest.fixture
def text_of():
    return screen_text


@pytest.fixture
def matches(request):
    """Compare the screen with a stored picture; write it with --write-pictures."""

    def compare(app, path):
        picture = without_fonts(app.export_screenshot(title="loyalty-tui"))
        if request.config.getoption("--write-pictures"):
            path.parent.mkdir(exist_ok=True)
            path.write_text(picture, encoding="utf-8")
            return
        assert path.exists(), f"{path.name} is missing; write it with --write-pictures"
        stored = path.read_text(encoding="utf-8")
        assert words(picture) == words(stored), f"{path.name}: the text differs"
        assert picture == stored, f"{path.name}: colours or styles differ"

    return compare


def without_fonts(picture):
    """Take out the fonts the picture would fetch from a server, and what names it differently."""
    picture = re.sub(r"@font-face \{.*?\}", "", picture, flags=re.DOTALL)
    picture = picture.replace("Fira Code", "Fira Code, DejaVu Sans Mono, monospace")
    picture = picture.replace("<text ", '<text xml:space="preserve" ')
    return re.sub(r"terminal-\d+", "terminal", picture)


def words(picture):
    """Return the words of a picture, line by line, for a difference one can read."""
    lines = {}
    for y, text in re.findall(r'y="([\d.]+)"[^>]*>([^<]*)</text>', picture):
        lines.setdefault(float(y), []).append(html.unescape(text).replace("\xa0", " "))
    return ["".join(lines[y]) for y in sorted(lines)]
