"""The filter box: one line of the query language, asked anew with every key."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from textual import work
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Static

from loyalty_tui.archive.query.model import QueryError
from loyalty_tui.privacy import neutralise
from loyalty_tui.tui.asking import Asking
from loyalty_tui.tui.widgets.end_label import EndLabel
from loyalty_tui.tui.widgets.filter_input import FilterInput
from loyalty_tui.tui.widgets.filter_offers import FilterOffers

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from textual.app import ComposeResult

    from loyalty_tui.archive.query.completion import Completion
    from loyalty_tui.archive.query.model import Query
    from loyalty_tui.errors import ArchiveError
    from loyalty_tui.tui.glyphs import Glyphs

_FOUND_FIRST: Final = 0.06
"""Seconds that what was typed has before what could follow it is shown."""
HINT = "name, e-mail, phone, or a field: tier:gold points:>5000 since:7d"


class FilterBox(Vertical):
    """Reads what is typed, says where it is wrong and offers what could follow."""

    class Asked(Message):
        """There is another query to answer."""

        def __init__(self, query: Query) -> None:
            super().__init__()
            self.query = query

    class Edited(Message):
        """A key has changed the line: whatever still runs for the old one is not wanted."""

    class Finished(Message):
        """The user wants to go on to what was found."""

    def __init__(
        self,
        now: Callable[[], datetime],
        known: Callable[[str], tuple[str, ...]],
        glyphs: Glyphs,
    ) -> None:
        super().__init__()
        self._now = now
        self._known = known
        self._glyphs = glyphs
        self._parsed = ""
        self._completion: Completion | None = None
        self._completed = ""
        """The line that what is offered, or being looked up, belongs to."""
        self._is_taking = False
        """Whether what is being looked up is to be taken, not only shown."""
        self._offering = Asking(self, "offers", self._offer_nothing)

    def compose(self) -> ComposeResult:
        """Lay out prompt, line and count, and what comes beneath."""
        with Horizontal(id="filter-line"):
            yield Static(self._glyphs.search, id="filter-prompt", markup=False)
            yield FilterInput(HINT)
            yield EndLabel("filter-count")
        wrong = Static("", id="filter-wrong", markup=False)
        wrong.display = False
        yield wrong
        yield FilterOffers(self._glyphs)

    def on_mount(self) -> None:
        """Load what the first key needs, so that it is as quick as the others."""
        self._prepare()

    @work(thread=True, group="warm-up")
    def _prepare(self) -> None:
        from loyalty_tui.archive.query import completion, language

        completion.complete("", 0, self._known)
        language.parse("a", self._now())

    @property
    def text(self) -> str:
        """What the line says."""
        return self._input.value

    @property
    def _input(self) -> FilterInput:
        return self.query_one(FilterInput)

    def fill(self, text: str) -> None:
        """Put a query into the line."""
        self._input.value = text
        self._input.cursor_position = len(text)

    def clear(self) -> bool:
        """Empty the line that the cursor is in; return whether there was anything in it."""
        if not (self._input.has_focus and self.text):
            return False
        self.fill("")
        return True

    def focus_input(self) -> None:
        """Put the cursor into the line, at once: keys may have been typed after the one for it."""
        self.screen.set_focus(self._input)

    def type_ahead(self, character: str) -> None:
        """Take a key that was pressed before the line had the focus."""
        self._input.insert_text_at_cursor(character)
        self.focus_input()

    def say_count(self, words: str) -> None:
        """Say at the right how many pushes were found; nothing beside a query that is wrong."""
        self.query_one(EndLabel).say("" if self.has_class("-wrong") else words)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Read the line; ask when it can be understood, else say where it cannot."""
        event.stop()
        text = self.text  # when keys come in bursts, the event's value is already old
        if text == self._parsed:
            return
        self._parsed = text
        self.post_message(self.Edited())
        from loyalty_tui.archive.query import language

        try:
            query = language.parse(text, self._now())
        except QueryError as error:
            self._say_wrong(error)
        else:
            self._say_right()
            self.post_message(self.Asked(query))
        if self._input.has_focus:
            self._offer()

    def _say_wrong(self, error: QueryError) -> None:
        self._input.mark(error.start, error.end)
        line = self.query_one("#filter-wrong", Static)
        words = [self._glyphs.notice, neutralise(error.sentence), neutralise(error.remedy)]
        if any(offer not in error.remedy for offer in error.offers):  # else they have been said
            words.append(f"There is: {', '.join(neutralise(offer, 40) for offer in error.offers)}.")
        line.update(Content(" ".join(word for word in words if word)))
        line.display = True
        self.add_class("-wrong")
        self.say_count("")

    def _say_right(self) -> None:
        self._input.mark(0, 0)
        self.query_one("#filter-wrong").display = False
        self.remove_class("-wrong")

    # What is offered

    def _offer(self) -> None:
        """Look up, in a thread, what could stand where the cursor is."""
        if not self._is_taking:  # else that comes first
            self._look_up(self.text, self._input.cursor_position)

    def _look_up(self, text: str, cursor: int) -> None:
        from loyalty_tui.archive.query import completion

        self._completed = text
        self._offering.ask(
            lambda _: completion.complete(text, cursor, self._known), self._show_offers
        )

    def _show_offers(self, completion: Completion) -> None:
        if not self.query(FilterOffers):
            return
        self._completion = completion
        self._input.has_offers = bool(completion.offers)
        if self._is_taking:
            self._is_taking = False
            self._take_offer(0)
            return
        # They lie over what the key found, and lay the screen out anew: that comes first.
        self.run_worker(self._lay_out_offers(completion), group="offers-shown", exclusive=True)

    async def _lay_out_offers(self, completion: Completion) -> None:
        await asyncio.sleep(_FOUND_FIRST)
        if completion is self._completion:
            for offers in self.query(FilterOffers):
                offers.show(completion.offers)

    def _offer_nothing(self, _error: ArchiveError | None = None) -> None:
        self._offering.stop()
        self._is_taking = False
        if not self.query(FilterOffers):
            return
        self._completion = None
        self._input.has_offers = False
        self.query_one(FilterOffers).show(())

    def on_filter_input_key(self, event: FilterInput.Key) -> None:
        """Take, change or drop what is offered; go on to what was found."""
        event.stop()
        match event.meaning:
            case "take":
                self._take(event.text, event.cursor)
            case "move":
                self.query_one(FilterOffers).move(event.by)
            case "drop":
                self._offer_nothing()
            case _:
                self.post_message(self.Finished())

    def _take(self, text: str, cursor: int) -> None:
        """Take the chosen offer for the line as it was when the key was pressed.

        In a burst of keys that offer is not known yet, and more may have been typed behind it.
        """
        if self._offering.is_busy or text != self._completed:
            self._is_taking = True
            self._look_up(text, cursor)
        else:
            offers, found = self.query_one(FilterOffers), self._completion
            self._take_offer(offers.chosen if found and found.offers == offers.offers else 0)

    def _take_offer(self, chosen: int) -> None:
        from loyalty_tui.archive.query import completion

        found, text, at = self._completion, self.text, self._input.cursor_position
        self._offer_nothing()
        if found and chosen < len(found.offers) and text.startswith(self._completed[: found.end]):
            self._input.value, cursor = completion.apply(text, found, found.offers[chosen])
            self._input.cursor_position = cursor + max(0, at - found.end)
        else:
            self._offer()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Go on to what was found."""
        event.stop()
        self._offer_nothing()
        self.post_message(self.Finished())

    def on_descendant_blur(self) -> None:
        """Offer nothing while the user is elsewhere."""
        self._offer_nothing()
