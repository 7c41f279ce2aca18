"""The side pane: the CrowdTwist pushes saved for the same person, the selected one opened below."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.reactive import var
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from loyalty_tui.privacy import neutralise
from loyalty_tui.tui import wording
from loyalty_tui.tui.state import PushesFailed, PushesFound, PushesIdle, PushesState

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from textual.app import ComposeResult

    from loyalty_tui.archive.model import MemberFound
    from loyalty_tui.tui.glyphs import Glyphs
    from loyalty_tui.tui.program import PushArchive
    from loyalty_tui.tui.sharing import Shared
    from loyalty_tui.tui.widgets.push_list import PushList
    from loyalty_tui.tui.widgets.push_view import PushView


class PushesPane(Vertical):
    """List and inspector; both appear with the first push there is to show.

    Of several members behind one identifier each has its heading line, and its pushes below when
    it is chosen.
    """

    BORDER_TITLE = "CrowdTwist pushes"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "member(-1)", show=False),
        Binding("right", "member(1)", show=False),
    ]

    is_revealed: var[bool] = var(default=False)
    """Whether personal data is shown as sent."""

    def __init__(
        self,
        archive: PushArchive | None,
        now: Callable[[], datetime],
        glyphs: Glyphs,
        shared: Shared,
    ) -> None:
        super().__init__()
        self._shared = shared
        self._archive = archive
        self._now = now
        self._glyphs = glyphs
        self._members: tuple[MemberFound, ...] = ()
        self._chosen = 0
        self._note = ""
        self._shown: tuple[PushList, PushView] | None = None
        self._showing = asyncio.Lock()

    def compose(self) -> ComposeResult:
        """Start with a note alone."""
        yield Static("", id="pushes-note", markup=False)

    async def show(self, state: PushesState, *, is_news: bool = False) -> None:
        """Replace what is shown; of several calls at once each is finished before the next.

        News of the members that are shown already move nothing.
        """
        async with self._showing:
            if not self.is_attached:  # the desk is being left
                return
            match state:
                case PushesFound() if state.members:
                    await self._show_members(state.members, is_news=is_news)
                case PushesFound():
                    await self._show_note(state.nobody)
                case PushesFailed():
                    await self._show_note(
                        f"{self._glyphs.failure} {neutralise(state.error.sentence)}\n\n"
                        f"{neutralise(state.error.remedy)}"
                    )
                case PushesIdle():
                    await self._show_note(state.message)

    async def _show_note(self, note: str) -> None:
        self._members = ()
        self._shown = None  # what a list that is on its way out still sends is for nobody
        self._note = ""
        self.border_title = self.BORDER_TITLE
        self._sum_up()
        await self.query("#pushes-list, #pushes-members, #push").remove()
        self.remove_class("-listing")
        self._say(note)

    def _say(self, note: str) -> None:
        line = self.query_one("#pushes-note", Static)
        line.update(Content(note))
        line.display = bool(note)

    async def _show_members(self, members: tuple[MemberFound, ...], *, is_news: bool) -> None:
        ids = [member.member_id for member in self._members]
        is_same = is_news and bool(ids) and sorted(ids, key=str) == _ids(members)
        if is_same:  # in the order in which they are on the screen
            by_id = {member.member_id: member for member in members}
            members = tuple(by_id[member_id] for member_id in ids)
        self._members = members
        self._chosen = self._chosen if is_same else 0
        await self._mount_list()
        whose = f"{len(members)} members" if len(members) > 1 else _name(members[0])
        total = sum(member.pushes for member in members)
        self.border_title = Content(f"{self.BORDER_TITLE} · {whose} · {total:,}")
        self._say(
            f"{self._glyphs.notice} This identifier leads to {len(members)} members."
            if len(members) > 1
            else ""
        )
        await self._list_members(is_same=is_same)
        self._sum_up()
        if is_same and self._shown is not None:
            pushes, view = self._shown
            view.archive_changed()
            pushes.changed()
            pushes.count(members[self._chosen].pushes)
        else:
            self._list_pushes()

    async def _mount_list(self) -> None:
        if self._shown is not None:
            return
        self.add_class("-listing")  # a list takes more room than a note
        from loyalty_tui.tui.widgets.push_list import PushList
        from loyalty_tui.tui.widgets.push_view import PushView

        if self._archive is not None:
            pushes = PushList(
                self._archive, self._glyphs, self._now, shows_member=False, id="pushes-list"
            )
            pushes.marked = self._shared.marked_ref
            view = PushView(self._archive, self._glyphs, self._shared)
            await self.mount(pushes, view)
            self._shown = pushes, view
            self.watch_is_revealed()

    async def _list_members(self, *, is_same: bool) -> None:
        """Give each of several members its line."""
        if len(self._members) <= 1:
            await self.query("#pushes-members").remove()
            return
        if not is_same:
            await self.query("#pushes-members").remove()
            lines = OptionList(
                *(Option(self._line(number)) for number in range(len(self._members))),
                id="pushes-members",
            )
            await self.mount(lines, before="#pushes-list")
            lines.highlighted = 0
            return
        lines = self.query_one("#pushes-members", OptionList)
        for number in range(len(self._members)):
            lines.replace_option_prompt_at_index(number, self._line(number))

    def _line(self, number: int) -> Content:
        sign = self._glyphs.current if number == self._chosen else " "
        member = self._members[number]
        pushes = wording.counted(member.pushes, "push", "pushes")
        return Content(f"{sign} {_name(member)} · {pushes}")

    def _list_pushes(self) -> None:
        if self._shown is not None:
            member = self._members[self._chosen]
            self._shown[0].ask(member.query, member.pushes)

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """List the pushes of the chosen member."""
        event.stop()
        if event.option_index != self._chosen and event.option_index < len(self._members):
            before, self._chosen = self._chosen, event.option_index
            for number in (before, self._chosen):
                event.option_list.replace_option_prompt_at_index(number, self._line(number))
            self._list_pushes()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Go to the pushes of the chosen member."""
        event.stop()
        self.focus_list()

    def action_member(self, by: int) -> None:
        """Choose the next or the previous member."""
        for lines in self.query("#pushes-members").results(OptionList):
            lines.highlighted = (self._chosen + by) % len(self._members)

    def on_push_list_highlighted(self, event: PushList.Highlighted) -> None:
        """Open the push under the cursor."""
        event.stop()
        if self._shown is not None:
            pushes, view = self._shown
            view.show(pushes.entry, pushes.ahead)

    def on_push_list_opened(self, event: PushList.Opened) -> None:
        """Go to the opened push."""
        event.stop()
        if self._shown is not None:
            self._shown[1].query_one("Tabs").focus()

    def on_push_list_noted(self, event: PushList.Noted) -> None:
        """Say in the frame what the list has to say."""
        from loyalty_tui.archive.model import Sorting
        from loyalty_tui.tui.widgets import push_columns

        event.stop()
        if self._shown is None:
            return
        pushes, _ = self._shown
        order = push_columns.in_words(pushes.sorting, descending=pushes.descending)
        is_usual = pushes.sorting is Sorting.UPDATED and pushes.descending
        self._note = " · ".join(note for note in ("" if is_usual else order, event.note) if note)
        self._sum_up()

    async def on_push_list_failed(self, event: PushList.Failed) -> None:
        """Say why the list cannot be read."""
        event.stop()
        if self._shown is not None:
            await self.show(PushesFailed(event.error))

    def watch_is_revealed(self) -> None:
        """Show list and open push again, with or without personal data."""
        self._sum_up()
        for widget in self._shown or ():
            widget.is_revealed = self.is_revealed

    def _sum_up(self) -> None:
        """Say in the frame what goes for the whole pane."""
        words = [self._note, "personal data shown" if self.is_revealed else ""]
        self.border_subtitle = Content(" · ".join(word for word in words if word))

    def focus_list(self) -> None:
        """Put the cursor into the list, when there is one."""
        if self._shown is not None:
            self._shown[0].focus()


def _ids(members: tuple[MemberFound, ...]) -> list[int | None]:
    return sorted((member.member_id for member in members), key=str)


def _name(member: MemberFound) -> str:
    name = neutralise(member.name.strip(), 40)
    number = "" if member.member_id is None else f"{member.member_id}"
    if name and number:
        return f"{name} ({number})"
    return name or number or "without an id"
