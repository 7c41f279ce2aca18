"""The peer of the start-up benchmark: the least that Textual can show."""

from textual.app import App, ComposeResult
from textual.widgets import Static


class Bare(App[None]):
    def compose(self) -> ComposeResult:
        yield Static("bare app")


Bare().run()
