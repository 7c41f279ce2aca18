"""The JSON view alone: what it shows, and what its keys and the mouse do."""

import json
import re
import time
from pathlib import Path
from typing import ClassVar

import pytest
from textual.app import App

from loyalty_tui.crowdtwist.json_raw import RawLines
from loyalty_tui.crowdtwist.json_tree import JsonTree, Look
from loyalty_tui.tui import styling, themes
from loyalty_tui.tui.widgets import json_lines
from loyalty_tui.tui.widgets.json_view import JsonView
from loyalty_tui.tui.widgets.key_line import KeyLine

HERE = Path(__file__).parent
SAMPLE = (HERE.parent / "fixtures" / "crowdtwist-live-push-sample.json").read_text("utf-8")
SMALL = (
    '{"id": 6566, "tierInfo": {"currentLevel": {"title": "Tier 1"}, "score": 1.50},'
    ' "lists": [0, -0, {"x": null}], "id": 1e400, "emailAddress": "george@example.org"}'
)
MASKED = SMALL.replace("george", "g•••").replace("[0, -0", '["•••", "•••"')


class Shown(App[None]):
    CSS_PATH: ClassVar = [str(styling.FIRST), str(styling.REST)]

    def __init__(self):
        super().__init__()
        self.register_theme(themes.DARK)
        self.register_theme(themes.LIGHT)
        self.theme = themes.DARK.name
        self.notes = []

    def notify(self, message, **others):
        self.notes.append(message)
        super().notify(message, **others)

    def compose(self):
        yield JsonView()
        yield KeyLine()

    def words(self, name):
        """Return what one of the lines below says."""
        return str(self.query_one(name).render())

    @property
    def view(self):
        return self.query_one(JsonView)


@pytest.fixture
def shown(settled):
    """Show a text and press keys; hand over to a test."""

    async def showing(text, *keys, size=(80, 24), is_revealed=False, then=None):
        app = Shown()
        async with app.run_test(size=size) as pilot:
            app.view.is_revealed = is_revealed
            app.view.show(text)
            await settled(pilot)
            app.query_one("#json-tree").focus()
            await pilot.pause()
            for key in keys:
                await pilot.press(key)
                await settled(pilot)
            if then:
                then(app)
        return app

    return showing


@pytest.fixture
def said(shown, text_of):
    """Return what stands on the screen after some keys; path and count in the last two lines."""

    async def saying(text, *keys, **others):
        screens = []

        def look(app):
            words = (text_of(app), app.words("#json-path"), app.words("#json-count"))
            screens.append("\n".join(words) + ".")

        await shown(text, *keys, then=look, **others)
        return screens[0]

    return saying


async def test_numbers_equal_keys_and_their_order_stand_as_they_came(said):
    screen = await said(SMALL, is_revealed=True)
    order = ['"id": 6566', '"score": 1.50', "-0", '"id": 1e400']
    assert [screen.index(words) for words in order] == sorted(map(screen.index, order))


async def test_personal_data_is_masked_until_it_is_revealed(said):
    assert "george" not in await said(SMALL)
    assert "george@example.org" in await said(SMALL, is_revealed=True)


@pytest.mark.parametrize("keys", [(), ("r",)])
async def test_a_masked_value_keeps_the_look_of_its_type(said, keys):
    screen = await said('{"lists": [56789, -0, "56789", true]}', *keys)
    shown = re.sub(r"[\s,│]", "", screen)
    assert '[5••••••"5•••"true]' in shown


@pytest.mark.parametrize(
    ("keys", "path"),
    [
        ((), "the whole push"),
        (("j", "j", "j", "down"), "tierInfo.currentLevel.title"),
        (("G", "k", "K", "K", "l", "j", "j"), "lists[2]"),
        (("end",), "the whole push"),
        (("j", "J", "J"), "lists"),
        (("j", "j", "j", "j", "h", "h", "h"), "tierInfo"),
    ],
)
async def test_the_line_below_says_the_path_of_the_cursor(said, keys, path):
    assert path in (await said(SMALL, *keys)).splitlines()[-2]


