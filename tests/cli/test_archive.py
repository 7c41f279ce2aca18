"""`loyalty-tui archive …`: what it prints, and how it ends."""

import json
import os
import re
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from loyalty_tui.archive import following, processes
from loyalty_tui.cli.context import LateArchive
from loyalty_tui.sandbox import crowdtwist

FIXTURES = Path(__file__).parents[1] / "fixtures"


@pytest.fixture
def folder(tmp_path):
    crowdtwist.write_archive(tmp_path / "pushes of ours")
    return str(tmp_path / "pushes of ours")


def lines(outcome):
    return [json.loads(line) for line in outcome.out.splitlines()]


def test_index_and_stats_count_what_there_is(typed, folder):
    indexed = typed("archive", "index", "--archive", folder)
    assert (indexed.code, indexed.err) == (0, "")
    assert "Pushes: 44\n" in indexed.out
    stats = typed("archive", "stats", "--json", "--archive", folder)
    (document,) = lines(stats)
    assert set(document) == {"schema", "files", "pushes", "members", "unreadable", "bytes"}
    assert document["schema"] == "loyalty-tui/archive-stats/1"
    assert (document["pushes"], document["unreadable"]) == (44, 1)


def test_stats_say_how_many_pushes_came_again(typed, tmp_path):
    sample = FIXTURES / "crowdtwist-live-push-sample.json"
    for name in ("a.json", "b.json"):
        (tmp_path / name).write_bytes(sample.read_bytes())
    stats = typed("archive", "stats", "--archive", str(tmp_path))
    assert "Pushes: 2, 1 of them again with the same body\n" in stats.out


def test_list_prints_one_document_a_line_the_newest_first(typed, folder):
    listed = lines(typed("archive", "list", "george", "-event:drop", "--json", "--archive", folder))
    assert [set(document) for document in listed] == [
        {
            "schema", "ref", "member_id", "received_at", "updated_at", "event", "tier",
            "total_points", "redeemable_points", "name", "email", "phone",
        }
    ] * len(listed)  # fmt: skip
    newest = listed[0]
    assert newest["schema"] == "loyalty-tui/push/1"
    assert newest["member_id"] == 6566
    assert (newest["email"], newest["phone"]) == ("g•••@crowdtwist.com", "•••••••••21")
    times = [document["updated_at"] for document in listed]
    assert times == sorted(times, reverse=True)
    assert all(time.endswith("Z") and len(time) == 20 for time in times)


def test_a_choice_that_no_push_has_is_told_beside_the_empty_list(typed, folder):
    listed = typed("archive", "list", "country:norway", "--json", "--archive", folder)
    assert (listed.code, listed.out) == (0, "")
    assert listed.err.startswith("loyalty-tui: No push has country:norway; there are ")
    for query in ("nobody-at-all", "-country:norway"):
        assert not typed("archive", "list", query, "--archive", folder).err


def test_personal_data_is_shown_on_request_only(typed, folder):
    hidden = typed("archive", "list", "id:6566", "--archive", folder)
    shown = typed("archive", "list", "id:6566", "--reveal", "--archive", folder)
    assert "george15@crowdtwist.com" not in hidden.out
    assert "george15@crowdtwist.com" in shown.out


def test_a_list_can_be_sorted_turned_and_cut(typed, folder):
    def points(*words):
        listed = typed("archive", "list", "--json", "--sort", "points", "--archive", folder, *words)
        return [document["total_points"] for document in lines(listed)]

    falling = [number for number in points() if number is not None]
    assert falling == sorted(falling, reverse=True)
    assert points("--limit", "3") == falling[:3]
    rising = [number for number in points("--reverse") if number is not None]
    assert rising == falling[::-1]
    assert typed("archive", "list", "--limit", "-1", "--archive", folder).code == 2


def test_show_prints_the_push_itself(typed, folder):
    (document,) = lines(
        typed("archive", "list", "until:2017", "--limit", "1", "--json", "--archive", folder)
    )
    shown = typed("archive", "show", document["ref"], "--json", "--archive", folder)
    (push,) = lines(shown)
    assert (push["id"], push["emailAddress"]) == (6566, "george15@crowdtwist.com")
    readable = typed("archive", "show", document["ref"], "--archive", folder)
    assert "CrowdTwist id: 6566" in readable.out
    assert "george15@crowdtwist.com" not in readable.out


