"""Style sheets: what the first paint needs is read at the start, the rest when it is needed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from textual.app import App

_FOLDER: Final = Path(__file__).with_name("styles")
FIRST: Final = _FOLDER / "first.tcss"
"""What the first paint needs."""
REST: Final = _FOLDER / "desk.tcss"


def style_all(app: App[Any]) -> None:
    """Read the rest of the styles, unless that has been done: each rule takes its time."""
    if not app.stylesheet.has_source(str(REST)):
        app.stylesheet.read(REST)
