import json
import os
import socket
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from loyalty_tui.archive.scan import Archive, Unreadable
from loyalty_tui.crowdtwist import json_text
from loyalty_tui.errors import ArchiveError, ExitCode
from loyalty_tui.identifiers import Email, Phone

SAMPLE = Path(__file__).parents[1] / "fixtures" / "crowdtwist-live-push-sample.json"
EMAIL = "george15@crowdtwist.com"
DIGITS = "12312312321"
REUSED_FOLDER = settings(
    deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50
)


def push(member_id=1, email="ann@b.c", updated=1490302144, **more):
    return {"id": member_id, "emailAddress": email, "dateLastUpdated": str(updated), **more}


def address(text):
    return Email(text, text)


def phone(digits):
    return Phone(f"+{digits}", f"+{digits}", "", "")


def write(folder, name, *documents, end="\n"):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    texts = [text if isinstance(text, str) else json.dumps(text) for text in documents]
    path.write_bytes(("\n".join(texts) + end).encode("utf-8", "surrogateescape"))
    return path


def everything(folder, email="ann@b.c"):
    """Return the archive's pushes of an e-mail address, and what could not be read."""
    archive = Archive.read(folder)
    members = archive.behind(address(email)).members
    return [saved for member in members for saved in member.pushes], archive.unreadable


@pytest.mark.parametrize("name", ["one.json", "deep/er/ONE.JSON"])
def test_the_vendors_own_push_is_read_as_it_came(tmp_path, name):
    write(tmp_path, name, SAMPLE.read_text("utf-8"))
    archive = Archive.read(tmp_path)
    assert (archive.pushes, archive.files, archive.members) == (1, 1, 1)
    assert archive.unreadable == ()
    assert archive.last_updated == datetime(2017, 3, 23, 20, 49, 4, tzinfo=UTC)
    for found in (archive.behind(address(EMAIL)), archive.behind(phone(DIGITS))):
        assert found.total == 1
        (member,) = found.members
        assert (member.member_id, member.name) == (6566, "George Lim")
        assert member.pushes[0].file == name
        assert json_text.packed(member.pushes[0].text) == json_text.packed(
            SAMPLE.read_text("utf-8")
        )


@pytest.mark.parametrize(
    "text",
    [
        '{"id":1,"emailAddress":"ann@b.c","a":1.50,"b":"\\u00e9\\/","a":1E2,"c":[ ]}',
        '{ "emailAddress" :\n\t"ann@b.c" , "n" : 123456789012345678901234567890 }',
        '\ufeff{\u00a0\u00a0"emailAddress":"ann@b.c",\u00a0"kept":"a\u00a0b\ufeff"}\r',
    ],
)
def test_a_push_keeps_every_token(tmp_path, text):
    one_line = text.replace("\n", " ")
    envelope = f'{{"received_at":null,"push":{one_line} , "p\\u0075sh":{one_line}}}'
    write(tmp_path, "a.json", text)
    write(tmp_path, "b.ndjson", one_line, one_line)
    write(tmp_path, "c.json", f"[{text},\n{text}]")
    write(tmp_path, "d.jsonl", envelope)
    write(tmp_path, "e.json", f"[{envelope}]")
    saved, unreadable = everything(tmp_path)
    assert unreadable == ()
    assert [json_text.packed(found.text) for found in saved] == [json_text.packed(text)] * 7


@pytest.mark.parametrize("name", ["a.ndjson", "a.jsonl", "deep/A.NDJSON", "a.JsonL"])
def test_lines_are_read_whatever_ends_them(tmp_path, name):
    write(tmp_path, name, "\ufeff" + json.dumps(push(1)) + "\r", "\r", "", " \u00a0", push(2))
    saved, unreadable = everything(tmp_path)
    assert sorted(found.profile.member_id for found in saved) == [1, 2]
    assert unreadable == ()


def test_a_reference_names_file_and_byte(tmp_path):
    path = write(tmp_path, "å/a.ndjson", push(1, name="é\u00a0"), "", push(2), push(3))
    write(tmp_path, "å/b.json", "[ " + json.dumps(push(1, x="é"), ensure_ascii=False) + ", {} ]")
    saved, _ = everything(tmp_path)
    for found in saved:
        file, _, offset = found.ref.rpartition(":")
        content = (tmp_path / file).read_bytes()[int(offset) :]
        assert content.decode().startswith(found.text)
    assert len({found.ref for found in saved}) == len(saved) == 4
    assert path.is_file()