def test_secrets_are_never_shown(typed, tmp_path):
    folder = tmp_path / "secret"
    folder.mkdir()
    (folder / "a.json").write_text('{"tierInfo": null, "id": 1, "Password": "s3cret"}')
    shown = typed("archive", "show", "a.json:0", "--json", "--archive", str(folder))
    assert lines(shown) == [{"tierInfo": None, "id": 1, "Password": "[redacted]"}]


def test_verify_names_every_place_that_cannot_be_read(typed, folder):
    verified = typed("archive", "verify", "--archive", folder)
    assert verified.code == 7
    assert "line " in verified.out
    assert "1 place cannot be read" in verified.err
    (place,) = lines(typed("archive", "verify", "--json", "--archive", folder))
    assert place["line"] > 0
    assert place["file"].startswith("pushes/")


def test_verify_is_content_with_an_archive_without_faults(typed, tmp_path):
    (tmp_path / "a.json").write_text('{"tierInfo": null, "id": 1}')
    assert typed("archive", "verify", "--archive", str(tmp_path)).code == 0


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["list", "tirer:gold"], 2, 'no field "tirer" (character 1). Did you mean tier:?'),
        (["list", "points:many"], 2, "takes a number"),
        (["show", "nothing.json:0"], 7, "no such push"),
        ([], 2, "Say what to do with the archive."),
    ],
)
def test_what_is_wrong_is_said_in_one_sentence_with_its_exit_code(typed, folder, words, code, said):
    outcome = typed("archive", *words, "--archive", folder)
    assert (outcome.code, outcome.out) == (code, "")
    assert said in outcome.err
    assert "Traceback" not in outcome.err


def test_without_a_folder_it_says_how_to_name_one(typed):
    outcome = typed("archive", "list")
    assert outcome.code == 2
    assert "--archive DIR" in outcome.err


def test_a_folder_that_is_gone_is_an_archive_error(typed, tmp_path):
    outcome = typed("archive", "stats", "--archive", str(tmp_path / "gone"))
    assert outcome.code == 7
    assert "does not exist" in outcome.err


def test_a_cache_that_cannot_be_written_is_named(typed, folder, home):
    home.mkdir(exist_ok=True)
    (home / "cache").write_text("a file where the folder would be")
    outcome = typed("archive", "list", "--archive", folder)
    assert (outcome.code, outcome.out) == (7, "")
    assert "The index cannot be written" in outcome.err
    assert str(home) in outcome.err


def test_the_index_lies_in_the_cache_and_nothing_in_the_archive(typed, folder, home, tmp_path):
    before = sorted((tmp_path / "pushes of ours").rglob("*"))
    typed("archive", "index", "--archive", folder)
    assert sorted((tmp_path / "pushes of ours").rglob("*")) == before
    assert list(home.rglob("index-*.sqlite"))


def test_an_archive_that_was_never_indexed_is_read_before_anybody_asks(tmp_path, folder):
    index = tmp_path / "index"
    archive = LateArchive(Path(folder), index, starts_early=True)
    try:
        deadline = time.monotonic() + 20
        while not list(index.glob("index-*.sqlite")):
            assert time.monotonic() < deadline, "nothing was read"
    finally:
        archive.close()


def test_one_that_was_indexed_is_left_alone_until_somebody_asks(tmp_path, folder):
    index = tmp_path / "index"
    index.mkdir()
    archive = LateArchive(Path(folder), index, starts_early=True)
    archive.close()
    assert not list(index.iterdir())


@pytest.fixture
def many(typed, tmp_path, home):
    """A folder of many alike pushes, its index, and what is listed in each way.

    A later index numbers the files otherwise.
    """
    folder = tmp_path / "many"
    folder.mkdir()
    for start in (0, 600):
        lines = (
            f'{{"tierInfo":null,"id":{number},"firstName":"Anna","totalPoints":{number % 2},'
            f'"dateLastUpdated":"{1_490_000_000 + number % 3}","signUpChannelId":4}}\n'
            for number in range(start, start + 600)
        )
        (folder / f"{start}.ndjson").write_text("".join(lines))
        typed("archive", "index", "--archive", str(folder))
    (index,) = home.rglob("index-*.sqlite")
    return str(folder), index


