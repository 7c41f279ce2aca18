"""Each view of the inspector at three sizes, with the pushes that try it, as pictures."""

import copy
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from loyalty_tui.crowdtwist import json_text
from loyalty_tui.sandbox.profiles import profiles
from loyalty_tui.sandbox.stories import STORIES
from loyalty_tui.tui.app import LoyaltyApp

from .archive import MemoryArchive
from .conftest import FIXTURES, FakeProgram

PICTURES = Path(__file__).parent / "snapshots"
SIZES = [(80, 24), (120, 40), (200, 60)]
VIEWS = ["overview", "fields", "changes", "json"]
SAMPLE = json_text.loads((FIXTURES / "crowdtwist-live-push-sample.json").read_text("utf-8"))
CUSTOM = {"employee_id": "employee1", "register_id": "1", "cashier_id": "2"}
AT = datetime(2026, 11, 1, tzinfo=UTC)


def changed(**others):
    push = copy.deepcopy(SAMPLE)
    push["tierInfo"] |= others.pop("tier", {})
    return push | others


PUSHES = {
    "document": SAMPLE,
    "custom-object": changed(customData=CUSTOM),
    "custom-json": changed(customData=json.dumps(CUSTOM)),
    "custom-text": changed(customData="register 1, cashier 2"),
    "top-tier": changed(
        tier={
            "currentLevel": {"minValue": 5000, "maxValue": None, "title": "Tier 4"},
            "nextLevel": None, "scoreNeededToReach": None, "scoreNeededToMaintain": 5000,
            "timeframe_score": 3200, "assignedByEvent": "MAINTAIN",
        },
        fanLevelName="Tier 4", shoeSize=43,
    ),
    "no-tier": changed(tier={}) | {"tierInfo": None},
    "sibling": {
        "userActivityId": 991, "userId": 6566, "activityId": 12, "title": "Visited a match",
        "points": 20, "emailAddress": None,
    },
}  # fmt: skip


@pytest.fixture
def pictured(service, settled, matches):
    """Open the newest push of an archive on the whole screen and compare a picture of each view."""

    async def picture(names, archive, size, *keys, theme="dark"):
        app = LoyaltyApp(FakeProgram(service, archive))
        app.theme = f"loyalty-{theme}"
        async with app.run_test(size=size) as pilot:
            await settled(pilot)
            for key in ("f6", "f11"):
                await pilot.press(key)
                await settled(pilot)
            for view, name in names.items():
                pilot.app.screen.query_one("#push").active = view
                await settled(pilot)  # a view is made when it is first looked at
                lines = "#fields-lines" if view == "fields" else "#push Tabs"
                pilot.app.screen.query_one(lines).focus()
                await settled(pilot)
                for key in ("down",) * 4 if view == "fields" else keys:
                    await pilot.press(key)
                    await settled(pilot)
                matches(app, PICTURES / f"inspector-{name}-{size[0]}x{size[1]}-{theme}.svg")

    return picture


def saved(push):
    """Return an archive with a push of the document's member before the given one."""
    archive = MemoryArchive()
    archive.add(changed(totalPoints=5080, city="Albany", dateLastUpdated="1489302144"))
    archive.add(push, received_at=AT)
    return archive


@pytest.fixture
def story():
    """A member of the sandbox with a year of pushes."""
    archive = MemoryArchive()
    for at, push in profiles(STORIES[0]):
        archive.add(push, received_at=at + timedelta(seconds=2))
    return archive


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", PUSHES)
async def test_each_push_in_each_view(pictured, name, size):
    await pictured({view: f"{name}-{view}" for view in VIEWS}, saved(PUSHES[name]), size)


@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize("size", SIZES)
async def test_a_year_of_points_with_the_cursor_on_a_jump(pictured, story, size, theme):
    keys = ("f9", "ctrl+left", "ctrl+left")
    await pictured({"changes": "timeline"}, story, size, *keys, theme=theme)


@pytest.mark.parametrize("size", SIZES)
async def test_all_changes_since_a_marked_push(pictured, story, size):
    keys = (*["ctrl+down"] * 4, "f10", *["ctrl+up"] * 4, "f12")
    await pictured({"changes": "marked"}, story, size, *keys)


async def test_help_lists_the_keys_of_the_inspector(pictured, story):
    await pictured({"overview": "help"}, story, (80, 24), "f1")