async def test_a_folded_object_says_how_much_and_what_is_in_it(said):
    screen = await said(SMALL, "j", "j", "space")
    assert '"tierInfo": {…} 2  "currentLevel": {…}, "score": 1.50' in screen
    assert '"title"' not in screen
    assert '"title": "Tier 1"' in await said(SMALL, "j", "j", "space", "enter")


async def test_digits_fold_to_a_level_and_nought_unfolds_all(said):
    one = await said(SMALL, "1")
    assert '"tierInfo": {…}' in one
    assert "currentLevel" in (two := await said(SMALL, "2"))
    assert '"title"' not in two.replace('"title": "Tier 1"', "", 1)
    assert '"title": "Tier 1"' in await said(SMALL, "1", "0")
    assert '"title": "Tier 1"' in await said(SMALL, "1", "j", "j", "e")


async def test_search_counts_goes_round_and_unfolds_what_it_finds(said):
    keys = ("1", "slash", *"ti", "enter")
    first = await said(SMALL, *keys)
    assert first.endswith("\n1 of 2.")
    assert "tierInfo" in first.splitlines()[-2]
    second = await said(SMALL, *keys, "n")
    assert "2 of 2" in second
    assert "tierInfo.currentLevel.title" in second.splitlines()[-2]
    assert "1 of 2" in await said(SMALL, *keys, "n", "n")
    assert "2 of 2" in await said(SMALL, *keys, "N")
    assert "no match" in await said(SMALL, "slash", *"zzz")
    assert not (await said(SMALL, *keys, "escape")).splitlines()[-1].endswith("of 2.")


RAW = '{"a \\\\\\" b": "c\\\\", "d" :[1.5e3, true,"\\u0041 : \\" {", null], "": "x\\\\\\\\"}'


@pytest.mark.parametrize("width", range(14, 80))
def test_text_that_is_broken_anywhere_has_the_colours_of_the_whole(width):
    tree = JsonTree(RAW)
    assert [*tree.grow()] == []

    def styles(width):
        raw = RawLines(Look(tree), width, str, len)
        for _ in raw.grow():
            pass
        lines = [*zip(raw.lines, [*raw.lines[1:], ""], raw.states, strict=True)]
        pieces = [piece for line in lines for piece in json_lines.coloured(*line)]
        assert "".join(piece.text for piece in pieces) == RAW
        known = {"json--key", "json--string"}  # what else is broken may be taken for two
        return [piece.style in known and piece.style for piece in pieces for _ in piece.text]

    assert styles(width) == styles(200)


async def test_the_text_as_it_came_has_the_colours_of_the_tree(shown):
    def look(app):
        pane = app.query_one("#json-raw")
        drawn = [part for y in range(pane.size.height) for part in pane.render_line(y)]
        for words, style in (
            ('"score"', "key"), ("1.50", "number"), ('"Tier 1"', "string"), ("null", "null"),
        ):  # fmt: skip
            (colour,) = {part.style.color for part in drawn if part.text == words}
            assert colour == pane.style_of(f"json--{style}").color

    await shown(SMALL, "r", size=(120, 40), then=look)


async def test_search_does_not_find_what_is_masked(said):
    assert "no match" in await said(SMALL, "slash", *"george", "enter")
    assert "1 of 1" in await said(SMALL, "slash", *"george", "enter", is_revealed=True)


async def test_the_text_as_it_came_shows_the_same_place_and_back(said):
    keys = ("j", "j", "j", "r")
    screen = await said(SMALL, *keys)
    assert '{"id": 6566, "tierInfo": {"currentLevel": {"title": "Tier 1"}, "score"' in screen
    assert "tierInfo.currentLevel" in screen.splitlines()[-2]
    back = await said(SMALL, *keys, "r")
    assert "tierInfo.currentLevel" in back.splitlines()[-2]


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_no_sign_of_a_long_text_is_lost_beside_the_scroll_bar(shown, size):
    text = json.dumps({f"key{number}": number for number in range(900)}, separators=(",", ":"))
    seen = []

    def read(app):
        pane = app.query_one("#json-raw")
        seen.extend(pane.render_line(y).text[2:] for y in range(pane.size.height))

    await shown(text, "r", size=size, is_revealed=True, then=read)
    assert text.startswith("".join(seen))