def repaired(typed, many, damage, *words):
    """Run a command with an index that is whole, then with it damaged; return both outcomes."""
    folder, index = many
    whole = typed("archive", *words, "--archive", folder)
    damage(index)
    return whole, typed("archive", *words, "--archive", folder)


@pytest.mark.parametrize("share", [0.05, 0.35, 0.65, 0.95])
@pytest.mark.parametrize(
    "words",
    [
        ("list", "--json"),
        ("list", "--json", "--sort", "points", "--reverse"),
        ("list", "--json", "--sort", "member", "signUpChannelId:4"),
        ("list", "--limit", "1100"),
        ("stats",),
        ("verify",),
    ],
    ids=" ".join,
)
def test_an_index_damaged_anywhere_costs_no_push_and_doubles_none(typed, many, share, words):
    def damage(index):
        with index.open("r+b") as file:
            file.seek(int(index.stat().st_size * share) // 8192 * 8192)
            file.write(b"\xff" * 16_384)

    whole, damaged = repaired(typed, many, damage, *words)
    assert (damaged.code, damaged.err) == (0, "")
    assert len(damaged.out.splitlines()) == len(whole.out.splitlines())
    if "--limit" not in words:  # what is equal is in another order where files are
        assert sorted(damaged.out.splitlines()) == sorted(whole.out.splitlines())


@pytest.mark.parametrize(
    "table",
    ["file", "person", "home", "search", "standing", "push", "copy", "exact", "unreadable",
     "forgotten", "unlisted", "progress"],
)  # fmt: skip
def test_an_index_without_one_of_its_tables_is_made_anew(typed, many, table):
    def damage(index):
        with closing(sqlite3.connect(index)) as db:
            db.execute(f"DROP TABLE {table}")

    whole, damaged = repaired(typed, many, damage, "list", "anna", "--json")
    assert (damaged.code, damaged.err) == (0, "")
    assert sorted(damaged.out.splitlines()) == sorted(whole.out.splitlines())
    stats = typed("archive", "stats", "--archive", many[0])
    assert "Pushes: 1,200" in stats.out


@pytest.mark.parametrize(
    "behind",
    [b"CREATE TABL", b"SQLite format 3\0".ljust(47, b".")],
    ids=["its tables", "its format"],
)
@pytest.mark.parametrize("words", [("list", "--json"), ("verify",), ("show", "{ref}", "--json")])
def test_an_index_that_cannot_even_be_opened_is_made_anew(typed, many, words, behind):
    ref = json.loads(typed("archive", "list", "--json", "--archive", many[0]).out.splitlines()[0])
    words = [word.format(**ref) for word in words]

    def damage(index):
        with closing(sqlite3.connect(index)) as db:
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        sound = index.read_bytes()
        place = re.search(behind, sound, re.DOTALL).end()
        index.write_bytes(sound[:place] + b"\xff" + sound[place + 1 :])

    before, after = repaired(typed, many, damage, *words)
    assert (after.code, after.err) == (0, "")
    assert sorted(after.out.splitlines()) == sorted(before.out.splitlines())


@pytest.mark.parametrize(
    "damage", [b"garbage" * 1000, b"SQLite format 3\0"], ids=["garbage", "cut off"]
)
def test_a_damaged_lock_of_the_index_is_taken_anew(typed, many, damage):
    (many[1].parent / "writer.lock").write_bytes(damage)
    assert "Pushes: 1,200" in typed("archive", "index", "--archive", many[0]).out


def test_an_index_that_cannot_be_made_anew_is_an_error(typed, many, monkeypatch):
    monkeypatch.setattr(following, "report_damage", lambda _: None)

    def damage(index):
        with index.open("r+b") as file:
            file.seek(65_536)
            file.write(b"\xff" * 65_536)

    _, damaged = repaired(typed, many, damage, "list", "--json")
    assert damaged.code == 7
    assert "The index is damaged" in damaged.err


def test_who_does_not_write_the_index_waits_for_it_to_be_made_anew(typed, many):
    folder, index = many
    words = processes.command("loyalty_tui.archive.following", folder, str(index.parent))
    with subprocess.Popen(  # noqa: S603 - our own module
        words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=processes.environment()
    ) as indexer:
        assert b"progress" in indexer.stdout.readline()
        with index.open("r+b") as file:
            file.seek(65_536)
            file.write(b"\xff" * 65_536)
        listed = typed("archive", "list", "--json", "--archive", folder)
        indexer.stdin.close()
    assert (listed.code, len(listed.out.splitlines())) == (0, 1200)


def test_beside_an_open_desk_nothing_is_waited_for(typed, many):
    folder, index = many
    words = processes.command("loyalty_tui.archive.following", folder, str(index.parent))
    with subprocess.Popen(  # noqa: S603 - our own module
        words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=processes.environment()
    ) as indexer:
        while not json.loads(indexer.stdout.readline())["progress"][-1]:
            pass
        for verb in ("index", "list", "stats"):
            done = typed("archive", verb, "--archive", folder)
            assert (done.code, done.err) == (0, "")
        indexer.stdin.close()


def test_verify_names_one_place_by_line_and_byte(typed, tmp_path):
    text = '{"id": 1}\n{\n  "id": 2,\n  "city": nope\n}\n'
    (tmp_path / "a.json").write_text(text, encoding="utf-8")
    (place,) = lines(typed("archive", "verify", "--json", "--archive", str(tmp_path)))
    assert place["line"] == 4
    assert text[place["offset"] :].startswith('  "city": nope')


@pytest.mark.parametrize("name", ["-n.json", "-5:6.json", "-h.json", "å\u202e.json", "a b\n.json"])
def test_every_reference_that_is_listed_is_shown_whatever_the_locale_is(tmp_path, name):
    (tmp_path / name).write_text('{"orderId":1}')

    def printed(*words):
        return subprocess.run(  # noqa: S603 - our own interpreter and words
            [sys.executable, "-m", "loyalty_tui", "archive", *words, "--archive", tmp_path],
            env={**os.environ, "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
            capture_output=True, check=True,
        ).stdout  # fmt: skip

    ref = json.loads(printed("list", "--json"))["ref"]
    assert json.loads(printed("show", ref.encode(), "--json")) == {"orderId": 1}


@pytest.mark.parametrize("environment", [
    {"PYTHONUTF8": "1"}, {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
])  # fmt: skip
def test_a_query_is_utf_8_whatever_the_locale_is(tmp_path, environment):
    (tmp_path / "a.json").write_text('{"id":1,"firstName":"N\\u00fa\\u00f1ez","tierInfo":null}')
    for query, found in (
        ("Núñez".encode(), 1), (b"\xff", 0), (b'"\xff"', 0), (b"email:\xff", 0), (b"N\xff", 0),
    ):  # fmt: skip
        done = subprocess.run(  # noqa: S603 - our own interpreter and words
            [sys.executable, "-m", "loyalty_tui", "archive", "list", "--archive", tmp_path, query],
            env={**os.environ, **environment}, capture_output=True, check=False,
        )  # fmt: skip
        assert (done.returncode, done.stdout.count(b"\n"), done.stderr) == (0, found, b"")


@pytest.mark.parametrize(
    "words",
    [
        ["--limit", "-5"],
        ["--limit=-5"],
        ["--limit", "x"],
        ["--limit", "1" * 5_000],
        ["--limit", "-country:NO"],
    ],
)
def test_a_limit_that_is_no_number_is_said_in_words(typed, folder, words):
    outcome = typed("archive", "list", *words, "--archive", folder)
    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err == (
        "loyalty-tui: --limit takes a number of pushes. Write it like --limit 50.\n"
    )


def test_a_limit_beyond_all_counting_is_none(typed, folder):
    everything = typed("archive", "list", "--archive", folder)
    assert typed("archive", "list", "--limit", "9" * 24, "--archive", folder) == everything


def test_wrong_words_are_said_as_they_were_typed_and_steer_no_terminal(typed, folder):
    outcome = typed("archive", "list", "--sort", "-x", "--no-such\x1b[2J", "--archive", folder)
    assert outcome.code == 2
    assert not re.search(r"[\0\x1b]|x00", outcome.err)
