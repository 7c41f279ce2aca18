"""The left side: the member's five designed states."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widgets import LoadingIndicator, OptionList, Static
from textual.widgets.option_list import Option

from loyalty_tui.privacy import neutralise
from loyalty_tui.tui import wording
from loyalty_tui.tui.state import Empty, Failed, Loaded, Loading, MemberState, NotFound

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from textual.widget import Widget

    from loyalty_tui.archive.model import Entry
    from loyalty_tui.tui.glyphs import Glyphs
    from loyalty_tui.tui.program import Example


class MemberView(VerticalScroll):
    """Shows one MemberState; scrolls when it is longer than the screen."""

    class Chosen(Message):
        """One of the examples was chosen."""

        def __init__(self, identifier: str) -> None:
            super().__init__()
            self.identifier = identifier

    def __init__(
        self, glyphs: Glyphs, now: Callable[[], datetime], examples: tuple[Example, ...]
    ) -> None:
        super().__init__()
        self._glyphs = glyphs
        self._now = now
        self._examples = examples
        self._state: MemberState | None = None
        self._showing = asyncio.Lock()

    async def show(self, state: MemberState) -> None:
        """Replace what is shown; of several calls at once each is finished before the next."""
        async with self._showing:
            await self._show(state)

    async def show_beside(self, newest: tuple[Entry, ...]) -> None:
        """Show beside a member that was found what their newest pushes say, if there are any."""
        async with self._showing:
            cards = self.query("BothVendorsCard")
            if not isinstance(self._state, Loaded) or not newest:
                await cards.remove()
                return
            from loyalty_tui.tui.widgets.both_vendors import BothVendorsCard

            with self.app.batch_update():
                await cards.remove()
                card = BothVendorsCard(self._state, newest, self._now())
                if self.is_attached and self.query("LadderCard"):  # else the desk is being left
                    await self.mount(card, after="LadderCard")

    async def _show(self, state: MemberState) -> None:
        if isinstance(state, Loading) and isinstance(self._state, Loading) and state.attempt:
            self.query_one("#try", Static).update(Content(wording.attempt(state.attempt)))
            self._state = state
            return
        self._state = state
        with self.app.batch_update():
            await self.remove_children()
            if self.is_attached:
                await self.mount_all(self._widgets(state))
        self.scroll_home(animate=False)
        self.can_focus = isinstance(state, Loaded)

    def _widgets(self, state: MemberState) -> list[Widget]:
        match state:
            case Empty():
                return self._empty()
            case Loading():
                return self._loading(state)
            case NotFound():
                return [self._message(state, "No such member")]
            case Failed():
                return [self._message(state, "That did not work")]
            case Loaded():
                return self._loaded(state)

    def _empty(self) -> list[Widget]:
        words = Content.assemble(
            ("Whom are you looking for?", "bold"),
            "\n\nType a phone number or an e-mail address, then press Enter.",
        )
        widgets: list[Widget] = [Static(words, classes="message")]
        if self._examples:
            widgets.append(
                Static(
                    "Some to try; nothing of the demo leaves this computer:",
                    classes="message-aside",
                )
            )
            widgets.append(
                OptionList(
                    *(
                        Option(
                            Content.assemble(
                                (example.identifier.ljust(28), "bold $primary"),
                                (f" {example.note}", "$foreground-muted"),
                            ),
                            id=f"example-{number}",
                        )
                        for number, example in enumerate(self._examples)
                    ),
                    id="examples",
                )
            )
        return widgets

    def _loading(self, state: Loading) -> list[Widget]:
        title = Content.assemble(
            f"{self._glyphs.waiting} Looking up ", (wording.short(state.identifier), "bold")
        )
        attempt = wording.attempt(state.attempt) if state.attempt else ""
        return [
            Vertical(
                Static(title),
                Static(attempt, id="try", markup=False),
                LoadingIndicator(),
                Static(Content.styled("Esc cancels.", "$foreground-muted")),
                classes="message",
            )
        ]

    def _message(self, state: NotFound | Failed, title: str) -> Widget:
        if isinstance(state, Failed):
            heading = (f"{self._glyphs.failure} {title}", "bold $error")
            keys = "Ctrl+R tries again, Esc clears the box."
        else:
            heading = (f"{self._glyphs.nobody} {title}", "bold $warning")
            keys = "Esc clears the box."
        whom = f" · {wording.short(state.identifier)}"
        error = state.error
        paragraphs = (error.sentence, error.remedy, state.identifier.notice)
        words = "".join(f"\n\n{neutralise(each)}" for each in paragraphs if each)
        content = Content.assemble(heading, whom, words, (f"\n\n{keys}", "$foreground-muted"))
        return Static(content, classes="message")

    def _loaded(self, state: Loaded) -> list[Widget]:
        from loyalty_tui.tui.widgets.badges import BadgesCard
        from loyalty_tui.tui.widgets.balance import BalanceCard
        from loyalty_tui.tui.widgets.rank_ladder import LadderCard

        return [
            BalanceCard(state, self._now(), self._glyphs),
            LadderCard(state.ladder, self._glyphs),
            BadgesCard(state.summary.distinctions, self._glyphs),
        ]

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Offer the chosen example to the desk."""
        event.stop()
        self.post_message(self.Chosen(self._examples[event.option_index].identifier))