@pytest.mark.parametrize(
    ("keys", "copied"),
    [
        (("j", "j", "j", "j", "y"), "Tier 1"),
        (("j", "j", "j", "j", "p"), "tierInfo.currentLevel.title"),
        (("j", "j", "y"), '{"currentLevel": {"title": "Tier 1"}, "score": 1.50}'),
        (("G", "k", "y"), "g•••@example.org"),
        (("a",), MASKED),
        (("2", "j", "r", "a"), MASKED),
    ],
)
async def test_what_is_copied_is_what_is_shown(shown, keys, copied):
    assert (await shown(SMALL, *keys)).clipboard == copied


async def test_it_says_what_was_copied_and_what_was_left_out(shown):
    assert (await shown(SMALL, "G", "k", "k", "y")).notes == [
        "Copied the value of id, 5 characters."
    ]
    assert "hidden data left out" in (await shown(SMALL, "a")).notes[0]
    revealed = await shown(SMALL, "a", is_revealed=True)
    assert revealed.clipboard == SMALL
    assert "left out" not in revealed.notes[0]


async def test_revealing_keeps_folds_and_cursor(settled, text_of):
    app = Shown()
    async with app.run_test(size=(80, 24)) as pilot:
        app.view.show(SMALL)
        app.query_one("#json-tree").focus()
        for key in ("1", "j", "j"):
            await pilot.press(key)
        app.view.is_revealed = True
        app.view.show(SMALL)
        await settled(pilot)
        assert '"tierInfo": {…}' in text_of(app)
        assert "george@example.org" in text_of(app)
        assert "tierInfo" in app.words("#json-path")


async def test_another_text_keeps_the_path_of_the_cursor_and_the_folds(settled, text_of):
    other = '{"new": [{}], "lists": [1, 2, {"x": 5}], "tierInfo": {"currentLevel": {"title": 1}}}'
    app = Shown()
    async with app.run_test(size=(80, 24)) as pilot:
        app.view.is_revealed = True
        app.view.show(SMALL)
        app.query_one("#json-tree").focus()
        for key in ("j", "j", "space", "J", "j", "j", "j", "j"):
            await pilot.press(key)
        assert app.words("#json-path") == "lists[2].x"
        app.view.show(other)
        await settled(pilot)
        assert app.words("#json-path") == "lists[2].x"
        assert '"tierInfo": {…}' in text_of(app)
        await pilot.press("r")
        app.view.show(SMALL)
        await settled(pilot)
        assert app.words("#json-path") == "lists[2].x"
        app.view.show('{"lists": [1]}')
        await settled(pilot)
        assert app.words("#json-path") == "lists"


async def test_the_key_line_names_what_leaves_a_search_while_there_is_one(shown, text_of):
    lines = []

    def look(app):
        lines.append(text_of(app).splitlines()[-1])

    for keys in (
        (),
        ("slash", *"ti"),
        ("slash", *"ti", "enter"),
        ("slash", "t", "enter", "escape"),
    ):
        await shown(SMALL, *keys, then=look)
    assert ["End search" in line for line in lines] == [False, True, True, False]


async def test_half_a_surrogate_pair_is_shown_and_copied_as_its_escape(shown, said):
    text = '["\\ud800", "\\u001b[2J", "\u202e", "\x7f"]'
    screen = await said(text)
    assert all(words in screen for words in ('"\\ud800"', "\\u001b[2J", "\\u202e", "\\u007f"))
    assert (await shown(text, "j", "y", is_revealed=True)).clipboard == "\\ud800"


