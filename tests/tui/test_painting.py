"""What is painted in pieces is what painting everything gives; bars are drawn as Textual draws."""

import random
import re
from contextlib import asynccontextmanager

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.style import Style
from textual._compositor import ChopsUpdate, Compositor, LayoutUpdate
from textual.color import Color
from textual.scrollbar import ScrollBarRender

from loyalty_tui.tui import scrolling
from loyalty_tui.tui.app import LoyaltyApp
from loyalty_tui.tui.compositor import SparingCompositor
from loyalty_tui.tui.widgets.frame import Frame
from loyalty_tui.tui.widgets.overview_view import OverviewView
from loyalty_tui.tui.widgets.push_list import PushList

from .archive import MemoryArchive
from .conftest import FakeProgram

SIZE = (140, 40)
WORDS = ("name00", "12", "tier:", "points:>500", "nobody")


def push(number):
    return {
        "id": 6_000 + number,
        "firstName": f"Name{number:04}",
        "emailAddress": f"m{number}@example.org",
        "totalPoints": number * 7 % 1000,
        "dateLastUpdated": 1_500_000_000 + number * 60,
        "tierInfo": {"assignedByEvent": "update"},
    }


class Terminal:
    """The cells of a screen, as the updates it is sent leave them: text, colours and bold."""

    def __init__(self):
        self.lines = {}

    def take(self, update):
        if isinstance(update, ChopsUpdate):
            for y, left, right in update.spans:
                for end, (x, strip) in zip(
                    update.chop_ends[y], update.chops[y].items(), strict=True
                ):
                    if strip is not None and x < right and end > left:
                        self.put(x, y, strip.crop(0, min(end, right) - x))
        elif update is not None:
            for y, strips in enumerate(update.strips):
                x = 0
                for strip in strips:
                    self.put(x, y, strip)
                    x += strip.cell_length

    def put(self, x, y, strip):
        for text, style, _ in strip:
            for character in text:
                if wide := cell_len(character):
                    self.lines.setdefault(y, {})[x] = (character, look(style))
                    x += wide


def look(style):
    style = style or Style()
    return style.color, style.bgcolor, style.bold, style.reverse


@pytest.fixture
def terminal(monkeypatch):
    shown = Terminal()
    monkeypatch.setattr(LoyaltyApp, "_display", lambda _, __, update: shown.take(update))
    return shown


def painted_whole(app):
    """What Textual itself makes of the screen."""
    whole, compositor = Terminal(), app.screen._compositor  # noqa: SLF001 - it is what is tested
    chops = Compositor._render_chops(compositor, app.screen.region, lambda _: True)  # noqa: SLF001
    whole.take(LayoutUpdate([chop.values() for chop in chops], app.screen.region))
    return whole.lines


@pytest.mark.parametrize("seed", range(2))
async def test_a_screen_painted_in_pieces_is_the_screen_painted_whole(
    service, settled, terminal, seed
):
    chance = random.Random(seed)  # noqa: S311 - it hides nothing
    keys = (
        "down", "up", "pagedown", "end", "home", "f8", "f9", "f3", "slash", "escape", "tab",
        "backspace", "f6", "f11", "f2", "ctrl+l",
    )  # fmt: skip
    archive = MemoryArchive(*(push(number) for number in range(300)))
    app = LoyaltyApp(FakeProgram(service, archive))
    async with app.run_test(size=SIZE) as pilot:
        await settled(pilot)
        await pilot.press("f6")
        for _ in range(20):
            some = [*chance.choice(WORDS)] if chance.random() < 0.3 else [chance.choice(keys)]
            await pilot.press(*(":" if key == ":" else key for key in some))
            if chance.random() < 0.2:
                archive.add(push(chance.randrange(1_000)))
                archive.say()
            await settled(pilot)
            assert terminal.lines == painted_whole(app), some


@pytest.fixture
def drawn(monkeypatch):
    """What has been drawn since it was cleared: of each class, how many lines."""
    lines = {}
    for kind in (PushList, OverviewView, Frame):
        original = kind.render_lines

        def count(widget, crop, kind=kind, original=original):
            lines[kind] = lines.get(kind, 0) + crop.height
            return original(widget, crop)

        monkeypatch.setattr(kind, "render_lines", count)
    return lines


