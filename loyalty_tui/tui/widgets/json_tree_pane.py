"""The JSON of a push as a tree to fold."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.strip import Strip

from loyalty_tui.crowdtwist.json_folds import Folds
from loyalty_tui.crowdtwist.json_tree import JsonTree, Kind, Look
from loyalty_tui.tui.widgets import json_lines
from loyalty_tui.tui.widgets.lines_pane import LinesPane

if TYPE_CHECKING:
    import re

    from textual.geometry import Region

    from loyalty_tui.tui.glyphs import Glyphs


class JsonTreePane(LinesPane):
    """The rows of a tree, which may still be growing; the cursor is on one of them."""

    COMPONENT_CLASSES: ClassVar[set[str]] = json_lines.STYLES
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left,h", "leave", show=False, priority=True),
        Binding("right,l", "enter", show=False, priority=True),
        Binding("J,shift+down", "sibling(1)", show=False, priority=True),
        Binding("K,shift+up", "sibling(-1)", show=False, priority=True),
    ]

    def __init__(self, glyphs: Glyphs) -> None:
        super().__init__(id="json-tree")
        self._glyphs = glyphs
        self._look = Look(JsonTree(""))
        self._folds = Folds(self._look.tree)
        self._wanted: re.Pattern[str] | None = None
        self._painter = self._new_painter()

    # What is shown

    def show(self, look: Look, depth: int, row: int) -> None:
        """Show another tree with the cursor on a row; by hand it is folded as the one before."""
        folds = Folds(look.tree, depth)
        folds.fold_like(self._folds)
        self._look, self._folds = look, folds
        self.grow()
        if row > 0:
            self.go_to_row(row)
            return
        self.scroll_to(y=0, animate=False)
        self.go_to(0)

    def look_anew(self, look: Look) -> None:
        """Show the same tree under another veil."""
        self._look = look
        self.refresh()

    def mark(self, wanted: re.Pattern[str] | None) -> None:
        """Mark what is searched for."""
        self._wanted = wanted
        self.refresh()

    @property
    def height_of_all(self) -> int:
        """How many rows are shown, as far as they are known."""
        return self._folds.height

    @property
    def row(self) -> int:
        """The row under the cursor; -1 where there is none."""
        return self._folds.row_at(self._cursor) if self.height_of_all else -1

    def go_to_row(self, row: int) -> None:
        """Move the cursor to a row, and unfold what is folded around it."""
        self._folds.show(row)
        self.grow()
        self.go_to(self._folds.line_of(row), is_central=True)

    # Folding

    def fold_from(self, depth: int) -> None:
        """Fold all from a depth on; the cursor stays as near as it can."""
        row = self.row
        self._folds.fold_from(depth)
        self._settle(row)

    def action_fold(self) -> None:
        """Fold or unfold the object or array that begins or ends under the cursor."""
        if (row := self.row) >= 0:
            row = self._look.tree.opener(row)
            change = self._folds.unfold if self._folds.is_folded(row) else self._folds.fold
            change(row)
            self._settle(row)

    def action_unfold_in(self) -> None:
        """Unfold all that is under the cursor."""
        if (row := self.row) >= 0:
            self._folds.unfold_all_in(row)
            self._settle(row)

    def action_leave(self) -> None:
        """Fold what is unfolded under the cursor, else go to what the row stands in."""
        row = self.row
        if row < 0:
            return
        tree = self._look.tree
        if tree.row(row).kind is Kind.OPEN and not self._folds.is_folded(row):
            self.action_fold()
        elif (around := tree.opener(row) if tree.opener(row) < row else tree.parent(row)) >= 0:
            self.go_to(self._folds.line_of(around))

    def action_enter(self) -> None:
        """Unfold what is folded under the cursor, else go into it."""
        row = self.row
        if row >= 0 and self._folds.is_folded(row):
            self.action_fold()
        elif row >= 0 and self._look.tree.row(row).kind is Kind.OPEN:
            self.action_move(1)

    def action_sibling(self, by: int) -> None:
        """Go to the next or previous value beside this one."""
        row = self.row
        if row < 0:
            return
        tree = self._look.tree
        opener = tree.opener(row)
        if by > 0:
            end = tree.end(opener)
            beside = len(tree) if end is None else end + 1
        else:
            beside = tree.opener(opener - 1) if opener else -1
        if 0 <= beside < len(tree) and tree.parent(beside) == tree.parent(opener):
            self.go_to(self._folds.line_of(beside))

    def _settle(self, row: int) -> None:
        self.grow()
        if row >= 0:
            self.go_to(self._folds.line_of(row))

    def clicked(self, line: int, x: int, chain: int) -> None:
        """Fold or unfold by a click on the mark, or by two on the row."""
        row = self._folds.row_at(line)
        is_mark = x in self._painter.mark_at(row)
        if self._look.tree.row(row).kind is Kind.OPEN and (is_mark or chain > 1):
            self.action_fold()

    # Drawing

    def render_lines(self, crop: Region) -> list[Strip]:
        """Draw all that is seen of one moment."""
        self._painter = self._new_painter()
        return super().render_lines(crop)

    def render_line(self, y: int) -> Strip:
        """Draw the row that is seen in that line."""
        line = self.scroll_offset.y + y
        if line >= self.height_of_all:
            return Strip.blank(self.scrollable_content_region.width, self.rich_style)
        return self._painter.line(self._folds.row_at(line), self.cursor_style(line))

    def _new_painter(self) -> json_lines.TreePainter:
        top, height = self.scroll_offset.y, self.height_of_all
        lines = range(top, min(top + self._seen, height))
        depths = (self._look.tree.depth(self._folds.row_at(line)) for line in lines)
        return json_lines.TreePainter(
            self._look,
            self._folds,
            self.scrollable_content_region.width,
            self._glyphs,
            self.style_of,
            wanted=self._wanted,
            deepest=max(depths, default=0),
        )
