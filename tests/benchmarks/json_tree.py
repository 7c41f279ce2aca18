"""A push of five megabytes in the JSON view: when its first rows are on the screen.

The view runs in an app of its own, as in the desk; its first paint counts from handing it the text.
"""

import asyncio
import json
import statistics
import time
from typing import ClassVar
from unittest.mock import patch

from figures import Figure

ROUNDS = 5
CHARACTERS = 5_000_000
SIZE = (120, 40)
PATIENCE = 120


def large_push():
    """Return the JSON of a push whose custom data make it as large as that."""
    record = {"name": "a value", "number": 1.5, "list": [1, 2, {"none": None}], "flag": True}
    count = CHARACTERS // len(json.dumps({"key 00000": record}))
    custom = {f"key {number:05}": record for number in range(count)}
    return json.dumps({"id": 6566, "emailAddress": "a@example.org", "customData": custom})


async def _first_paint(text):
    """Return the seconds to the first paint, and the longest wait of the event loop until all."""
    from textual.app import App

    from loyalty_tui.tui import styling, themes
    from loyalty_tui.tui.widgets.json_tree_pane import JsonTreePane
    from loyalty_tui.tui.widgets.json_view import JsonView

    class Bare(App[None]):
        CSS_PATH: ClassVar = [str(styling.FIRST), str(styling.REST)]

        def __init__(self):
            super().__init__()
            self.register_theme(themes.DARK)
            self.theme = themes.DARK.name

        def compose(self):
            yield JsonView()

    painted = asyncio.Event()
    draw = JsonTreePane.render_lines

    def watched(pane, crop):
        if pane.height_of_all > 1:
            pane.call_after_refresh(painted.set)
        return draw(pane, crop)

    app = Bare()
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        view = app.query_one(JsonView)
        began = last = time.perf_counter()
        with patch.object(JsonTreePane, "render_lines", watched):
            view.show(text)
            await asyncio.wait_for(painted.wait(), PATIENCE)
        first = time.perf_counter() - began
        longest = 0.0
        while any(not worker.is_finished for worker in app.workers):
            await asyncio.sleep(0)
            now = time.perf_counter()
            last, longest = now, max(longest, now - last)
    return first, longest


def rows():
    """All figures of the tree."""
    text = large_push()
    taken = [asyncio.run(_first_paint(text)) for _ in range(ROUNDS)]
    first, longest = (statistics.median(times) * 1_000 for times in zip(*taken, strict=True))
    yield Figure("5 MB push to its tree's first paint, ms", first, most=300)
    yield Figure("longest wait of the screen until it is all read, ms", longest)