def test_the_envelope_says_when_a_push_was_received(tmp_path):
    write(
        tmp_path,
        "a.ndjson",
        {"received_at": "2026-11-21T10:00:00.123456Z", "push": push(1)},
        {"push": push(2), "received_at": "unknown"},
        push(3),
        {"received_at": "2026-11-21T10:00:00Z", **push(4), "push": "a property of the push"},
    )
    saved, _ = everything(tmp_path)
    received = {found.profile.member_id: found.received_at for found in saved}
    moment = datetime(2026, 11, 21, 10, 0, 0, 123456, tzinfo=UTC)
    assert received == {1: moment, 2: None, 3: None, 4: None}


def test_broken_lines_are_named_and_never_stop_the_rest(tmp_path):
    write(
        tmp_path,
        "a.ndjson",
        push(1),
        '{"id": 2',
        "[]",
        "12",
        "\udcff",
        '{"a":' * 20_000,
        '{"n": NaN}',
        push(3),
    )
    saved, unreadable = everything(tmp_path)
    assert sorted(found.profile.member_id for found in saved) == [1, 3]
    assert unreadable == (
        Unreadable("a.ndjson", 2, "The JSON breaks off at column 9."),
        Unreadable("a.ndjson", 3, "A push is a JSON object; this is another value."),
        Unreadable("a.ndjson", 4, "A push is a JSON object; this is another value."),
        Unreadable("a.ndjson", 5, "The text is not UTF-8."),
        Unreadable("a.ndjson", 6, "It is nested too deeply at column 50001."),
        Unreadable("a.ndjson", 7, "The JSON goes wrong at column 7."),
    )
    assert Archive.read(tmp_path).behind(address("ann@b.c")).unreadable == 6


def test_what_stands_before_a_fault_of_a_document_is_still_read(tmp_path):
    write(tmp_path, "a.json", "[", json.dumps(push(1)) + ",", "5,", json.dumps(push(2)) + ",", "{")
    write(tmp_path, "b.json", "{}", "\udcff")
    write(tmp_path, "c.json", json.dumps(push(3)), json.dumps(push(4)))
    saved, unreadable = everything(tmp_path)
    assert sorted(found.profile.member_id for found in saved) == [1, 2, 3, 4]
    assert [(found.file, found.line) for found in unreadable] == [
        ("a.json", 3),
        ("a.json", 5),
        ("b.json", 2),
    ]


@pytest.mark.parametrize("cut", [1, 10, -1])
def test_a_last_line_that_is_still_being_written_is_passed_over(tmp_path, cut):
    line = json.dumps(push(2, name="é"), ensure_ascii=False)
    path = write(tmp_path, "a.ndjson", push(1))
    with path.open("ab") as stream:
        stream.write(line.encode()[:cut])
    saved, unreadable = everything(tmp_path)
    assert [found.profile.member_id for found in saved] == [1]
    assert unreadable == ()
    with path.open("ab") as stream:
        stream.write(line.encode()[cut:])
    saved, unreadable = everything(tmp_path)
    assert sorted(found.profile.member_id for found in saved) == [1, 2]
    assert unreadable == ()


def test_empty_files_and_other_files_hold_nothing(tmp_path):
    write(tmp_path, "a.json", end="")
    write(tmp_path, "b.ndjson", " ", "", "\ufeff")
    write(tmp_path, "c.json", "[]")
    write(tmp_path, "d.txt", push(1))
    write(tmp_path, "e.json.bak", push(1))
    archive = Archive.read(tmp_path)
    assert (archive.files, archive.pushes, archive.unreadable) == (3, 0, ())
    assert archive.last_updated is None
    assert archive.behind(address("ann@b.c")).members == ()


def test_no_link_is_followed_and_no_loop_hangs(tmp_path):
    archive, outside = tmp_path / "archive", tmp_path / "outside"
    write(outside, "secret.json", push(9))
    write(archive, "a/real.json", push(1))
    (archive / "link.json").symlink_to(outside / "secret.json")
    (archive / "folder").symlink_to(outside, target_is_directory=True)
    (archive / "a" / "loop").symlink_to(archive, target_is_directory=True)
    (archive / "itself.json").symlink_to(archive / "itself.json")
    (archive / "gone.json").symlink_to(tmp_path / "nowhere.json")
    saved, unreadable = everything(archive)
    assert [found.profile.member_id for found in saved] == [1]
    assert unreadable == ()


def test_a_link_to_the_archive_itself_may_be_named(tmp_path):
    write(tmp_path, "archive/a.json", push(1))
    (tmp_path / "link").symlink_to(tmp_path / "archive", target_is_directory=True)
    assert Archive.read(tmp_path / "link").pushes == 1


