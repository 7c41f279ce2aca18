"""The last line of a screen: what the keys do, as one part instead of one for each key."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final, NamedTuple

from rich.cells import cell_len
from rich.segment import Segment
from textual.strip import Strip
from textual.widget import Widget

from loyalty_tui.tui import commands

if TYPE_CHECKING:
    from typing import Any

    from textual import events
    from textual.screen import Screen


_PALETTE: Final = "palette"
_LAST: Final = (commands.HELP.action, _PALETTE)


class _Key(NamedTuple):
    key: str
    shown: str
    does: str
    tip: str
    is_on: bool

    @property
    def width(self) -> int:
        return cell_len(self.shown) + cell_len(self.does) + 3


class KeyLine(Widget):
    """Names the keys of the screen and of what has the focus; help and palette at the right.

    A key that there is no room for is left out as a whole; those two, which always fit, name all.
    """

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "key-line--key",
        "key-line--words",
        "key-line--off",
        "key-line--edge",
    }

    def __init__(self) -> None:
        super().__init__()
        self._keys: list[_Key] = []
        self._last: list[_Key] = []

    def on_mount(self) -> None:
        """Keep up with what the keys do."""
        self.screen.bindings_updated_signal.subscribe(self, self._changed)

    def _changed(self, screen: Screen[Any]) -> None:
        if self.is_attached and screen is self.screen:
            self.call_after_refresh(self._look)

    def _look(self) -> None:
        """Find out what the keys do now."""
        if not self.is_attached:
            return
        keys: dict[str, _Key] = {}
        last: dict[str, _Key] = {}
        for _, binding, is_on, tip in self.screen.active_bindings.values():
            key = _Key(
                binding.key, self.app.get_key_display(binding), binding.description,
                tip or binding.description, is_on,
            )  # fmt: skip
            if binding.key == self.app.COMMAND_PALETTE_BINDING:
                last[_PALETTE] = key
            elif binding.show and binding.action == commands.HELP.action:
                last.setdefault(binding.action, key)
            elif binding.show:
                keys.setdefault(binding.action, key)
        found = [*keys.values()], [last[name] for name in _LAST if name in last]
        if found != (self._keys, self._last):
            self._keys, self._last = found
            self.refresh()

    def _placed(self) -> list[tuple[int, _Key]]:
        """Return the keys that there is room for, each with where it begins."""
        end = self.size.width - sum(key.width for key in self._last) - bool(self._last)
        placed: list[tuple[int, _Key]] = []
        x = 0
        for key in self._keys:
            if x + key.width > end:
                break
            placed.append((x, key))
            x += key.width
        x = end + 1
        for key in self._last if end >= 0 else ():
            placed.append((x, key))
            x += key.width
        return placed

    def render_line(self, y: int) -> Strip:
        """Draw the line."""
        del y
        style = self.get_component_rich_style
        words = style("key-line--words")
        segments: list[Segment] = []
        x = 0
        for left, key in self._placed():
            if self._last and key is self._last[0]:
                segments.append(Segment(" " * (left - 1 - x), words))
                segments.append(Segment("▏", style("key-line--edge")))
            segments.append(Segment(f" {key.shown} ", style("key-line--key")))
            does = words if key.is_on else style("key-line--off")
            segments.append(Segment(f"{key.does} ", does))
            x = left + key.width
        return Strip(segments, x).adjust_cell_length(self.size.width, words)

    def _at(self, x: int) -> _Key | None:
        return next((key for left, key in self._placed() if left <= x < left + key.width), None)

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Explain the key under the mouse."""
        key = self._at(event.x)
        self.tooltip = key.tip if key else None

    def on_click(self, event: events.Click) -> None:
        """Do what the key does."""
        key = self._at(event.x)
        if key is not None and key.is_on:
            self.app.simulate_key(key.key)
        elif key is not None:
            self.app.bell()
