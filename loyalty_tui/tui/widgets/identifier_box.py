"""The one box: a phone number or an e-mail address, and what was understood of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Static

from loyalty_tui.privacy import neutralise
from loyalty_tui.tui import commands

if TYPE_CHECKING:
    from textual import events
    from textual.app import ComposeResult

    from loyalty_tui.identifiers import Identifier
    from loyalty_tui.tui.glyphs import Glyphs

LONGEST = 1_001
"""Characters the box takes: one more than are read, so that a text that was cut is refused."""


EMPTY_HINT = "with + and its country code, a number works from anywhere"


class PlainInput(Input):
    """An input that takes keys in their order, and a paste of any shape as one harmless line."""

    async def _on_key(self, event: events.Key) -> None:
        # Textual looks keys that edit up only when they have come by all parents: letters that
        # came in the same burst, as over a slow line, would overtake them.
        if not event.is_printable:
            for binding in self._bindings.key_to_bindings.get(event.key, ()):
                if await self.app.run_action(binding.action, self):
                    event.stop()
                    return

    def _on_paste(self, event: events.Paste) -> None:
        event.prevent_default()
        event.stop()
        start, end = self.selection
        text = neutralise(event.text).strip()
        if self.max_length is not None:
            text = text[: max(0, self.max_length - len(self.value) + abs(end - start))]
        self.replace(text, start, end)


class IdentifierBox(Horizontal):
    """The box, with a line that says while one types what was understood or is missing."""

    BINDINGS: ClassVar[list[BindingType]] = [
        commands.LOOK_UP.binding(),
        Binding("down", "screen.focus_next", show=False),
    ]

    class Asked(Message):
        """The user wants the member behind what the box says."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    class Edited(Message):
        """What the box says has changed."""

        def __init__(self, identifier: Identifier | None) -> None:
            super().__init__()
            self.identifier = identifier

    def __init__(self, glyphs: Glyphs) -> None:
        super().__init__()
        self._glyphs = glyphs
        self.phone_region = ""
        """The profile's region, for national numbers."""

    def compose(self) -> ComposeResult:
        """Lay out prompt, box and hint."""
        yield Static(self._glyphs.search, id="prompt", markup=False)
        yield PlainInput(
            placeholder="phone number or e-mail address",
            id="identifier",
            max_length=LONGEST,
            compact=True,
            select_on_focus=False,
        )
        yield Static(EMPTY_HINT, id="understood", classes="open", markup=False)

    @property
    def text(self) -> str:
        """What the box says."""
        return self.query_one(Input).value

    def fill(self, text: str) -> None:
        """Put a text into the box, the cursor behind it."""
        box = self.query_one(Input)
        box.value = text
        box.cursor_position = len(text)

    def type_ahead(self, character: str) -> None:
        """Take a key that was pressed before the box had the focus."""
        box = self.query_one(Input)
        box.insert_text_at_cursor(character)
        box.focus()

    def focus_input(self) -> None:
        """Put the cursor into the box; the next key replaces what it says."""
        box = self.query_one(Input)
        self.screen.set_focus(box)  # at once: keys may have been typed after the one for it
        box.select_all()

    def say(self, sentence: str) -> None:
        """Say in the hint's place why what the box says cannot be looked up."""
        hint = self.query_one("#understood", Static)
        hint.update(Content(neutralise(sentence)))
        hint.set_classes("wrong")

    def action_look_up(self) -> None:
        """Ask for the member."""
        self.post_message(self.Asked(self.text))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Ask for the member, Enter having been pressed in the box."""
        event.stop()
        self.action_look_up()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Say what is understood so far."""
        from loyalty_tui import identifiers

        event.stop()
        # Of what the box says now: when keys come in bursts, the event's value is already old.
        understanding = identifiers.understand(self.text, self.phone_region)
        identifier = understanding.identifier
        hint = self.query_one("#understood", Static)
        hint.update(Content(understanding.hint or EMPTY_HINT))
        hint.set_classes("known" if identifier and not identifier.notice else "open")
        self.post_message(self.Edited(identifier))