def test_pipes_sockets_and_folders_with_a_files_name_are_left_alone(tmp_path, monkeypatch):
    os.mkfifo(tmp_path / "pipe.json")
    monkeypatch.chdir(tmp_path)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("socket.json")
        write(tmp_path, "folder.json/a.ndjson", push(1))
        saved, unreadable = everything(tmp_path)
    assert [found.profile.member_id for found in saved] == [1]
    assert unreadable == ()


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (PermissionError(13, "Permission denied"), "Permission denied"),
        (FileNotFoundError(2, "No such file or directory"), "No such file or directory"),
    ],
)
def test_a_file_that_cannot_be_opened_is_named_and_the_rest_read(
    tmp_path, monkeypatch, error, reason
):
    write(tmp_path, "a.json", push(1))
    write(tmp_path, "b.json", push(2))
    opened = os.open

    def refusing(path, *args, **kwargs):
        if str(path).endswith("a.json"):
            raise error
        return opened(path, *args, **kwargs)

    monkeypatch.setattr(os, "open", refusing)
    saved, unreadable = everything(tmp_path)
    assert [found.profile.member_id for found in saved] == [2]
    assert unreadable == (Unreadable("a.json", 0, f"The file could not be read: {reason}."),)


def test_a_file_that_turns_into_a_pipe_before_it_is_opened_does_not_hang(tmp_path, monkeypatch):
    path = write(tmp_path, "a.json", push(1))
    opened = os.open

    def swapping(name, *args, **kwargs):
        path.unlink()
        os.mkfifo(path)
        return opened(name, *args, **kwargs)

    monkeypatch.setattr(os, "open", swapping)
    archive = Archive.read(tmp_path)
    assert (archive.files, archive.pushes) == (0, 0)
    assert [(found.file, found.line) for found in archive.unreadable] == [("a.json", 0)]


def test_a_folder_that_cannot_be_listed_is_named_and_the_rest_read(tmp_path, monkeypatch):
    write(tmp_path, "a/x.json", push(1))
    write(tmp_path, "b/x.json", push(2))
    listed = os.scandir

    def refusing(path):
        if Path(path).name == "a":
            raise PermissionError(13, "Permission denied")
        return listed(path)

    monkeypatch.setattr(os, "scandir", refusing)
    saved, unreadable = everything(tmp_path)
    assert [found.profile.member_id for found in saved] == [2]
    assert unreadable == (Unreadable("a", 0, "The folder could not be read: Permission denied."),)


@pytest.fixture
def deep_folder(tmp_path, monkeypatch):
    """A folder too deep for whatever calls itself; taken away again, as pytest could not."""
    monkeypatch.chdir(tmp_path)
    for _ in range(1200):
        Path("d").mkdir()
        os.chdir("d")
    yield Path()
    Path("a.json").unlink()
    for _ in range(1200):
        os.chdir("..")
        Path("d").rmdir()


def test_folders_below_folders_without_end_are_read(tmp_path, deep_folder):
    write(deep_folder, "a.json", push(1))
    saved, unreadable = everything(tmp_path)
    assert [found.profile.member_id for found in saved] == [1]
    assert unreadable == ()


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("nowhere", "does not exist."),
        ("a.json", "is a file, not a folder."),
        ("a\0b", "could not be read: "),
        ("x" * 5000, "could not be read: "),
    ],
    ids=["missing", "file", "nul", "long"],
)
def test_an_archive_that_is_no_folder_is_refused_with_a_remedy(tmp_path, name, sentence):
    write(tmp_path, "a.json", push(1))
    with pytest.raises(ArchiveError) as raised:
        Archive.read(tmp_path / name)
    assert sentence in raised.value.sentence
    assert raised.value.remedy
    assert raised.value.exit_code is ExitCode.ARCHIVE
    assert str(raised.value).isprintable()


def test_reading_ends_when_it_is_told_to_stop(tmp_path):
    write(tmp_path, "a.ndjson", *[push(1)] * 10)
    stop = threading.Event()
    stop.set()
    assert Archive.read(tmp_path, stop).pushes == 0
    stop.clear()
    assert Archive.read(tmp_path, stop).pushes == 10


def test_reading_changes_no_file(tmp_path):
    path = write(tmp_path, "a.ndjson", push(1), "broken")
    before = path.stat().st_mtime_ns, path.read_bytes()
    Archive.read(tmp_path)
    assert (path.stat().st_mtime_ns, path.read_bytes()) == before


def test_an_identifier_leads_to_all_pushes_of_its_members(tmp_path):
    write(
        tmp_path,
        "a.ndjson",
        push(1, "old@b.c", 100),
        push(1, "New@B.c", 200, mobilePhoneNumber="+47 22 34 56 78"),
        push(2, "other@b.c", 300),
        {"userActivityId": 5, "userId": 1},
    )
    archive = Archive.read(tmp_path)
    for found in (
        archive.behind(address("old@b.c")),
        archive.behind(address("new@b.c")),
        archive.behind(address("NEW@b.c")),
        archive.behind(phone("4722345678")),
    ):
        assert [member.member_id for member in found.members] == [1]
        assert found.total == 3
    assert archive.behind(address("nobody@b.c")).members == ()
    assert archive.behind(address("4722345678")).members == ()


