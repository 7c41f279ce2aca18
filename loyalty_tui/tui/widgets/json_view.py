"""A push's JSON: a tree to fold or the text as it came, to search in and copy from."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from functools import partial
from typing import TYPE_CHECKING, ClassVar, Final

from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.reactive import var
from textual.widget import Widget
from textual.widgets import Static

from loyalty_tui.crowdtwist import json_raw, json_search, reading
from loyalty_tui.crowdtwist.json_folds import UNFOLDED
from loyalty_tui.crowdtwist.json_tree import JsonTree, Look
from loyalty_tui.privacy import neutralise
from loyalty_tui.tui import commands, glyphs, wording
from loyalty_tui.tui.slices import in_slices, start
from loyalty_tui.tui.widgets.identifier_box import PlainInput
from loyalty_tui.tui.widgets.json_lines import harmless
from loyalty_tui.tui.widgets.json_raw_pane import JsonRawPane
from loyalty_tui.tui.widgets.json_tree_pane import JsonTreePane

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textual import events
    from textual.app import ComposeResult
    from textual.widgets import Input

    from loyalty_tui.tui.widgets.lines_pane import LinesPane

LARGE: Final = 64_000
"""Characters from which on a text is first shown folded to one level."""

_STEPS_AT_ONCE: Final = 4
"""Steps of reading before the first paint: a push of the usual size is all read by then."""

_LONGEST_WORDS: Final = 200


class JsonView(Widget):
    """One text of JSON, whatever its size or depth; what is not JSON is said, not shown."""

    known_commands = commands.IN_JSON
    BINDINGS: ClassVar[list[BindingType]] = [
        *(each.binding(is_first=True) for each in commands.IN_JSON),
        Binding("N", "match(-1)", show=False, priority=True),
        *(Binding(f"{n}", f"level({n})", show=False, priority=True) for n in range(2, 10)),
    ]

    is_revealed: var[bool] = var(default=False)
    """Whether personal data is shown as sent."""
    is_raw: var[bool] = var(default=False)
    """Whether the text is shown as it came, not as a tree."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - as Textual names it
        super().__init__(id=id)
        self._glyphs = glyphs.for_this_terminal()
        self._look = Look(JsonTree(""))
        self._notice = ""
        self._depth: int | None = None
        self._words = ""
        self._found = array("I")
        self._is_searching = False
        self._has_jumped = True

    def compose(self) -> ComposeResult:
        """Lay out the tree, the text, and below them the line that says where one is."""
        yield Static("", id="json-notice", markup=False)
        yield JsonTreePane(self._glyphs)
        yield JsonRawPane(self._glyphs)
        with Horizontal(id="json-search"):
            yield Static(self._glyphs.search, id="json-search-sign", markup=False)
            yield PlainInput(
                placeholder="words to find", id="json-words", compact=True,
                max_length=_LONGEST_WORDS, select_on_focus=True,
            )  # fmt: skip
        with Horizontal(id="json-status"):
            yield Static("", id="json-path", markup=False)
            yield Static("", id="json-count", markup=False)

    def on_mount(self) -> None:
        """Begin with the tree."""
        self.query_one("#json-search").display = False
        self._lay_out()

    # What is shown

    def show(self, text: str, *, notice: str = "") -> None:
        """Show another text, or say why there is none.

        The first rows are shown at once, the others as they are found. How the text is folded,
        the path of the cursor, what is searched for, and tree or text stay as they were chosen; of
        the text that is shown already everything stays.
        """
        self._notice = notice
        if text and text == self._look.tree.text:
            self._lay_out()
            return
        row = self._pane.row
        steps = [*self._look.tree.steps(row)] if row >= 0 else []
        tree = JsonTree(text, reading.veil(reveal=True))
        self._look = self._new_look(tree, is_seen=True)
        growing = tree.grow() if text else iter(())
        for _, _ in zip(range(_STEPS_AT_ONCE), growing, strict=False):
            pass
        depth = self._depth or (1 if len(text) > LARGE else UNFOLDED)
        row = tree.find(steps)
        self._tree.show(self._look, depth, row)
        self._raw.show(self._look, row)
        start(self, "json", partial(in_slices, growing, self._tell))
        self._lay_out()
        self._search(jumps=False)

    def watch_is_revealed(self) -> None:
        """Show the same with or without personal data."""
        if not self.is_mounted:
            return
        self._look = self._new_look(self._look.tree, is_seen=True)
        self._tree.look_anew(self._look)
        self._raw.show(self._look, self._pane.row)
        self._search(jumps=False)

    def _new_look(self, tree: JsonTree, *, is_seen: bool) -> Look:
        return Look(tree, reading.veil(reveal=self.is_revealed, is_quick=True, is_seen=is_seen))

    @property
    def _tree(self) -> JsonTreePane:
        return self.query_one(JsonTreePane)

    @property
    def _raw(self) -> JsonRawPane:
        return self.query_one(JsonRawPane)

    @property
    def _pane(self) -> JsonTreePane | JsonRawPane:
        return self._raw if self.is_raw else self._tree

    @property
    def _input(self) -> Input:
        return self.query_one("#json-words", PlainInput)

    def _tell(self) -> None:
        """Show what has been found meanwhile."""
        self._tree.grow()
        self._lay_out()

    def _lay_out(self) -> None:
        tree = self._look.tree
        fault = f"{tree.fault} What follows is not shown." if tree.fault else ""
        notice = self._notice or (fault if tree.text else "")
        line = self.query_one("#json-notice", Static)
        line.update(Content(neutralise(notice)))
        line.display = bool(notice)
        self._tree.display = bool(len(tree)) and not self.is_raw
        self._raw.display = bool(len(tree)) and self.is_raw
        self.query_one("#json-status").display = bool(len(tree))
        self._say_where()

    def on_lines_pane_moved(self, event: LinesPane.Moved) -> None:
        """Say where the cursor is now."""
        event.stop()
        self._say_where()

    def on_resize(self, event: events.Resize) -> None:
        """Say it as long as there is room."""
        del event
        self._say_where()

    def _say_where(self) -> None:
        row = self._pane.row
        count = self._count(row)
        self.query_one("#json-count", Static).update(Content(count))
        if row >= 0:
            room = max(1, self.size.width - len(count) - 3)
            path = harmless(self._look.tree.path(row, room)) or "the whole push"
            self.query_one("#json-path", Static).update(Content(path))

    def _count(self, row: int) -> str:
        tree = self._look.tree
        if self._words:
            total = len(self._found)
            at = bisect_left(self._found, row)
            is_there = at < total and self._found[at] == row
            more = "…" if self._is_searching else ""
            if not total:
                return f"searching{more}" if self._is_searching else "no match"
            return f"{at + 1:,} of {total:,}{more}" if is_there else f"{total:,} found{more}"
        if tree.is_done or not len(tree):
            return ""
        return f"reading, {100 * tree.starts[-1] // len(tree.text)} %"

    # Searching

    def on_input_changed(self, event: Input.Changed) -> None:
        """Search for what stands in the line now."""
        event.stop()
        self._words = event.value
        self._search(jumps=True)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Go to what was found."""
        event.stop()
        if not self._words:
            self._end_search()
        self._pane.focus()

    def _search(self, *, jumps: bool) -> None:
        """Find the words anew; the cursor goes to the first match from where it is, if it may."""
        words = self._words
        wanted = json_search.pattern(words) if words.strip() else None
        self._tree.mark(wanted)
        self._raw.mark(wanted)
        self._found = found = array("I")
        self._is_searching = wanted is not None
        self._has_jumped = not jumps
        steps = json_search.find(self._look, words, found)
        start(self, "json-search", partial(self._find, steps))

    async def _find(self, steps: Iterator[None]) -> None:
        await in_slices(steps, self._say_found)
        self._is_searching = False
        self._say_found()

    def _say_found(self) -> None:
        at = bisect_left(self._found, max(0, self._pane.row))
        if not self._has_jumped and len(self._found) and (
            at < len(self._found) or not self._is_searching
        ):  # fmt: skip
            self._has_jumped = True
            self._pane.go_to_row(self._found[at % len(self._found)])
        self._say_where()

    def _end_search(self) -> None:
        self._open_search(is_open=False)
        self._input.value = ""
        self._words = ""
        self._search(jumps=False)

    def _open_search(self, *, is_open: bool) -> None:
        self.query_one("#json-search").display = is_open
        self.refresh_bindings()  # a key to leave it is only there meanwhile

    def action_search(self) -> None:
        """Open the line to search in."""
        self._open_search(is_open=True)
        self._input.focus()

    def action_leave_search(self) -> None:
        """Close the line, and search for nothing any more."""
        self._end_search()
        self._pane.focus()

    def action_match(self, by: int) -> None:
        """Go to the next or the previous match; after the last one comes the first."""
        if not self._words:
            self.action_search()
        elif total := len(self._found):
            row = self._pane.row
            at = bisect_left(self._found, row)
            is_there = at < total and self._found[at] == row
            step = by if by < 0 or is_there else 0
            self._pane.go_to_row(self._found[(at + step) % total])

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Let keys be typed into the line while it has the focus; leave a search only in one."""
        del parameters
        if action == "leave_search":
            return bool(self.query("#json-search")) and self.query_one("#json-search").display
        own = {each.action.partition("(")[0] for each in self.known_commands}
        return action not in own or (len(self._look.tree) > 0 and not self._input.has_focus)

    # Folding

    def action_fold(self) -> None:
        """Fold or unfold what begins under the cursor."""
        if not self.is_raw:
            self._tree.action_fold()

    def action_unfold_in(self) -> None:
        """Unfold all that is under the cursor."""
        if not self.is_raw:
            self._tree.action_unfold_in()

    def action_level(self, level: int) -> None:
        """Fold to so many levels, none for all of them."""
        self._depth = level or UNFOLDED
        self._tree.fold_from(self._depth)

    def action_raw(self) -> None:
        """Change between the tree and the text as it came; the cursor stays where it is."""
        row, had_focus = self._pane.row, self._pane.has_focus
        self.is_raw = not self.is_raw
        self._lay_out()
        if row >= 0:
            self._pane.go_to_row(row)
        if had_focus:
            self._pane.focus()

    # Copying

    def action_copy_path(self) -> None:
        """Copy the path of the value under the cursor."""
        path = self._look.tree.path(self._pane.row)
        if path:
            self._copy(path, f"the path {_short(path)}")
        else:
            self.notify("The whole push has no path to copy.", markup=False)

    def action_copy_value(self) -> None:
        """Copy the value under the cursor, a string as the text it stands for."""
        row = self._pane.row
        path = _short(self._look.tree.path(row))
        opener = self._look.tree.opener(row)
        self._copy_row(opener, f"the value of {path}" if path else "the whole push")

    def action_copy_push(self) -> None:
        """Copy the whole push."""
        self._copy_row(0, "the whole push")

    def _copy_row(self, row: int, what: str) -> None:
        # A copy is JSON, also with what is hidden left out.
        look, parts = self._new_look(self._look.tree, is_seen=False), list[str]()

        def gather() -> Iterator[None]:
            for piece in json_raw.value(look, row):
                parts.append(piece)
                yield

        async def copy() -> None:
            await in_slices(gather(), lambda: None)
            copied = "".join(parts)
            is_as_sent = look.tree.text.startswith(copied, look.tree.value_start(row))
            hidden = "" if is_as_sent else ", hidden data left out"
            self._copy(json_raw.plain(copied), f"{what}{hidden}")

        start(self, "json-copy", copy)

    def _copy(self, text: str, what: str) -> None:
        # A lone half of a surrogate pair has no bytes; JSON has an escape for it.
        text = text.encode(errors="backslashreplace").decode()
        self.app.copy_to_clipboard(text)
        size = wording.counted(len(text), "character", "characters")
        self.notify(f"Copied {what}, {size}.", markup=False)


def _short(path: str) -> str:
    return neutralise(path, 60)