@pytest.mark.parametrize("text", ["", "nothing", '{"a": 1', "[1 2]", "{" * 20_000])
async def test_what_is_no_json_is_said_and_no_key_harms(said, text):
    keys = ("j", "G", "space", "e", "1", "r", "y", "p", "a", "J", "K", "h", "l", "n", "escape", "0")
    screen = await said(text, *keys)
    assert ("What follows is not shown." in screen) is bool(text)


async def test_a_notice_stands_instead_of_a_text(text_of):
    app = Shown()
    async with app.run_test(size=(80, 24)) as pilot:
        app.view.show(SMALL)
        await pilot.pause()
        app.view.show("", notice="This push is not in its file any more.")
        await pilot.pause()
        assert "This push is not in its file any more." in text_of(app)
        assert "6566" not in text_of(app)


async def test_ten_thousand_levels_stay_on_the_screen(said):
    deep = '{"a":' * 9_999 + '"deepest"' + "}" * 9_999
    screen = await said(deep, "1", "e", "slash", *"deepest", "enter", is_revealed=True)
    assert '"a": "deepest"' in screen
    assert "…" in screen.splitlines()[-2]
    assert "a.a.a" in screen.splitlines()[-2]
    assert "1 of 1" in screen


async def test_the_mouse_folds_at_the_mark_and_moves_elsewhere(text_of):
    app = Shown()
    async with app.run_test(size=(80, 24)) as pilot:
        app.view.show(SMALL)
        await pilot.pause()
        await pilot.click("#json-tree", offset=(20, 3))
        assert "tierInfo.currentLevel" in app.words("#json-path")
        assert '"title"' in text_of(app)
        await pilot.click("#json-tree", offset=(6, 3))
        assert '"currentLevel": {…} 1  "title": "Tier 1"' in text_of(app)
        await pilot.click("#json-tree", offset=(6, 3))
        assert '"currentLevel": {…}' not in text_of(app)


async def test_five_megabytes_are_seen_at_once_and_the_keys_work_while_they_are_read(settled):
    text = json.dumps({f"k{n}": {"name": f"value {n}", "list": [1, 2]} for n in range(90_000)})
    app = Shown()
    async with app.run_test(size=(80, 24)) as pilot:
        began = time.perf_counter()
        app.view.show(text)
        assert time.perf_counter() - began < 0.3
        assert "reading, " in app.words("#json-count")
        app.query_one("#json-tree").focus()
        await pilot.press("j", "0", "j", "j")
        assert app.words("#json-path") == "k0.list"
        await pilot.press("slash", *"89999", "enter")
        await settled(pilot)
        assert app.words("#json-count") == "1 of 1"
        assert app.words("#json-path") == "k89999"


async def test_a_newer_text_replaces_one_that_is_still_read(settled, text_of):
    app = Shown()
    async with app.run_test(size=(80, 24)) as pilot:
        app.view.show("[" + ",".join(map(str, range(300_000))) + "]")
        app.view.show(SMALL)
        await settled(pilot)
        assert '"id": 6566' in text_of(app)


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)])
@pytest.mark.parametrize(
    ("name", "keys"),
    [
        ("tree", ("j",) * 4),
        ("folded", ("2", *("j",) * 6, "slash", *"tier", "enter", "n")),
        ("raw", ("r", "j", "j")),
    ],
)
async def test_the_pictures(shown, matches, size, name, keys):
    path = HERE / "snapshots" / f"json-{name}-{size[0]}x{size[1]}-dark.svg"
    await shown(SAMPLE, *keys, size=size, then=lambda app: matches(app, path))


async def test_the_picture_in_light(matches):
    path = HERE / "snapshots" / "json-tree-80x24-light.svg"
    app = Shown()
    app.theme = themes.LIGHT.name
    async with app.run_test(size=(80, 24)) as pilot:
        app.view.show(SAMPLE)
        app.query_one("#json-tree").focus()
        await pilot.pause()
        await pilot.pause()
        matches(app, path)