def test_an_identifier_of_several_members_groups_them_newest_first(tmp_path):
    write(
        tmp_path,
        "a.ndjson",
        push(1, "ann@b.c", 100, firstName="Ann"),
        push(2, "ann@b.c", 300, firstName="Bea"),
        push(1, "x@b.c", 200, firstName="Anna"),
        push(2, "y@b.c", 250, firstName="Beata"),
        push(None, "ann@b.c", 400, firstName="Nameless"),
        push(None, "x@b.c", 500),
    )
    found = Archive.read(tmp_path).behind(address("ann@b.c"))
    groups = [(member.member_id, member.name, len(member.pushes)) for member in found.members]
    assert groups == [(None, "Nameless", 1), (2, "Bea", 2), (1, "Anna", 2)]
    assert found.total == 5


def test_pushes_come_newest_first_by_update_then_receipt_then_place(tmp_path):
    def envelope(mark, updated, received):
        return {"received_at": received, "push": push(1, updated=updated, mark=mark)}

    write(
        tmp_path,
        "a.ndjson",
        envelope("third", 200, "2026-01-01T00:00:00Z"),
        envelope("first", 300, "2026-01-01T00:00:00Z"),
        envelope("second", 200, "2026-01-02T00:00:00Z"),
        envelope("fifth", 100, None),
        envelope("fourth", 100, None),
        push(1, updated="never", mark="last"),
    )
    saved, _ = everything(tmp_path)
    marks = [json_text.loads(found.text)["mark"] for found in saved]
    assert marks == ["first", "second", "third", "fourth", "fifth", "last"]


def test_the_name_is_the_newest_that_was_sent(tmp_path):
    write(tmp_path, "a.ndjson", push(1, updated=100, firstName="Ann"), push(1, updated=200))
    (member,) = Archive.read(tmp_path).behind(address("ann@b.c")).members
    assert member.name == "Ann"


def test_no_personal_data_shows_in_the_representation(tmp_path):
    write(tmp_path, "a.json", push(1, firstName="Ann", mobilePhoneNumber="4722345678"))
    shown = repr(Archive.read(tmp_path).behind(address("ann@b.c")))
    assert not any(text in shown for text in ("Ann", "ann@b.c", "4722345678"))


@REUSED_FOLDER
@given(
    st.dictionaries(
        st.sampled_from(["a.json", "b.ndjson", "c/d.jsonl", "c/e.JSON"]),
        st.binary()
        | st.lists(st.sampled_from([b"{", b"}", b"[", b"]", b"{}", b"\n", b",", b'"a":1'])).map(
            b"".join
        ),
    )
)
def test_files_of_any_bytes_are_read_or_named(tmp_path, contents):
    for name in ("a.json", "b.ndjson", "c/d.jsonl", "c/e.JSON"):
        (tmp_path / "c").mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(contents.get(name, b""))
    archive = Archive.read(tmp_path)
    assert archive.files == 4
    assert all(found.line >= 1 and found.file in contents for found in archive.unreadable)


PUSHES = st.builds(
    push,
    st.none() | st.integers(min_value=1, max_value=3),
    st.sampled_from(["ann@b.c", "bea@b.c", "Cid@b.c"]),
    st.integers(min_value=0, max_value=10**9),
)


def written_as_lines(path, pushes):
    path.write_text("".join(json.dumps(one) + "\n" for one in pushes))


def written_as_envelopes(path, pushes):
    written_as_lines(path, [{"received_at": "2026-11-21T10:00:00Z", "push": p} for p in pushes])


def written_as_an_array(path, pushes):
    path.with_suffix(".json").write_text(json.dumps(pushes, indent=2).replace("  ", "\u00a0 "))


@REUSED_FOLDER
@given(
    st.lists(PUSHES, max_size=8),
    st.sampled_from([written_as_lines, written_as_envelopes, written_as_an_array]),
)
def test_every_form_of_saving_leads_to_the_same_members(tmp_path, pushes, save):
    for old in tmp_path.glob("pushes.*"):
        old.unlink()
    save(tmp_path / "pushes.ndjson", pushes)
    archive = Archive.read(tmp_path)
    assert (archive.pushes, archive.unreadable) == (len(pushes), ())
    for email in ("ann@b.c", "bea@b.c", "cid@b.c"):
        ids = {p["id"] for p in pushes if p["emailAddress"].lower() == email}
        expected = [
            p
            for p in pushes
            if p["id"] in ids and (p["id"] is not None or p["emailAddress"].lower() == email)
        ]
        found = archive.behind(address(email))
        assert {member.member_id for member in found.members} == ids
        assert found.total == len(expected)
        for member in found.members:
            times = [saved.profile.updated_at for saved in member.pushes]
            assert times == sorted(times, reverse=True)