async def test_a_key_in_the_list_draws_two_of_its_lines(service, settled, drawn):
    archive = MemoryArchive(*(push(number) for number in range(300)))
    app = LoyaltyApp(FakeProgram(service, archive))
    async with app.run_test(size=SIZE) as pilot:
        await settled(pilot)
        await pilot.press("f6")
        await settled(pilot)
        drawn.clear()
        await pilot.press("down")
        await settled(pilot)
        assert drawn[PushList] == 2
        assert drawn[OverviewView] == app.screen.query_one(OverviewView).size.height


async def test_what_is_read_ahead_is_not_drawn(service, settled, drawn):
    archive = MemoryArchive(*(push(number) for number in range(300)))
    app = LoyaltyApp(FakeProgram(service, archive))
    async with app.run_test(size=SIZE) as pilot:
        await settled(pilot)
        await pilot.press("f6", "slash")
        await settled(pilot)
        drawn.clear()
        app.screen.query_one("FilterBox").fill("points:>500")
        await settled(pilot)
        pushes = app.screen.query_one(PushList)
        assert pushes.rows_in_memory > pushes.size.height
        assert 0 < drawn[PushList] <= pushes.size.height


@pytest.fixture
def read_ahead(service, settled, until):
    """The archive view of a new archive, once the push after the first has been read, too."""

    @asynccontextmanager
    async def opening():
        archive = MemoryArchive(*(push(number) for number in range(30)))
        pushes = sorted(archive.entries, key=lambda entry: -entry.member_id)
        async with LoyaltyApp(FakeProgram(service, archive)).run_test(size=SIZE) as pilot:
            await settled(pilot)
            await pilot.press("f6")
            await until(pilot, lambda: pushes[1].ref in archive.read)
            await settled(pilot)
            yield pilot, archive, pushes

    return opening


async def test_the_next_push_is_read_before_it_is_asked_for(read_ahead, settled, text_of):
    async with read_ahead() as (pilot, archive, (_, second, third, *_)):
        del archive.texts[second.ref], archive.texts[third.ref]
        await pilot.press("down")
        await settled(pilot)
        assert re.search(rf"CrowdTwist id +{second.member_id}", text_of(pilot.app))
        await pilot.press("down")
        await settled(pilot)
        assert "is not in its file" in text_of(pilot.app)


async def test_what_was_read_ahead_is_forgotten_when_the_archive_changes(
    read_ahead, settled, text_of
):
    async with read_ahead() as (pilot, archive, _):
        archive.texts.clear()
        archive.say()
        await settled(pilot)
        await pilot.press("down")
        await settled(pilot)
        assert "is not in its file" in text_of(pilot.app)


@given(
    st.integers(1, 60), st.integers(1, 3), st.integers(0, 5_000), st.integers(0, 100),
    st.floats(0, 1),
)  # fmt: skip
def test_a_bar_is_what_textual_draws(height, width, virtual, window, share):
    position = share * max(0, virtual - window)
    back, colour = Color.parse("#101010"), Color.parse("#808080")
    style = Style.from_color(colour.rich_color, back.rich_color)
    bar = ScrollBarRender(
        virtual_size=virtual, window_size=window if window < virtual else 0, position=position,
        thickness=width, style=style,
    )  # fmt: skip
    assume(virtual != height)  # Textual draws no thumb then, though the window may be smaller
    theirs = ScrollBarRender.render_bar(
        height, bar.virtual_size, bar.window_size, bar.position, width,
        back_color=style.bgcolor, bar_color=style.color,
    ).segments  # fmt: skip
    ours = [segment for strip in scrolling.bar_lines(bar, width, height) for segment in strip]
    assert [cells(segment, style) for segment in ours] == [
        cells(segment, style) for segment in theirs
    ]


def cells(segment, base):
    """What a segment shows and does: a blank in reverse is its colour alone."""
    style = base + segment.style
    meta = segment.style.meta.get("@mouse.down") if segment.style.meta else None
    return segment.text, style.color if style.reverse else style.bgcolor, meta or ""


async def test_what_was_taken_away_is_not_painted_before_all_is_laid_out_anew(desk, ask):
    async with desk.run_test(size=SIZE) as pilot:
        await ask(pilot, "george15@crowdtwist.com")
        compositor = SparingCompositor()
        compositor.reflow(desk.screen, desk.size)
        gone = desk.screen.query_one("#pushes-list")
        region = gone.region
        await gone.remove()
        painted = Terminal()
        painted.take(compositor.render_full_update())
        row = painted.lines[region.y]
        assert not "".join(row[x][0] for x in range(region.x, region.right)).strip()
