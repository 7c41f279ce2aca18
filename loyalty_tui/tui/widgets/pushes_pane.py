"""The side pane: the CrowdTwist pushes saved for the same person, the selected one opened below."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, ClassVar, cast

from rich.text import Text
from textual import work
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.reactive import var
from textual.widgets import Static

from loyalty_tui.privacy import neutralise
from loyalty_tui.tui import wording
from loyalty_tui.tui.state import PushesFailed, PushesFound, PushesIdle, PushesState

if TYPE_CHECKING:
    from rich.table import Table
    from textual.app import ComposeResult
    from textual.widgets import DataTable

    from loyalty_tui.archive.scan import Member, MemberPushes, SavedPush
    from loyalty_tui.crowdtwist.reading import Section
    from loyalty_tui.tui.glyphs import Glyphs


ROWS_AT_ONCE = 200
"""Rows the list takes in one go: a member may have tens of thousands of pushes."""
ROWS_AHEAD = 50


class PushesPane(Vertical):
    """List and inspector; both appear with the first push there is to show."""

    BORDER_TITLE = "CrowdTwist pushes"

    is_revealed: var[bool] = var(default=False)
    """Whether personal data is shown as sent."""

    def __init__(self, glyphs: Glyphs) -> None:
        super().__init__()
        self._glyphs = glyphs
        self._rows: list[tuple[str, SavedPush]] = []
        self._is_shared = False
        self._unreadable = 0
        self._showing = asyncio.Lock()

    def compose(self) -> ComposeResult:
        """Start with a note alone."""
        yield Static("", id="pushes-note", markup=False)

    async def show(self, state: PushesState) -> None:
        """Replace what is shown; of several calls at once each is finished before the next."""
        async with self._showing:
            await self._show(state)

    async def _show(self, state: PushesState) -> None:
        match state:
            case PushesFound() if state.pushes.members:
                await self._show_members(state.pushes)
            case PushesFound():
                await self._show_note("No pushes are saved for this identifier.")
                self._unreadable = state.pushes.unreadable
                self._sum_up()
            case PushesFailed():
                await self._show_note(
                    f"{self._glyphs.failure} {neutralise(state.error.sentence)}\n\n"
                    f"{neutralise(state.error.remedy)}"
                )
            case PushesIdle():
                await self._show_note(state.message)

    async def _show_note(self, note: str) -> None:
        self._rows = []
        self._unreadable = 0
        self.border_title = self.BORDER_TITLE
        self._sum_up()
        await self.query("#pushes-list, #push").remove()
        self._say(note)

    def _say(self, note: str) -> None:
        line = self.query_one("#pushes-note", Static)
        line.update(Content(note))
        line.display = bool(note)

    async def _show_members(self, found: MemberPushes) -> None:
        members = found.members
        await self._mount_list()
        self._rows = [(_id(member), push) for member in members for push in member.pushes]
        self._is_shared = len(members) > 1
        self._unreadable = found.unreadable
        whose = "" if self._is_shared else f" · {_name(members[0])}"
        self.border_title = Content(f"{self.BORDER_TITLE}{whose} · {found.total:,}")
        self._say(
            f"{self._glyphs.notice} This identifier leads to {len(members)} members: "
            + ", ".join(_name(member) for member in members)
            if self._is_shared
            else ""
        )
        self._sum_up()
        self._fill_list()

    def _sum_up(self) -> None:
        """Say in the frame what goes for the whole pane."""
        words = []
        if self.is_revealed:
            words.append("personal data shown")
        if self._unreadable:
            lines = wording.counted(self._unreadable, "unreadable line")
            words.append(f"{lines} in the archive")
        self.border_subtitle = " · ".join(words)

    async def _mount_list(self) -> None:
        if self.query("#pushes-list"):
            return
        from textual.widgets import DataTable, Log, TabbedContent, TabPane

        table: DataTable[Text] = DataTable(id="pushes-list", cursor_type="row", zebra_stripes=False)
        json_view = Log(id="json-text", auto_scroll=False)
        fields = VerticalScroll(FieldsView(), id="fields-scroll")
        tabs = TabbedContent(id="push")
        tabs.compose_add_child(TabPane("Fields", fields, id="fields"))
        tabs.compose_add_child(TabPane("JSON", json_view, id="json"))
        await self.mount(table, tabs)

    @property
    def _list(self) -> DataTable[Text]:
        from textual.widgets import DataTable

        return self.query_one("#pushes-list", DataTable)

    def _fill_list(self) -> None:
        table = self._list
        table.clear(columns=True)
        labels = ["Updated (UTC)", "Event", "Tier", "Points"]
        if self._is_shared:
            labels.insert(0, "Member")
        for label in labels:
            table.add_column(Text(label, justify="right" if label == "Points" else "left"))
        self._show_read((), "")
        self._add_rows()
        table.move_cursor(row=0)
        self.show_push(0)

    def _add_rows(self) -> None:
        table = self._list
        for member_id, push in self._rows[table.row_count : table.row_count + ROWS_AT_ONCE]:
            cells = _cells(push)
            if self._is_shared:
                cells.insert(0, Text(member_id))
            table.add_row(*cells)

    def on_data_table_row_highlighted(self, event: DataTable.RowHighlighted) -> None:
        """Open the push under the cursor; fetch more rows before the cursor runs out of them."""
        event.stop()
        if event.cursor_row >= self._list.row_count - ROWS_AHEAD:
            self._add_rows()
        self.show_push(event.cursor_row)

    def watch_is_revealed(self) -> None:
        """Show the open push again, with or without personal data."""
        self._sum_up()
        if self._rows and self.query("#pushes-list"):
            self.show_push(self._list.cursor_row)

    def show_push(self, row: int) -> None:
        """Open one push of the list in the inspector."""
        if not 0 <= row < len(self._rows):
            return
        self._open(self._rows[row][1].text)

    @work(group="push", exclusive=True)
    async def _open(self, text: str) -> None:
        # In a thread: a push may be megabytes long.
        sections, laid_out = await asyncio.to_thread(_read, text, reveal=self.is_revealed)
        if self.query("#push"):
            self._show_read(sections, laid_out)

    def _show_read(self, sections: tuple[Section, ...], laid_out: str) -> None:
        from textual.widgets import Log

        self.query_one(FieldsView).show(sections)
        log = self.query_one("#json-text", Log)
        log.clear().write(laid_out)
        log.scroll_home(animate=False)

    def focus_list(self) -> None:
        """Put the cursor into the list, when there is one."""
        if self._rows:
            self._list.focus()


class FieldsView(Static):
    """The documented fields of one push, in groups, with labels and readable values."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"fields--group", "fields--label", "fields--value"}

    def __init__(self) -> None:
        super().__init__()
        self._sections: tuple[Section, ...] = ()

    def show(self, sections: tuple[Section, ...]) -> None:
        """Show another push."""
        self._sections = sections
        self.refresh(layout=True)
        if isinstance(self.parent, VerticalScroll):
            self.parent.scroll_home(animate=False)

    def render(self) -> Table:
        """Draw the groups."""
        from rich.table import Table

        group_style = self.get_component_rich_style("fields--group")
        label_style = self.get_component_rich_style("fields--label")
        value_style = self.get_component_rich_style("fields--value")
        table = Table.grid(padding=(0, 2, 0, 0), expand=True)
        table.add_column(max_width=26)
        table.add_column(ratio=1, overflow="fold")
        for section in self._sections:
            table.add_row(Text(section.name, group_style))
            for line in section.lines:
                table.add_row(Text(f"  {line.label}", label_style), Text(line.value, value_style))
        return table


def _read(text: str, *, reveal: bool) -> tuple[tuple[Section, ...], str]:
    from loyalty_tui.crowdtwist import json_text, reading

    # Only objects are kept as pushes; see archive.scan.
    push = cast("dict[str, object]", json_text.loads(text))
    return reading.read(push, reveal=reveal), reading.json_view(text, reveal=reveal)


def _id(member: Member) -> str:
    return "" if member.member_id is None else f"{member.member_id}"


def _name(member: Member) -> str:
    name = neutralise(member.name.strip(), 40)
    number = _id(member)
    if name and number:
        return f"{name} ({number})"
    return name or number or "without an id"


def _cells(push: SavedPush) -> list[Text]:
    profile = push.profile
    updated = profile.updated_at or push.received_at
    event = profile.event if profile.kind == "profile" else profile.kind
    points = "" if profile.total_points is None else wording.number(profile.total_points)
    return [
        Text(f"{updated:%d %b %Y %H:%M}" if updated else "not dated"),
        Text(neutralise(str(event), 20)),
        Text(neutralise(profile.tier, 24)),
        Text(points, justify="right"),
    ]
