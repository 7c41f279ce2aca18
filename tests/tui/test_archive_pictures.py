"""The archive view at three sizes, dark and light, as pictures to look at and compare."""

import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from loyalty_tui.tui.app import LoyaltyApp

from .archive import MemoryArchive
from .conftest import FakeProgram

PICTURES = Path(__file__).parent / "snapshots"
SIZES = [(80, 24), (120, 40), (200, 60)]
FIRST = ("George", "Ada", "Ingrid", "Kari", "Ola", "Lise", "Nora", "Jakob", "東京", "Zoë")
LAST = ("Lim", "Nilsen", "Åsen", "Lindqvist", "O’Hara", "Berg", "Dahl", "ファン")
TIERS = ("Bronze", "Silver", "Gold Supporter")
EVENTS = ("update",) * 6 + ("jump", "drop", "maintain", "START")


@pytest.fixture
def archive():
    """Ten years of 1,204 pushes of 300 made-up members, always the same ones."""
    dice = random.Random(3)  # noqa: S311 - made-up people, not keys
    people = [(dice.choice(FIRST), dice.choice(LAST)) for _ in range(300)]
    saved = MemoryArchive()
    for number in range(1204):
        person = dice.randrange(300)
        first, last = people[person]
        moment = datetime(2016, 3, 1, tzinfo=UTC) + timedelta(days=3900 * dice.random() ** 0.6)
        push = {
            "id": 6000 + person,
            "firstName": first,
            "lastName": last,
            "emailAddress": f"{first}.{last.replace('’', '')}{person}@example.org".lower(),
            "mobilePhoneNumber": f"4722{person:06}",
            "totalPoints": int(dice.random() ** 3 * 90_000),
            "redeemablePoints": int(dice.random() ** 3 * 9_000),
            "dateLastUpdated": int(moment.timestamp()),
            "signUpChannelId": number % 4,
            "city": "Oslo",
            "country": "NO",
            "tierInfo": {
                "currentLevel": {"title": dice.choice(TIERS)},
                "assignedByEvent": dice.choice(EVENTS),
            },
        }
        if number % 40 == 7:
            push = {"userActivityId": number, "userId": 6000 + person, "firstName": first}
        copies = 2 if number % 30 == 4 else 1
        saved.add(push, received_at=moment + timedelta(seconds=4), copies=copies)
    return saved


@pytest.fixture
def pictured(service, archive, settled, matches):
    """Do something in the archive view and compare the picture."""

    async def picture(name, size, *keys, theme="dark", before=None):
        app = LoyaltyApp(FakeProgram(service, archive))
        app.theme = f"loyalty-{theme}"
        async with app.run_test(size=size) as pilot:
            await settled(pilot)
            await pilot.press("f6")
            await settled(pilot)
            for key in keys:
                await pilot.press(key)
                await settled(pilot)
            if before is not None:
                await before(pilot)
            matches(app, PICTURES / f"{name}-{size[0]}x{size[1]}-{theme}.svg")
            for gate in (archive.scan_gate, archive.page_gate):
                gate.let_go()

    return picture


@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize("size", SIZES)
async def test_the_archive_view_shows_filter_time_list_and_push(pictured, size, theme):
    await pictured("archive", size, theme=theme)


@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize("size", SIZES)
async def test_a_filtered_list_sorted_by_points_with_a_range_begun(pictured, size, theme):
    keys = ("slash", *"tier", "colon", *"gold", "enter", "f8", "f8", "down", "shift+tab")
    await pictured("archive-sorted", size, *keys, *["shift+left"] * 9, theme=theme)


@pytest.mark.parametrize("size", SIZES)
async def test_a_wrong_query_and_an_index_being_built(pictured, archive, settled, size):
    async def say(pilot):
        done, total = 430_000_000, 10**9
        archive.say(pushes=512_000, bytes_done=done, bytes_total=total, seconds=2.0, is_done=False)
        await settled(pilot)

    await pictured("archive-wrong", size, "slash", *"tier", "colon", *"gold teir", "colon",
                   before=say)  # fmt: skip


@pytest.mark.parametrize("size", SIZES)
async def test_what_is_offered_while_one_types(pictured, size):
    await pictured("archive-offers", size, "slash", *"tier", "colon", "down")


@pytest.mark.parametrize("size", SIZES)
async def test_what_is_new_and_what_was_typed_to_jump(pictured, archive, settled, size):
    async def arrive(pilot):
        for number in range(3):
            archive.arrive({"id": number, "emailAddress": "a@example.org", "dateLastUpdated": 2e9})
            await settled(pilot)
        await pilot.press(*"2021")
        await settled(pilot)

    await pictured("archive-new", size, "pagedown", before=arrive)


@pytest.mark.parametrize("size", SIZES)
async def test_rows_that_are_not_here_yet(pictured, archive, size):
    async def drag(pilot):
        archive.page_gate.close()
        pilot.app.screen.query_one("#archive-list").scroll_to(y=600, animate=False)
        await pilot.pause()

    await pictured("archive-waiting", size, before=drag)


async def test_one_push_on_a_narrow_screen(pictured):
    await pictured("archive-push", (80, 24), "down", "enter")


async def test_help_lists_the_keys_of_the_archive_view(pictured):
    await pictured("archive-help", (80, 24), "f1")
