"""The made-up archive that the benchmarks measure with."""

import json
import sys
from collections import Counter, defaultdict
from datetime import datetime
from pathlib import Path

import pytest

PUSHES = 2_000
A_DAY = 500


@pytest.fixture(scope="module")
def generator():
    folder = str(Path(__file__).parents[1] / "benchmarks")
    sys.path.insert(0, folder)  # the benchmarks are scripts, and find each other there
    try:
        import archive

        yield archive
    finally:
        sys.path.remove(folder)


@pytest.fixture(scope="module")
def written(generator, tmp_path_factory):
    folder = tmp_path_factory.mktemp("archive")
    return folder, generator.write(folder, PUSHES, seed=7, a_day=A_DAY)


@pytest.fixture(scope="module")
def envelopes(written):
    folder, _ = written
    return [json.loads(line) for path in files(folder) for line in lines(path)]


def files(folder):
    return sorted(path for path in folder.rglob("*") if path.is_file())


def lines(path):
    *whole, rest = path.read_bytes().split(b"\n")
    assert rest == b""
    return whole


def profiles(envelopes):
    return [envelope["push"] for envelope in envelopes if "tierInfo" in envelope["push"]]


def test_the_same_seed_writes_the_same_bytes(generator, written, tmp_path):
    folder, facts = written
    assert generator.write(tmp_path, PUSHES, seed=7, a_day=A_DAY) == facts
    assert [path.read_bytes() for path in files(tmp_path)] == [
        path.read_bytes() for path in files(folder)
    ]


def test_another_seed_writes_another_archive(generator, written, tmp_path):
    folder, _ = written
    generator.write(tmp_path, PUSHES, seed=8, a_day=A_DAY)
    assert files(tmp_path)[0].read_bytes() != files(folder)[0].read_bytes()


def test_a_file_holds_a_day_of_receipts_in_their_order(written):
    folder, facts = written
    assert len(files(folder)) == facts.files == PUSHES // A_DAY
    for path in files(folder):
        assert path.parent == folder / "pushes"
        assert path.stat().st_mode & 0o777 == 0o600
        moments = [json.loads(line)["received_at"] for line in lines(path)]
        assert moments == sorted(moments)
        assert {moment[:10] for moment in moments} == {path.stem}


def test_a_line_is_what_the_receiver_writes(written):
    folder, _ = written
    for path in files(folder):
        for line in lines(path):
            envelope = json.loads(line)
            assert list(envelope) == ["received_at", "push"]
            datetime.strptime(envelope["received_at"], "%Y-%m-%dT%H:%M:%S.%f%z")
            packed = json.dumps(envelope, ensure_ascii=False, separators=(",", ":"))
            assert packed.encode() == line


def test_a_profile_has_the_fields_of_the_vendors_sample_in_their_order(envelopes):
    import loyalty_tui.sandbox

    sample = Path(loyalty_tui.sandbox.__file__).parent / "data" / "live-push-user-profile.json"
    fields = json.loads(sample.read_text().replace("\u00a0", " "))
    for push in profiles(envelopes):
        assert list(push) == list(fields)
        if push["tierInfo"]:
            assert list(push["tierInfo"]) == list(fields["tierInfo"])


def test_as_many_copies_and_siblings_are_written_as_promised(written, envelopes):
    _, facts = written
    bodies = Counter(json.dumps(envelope["push"]) for envelope in envelopes)
    siblings = [body for body in bodies if "tierInfo" not in json.loads(body)]
    assert facts.pushes == len(envelopes) == PUSHES
    assert facts.copies == PUSHES - len(bodies) == 6
    assert facts.siblings == len(siblings) == 10
    assert facts.members == len({push["id"] for push in profiles(envelopes)}) == PUSHES // 5
    folder, _ = written
    assert facts.bytes == sum(path.stat().st_size for path in files(folder))


def test_a_copy_is_received_after_the_first(envelopes):
    received = defaultdict(list)
    for envelope in envelopes:
        received[json.dumps(envelope["push"])].append(envelope["received_at"])
    repeated = [moments for moments in received.values() if len(moments) > 1]
    assert repeated
    assert all(len(set(moments)) == len(moments) for moments in repeated)


def test_an_address_or_number_belongs_to_one_member(envelopes):
    for field in ("emailAddress", "mobilePhoneNumber"):
        owners = defaultdict(set)
        for push in profiles(envelopes):
            owners[push[field]].add(push["id"])
        owners.pop(None, None)
        assert {len(ids) for ids in owners.values()} == {1}


def test_members_gain_points_and_some_change_their_address(envelopes):
    points, addresses = defaultdict(list), defaultdict(set)
    seen = set()
    for push in profiles(envelopes):
        body = json.dumps(push)
        if body not in seen:
            points[push["id"]].append(push["totalPoints"])
            addresses[push["id"]].add(push["emailAddress"])
        seen.add(body)
    assert all(gained == sorted(gained) for gained in points.values())
    assert any(len(known) > 1 for known in addresses.values())


def test_pushes_come_in_the_variety_that_is_promised(envelopes):
    pushes = profiles(envelopes)
    forms = Counter(type(push["customData"]).__name__ for push in pushes)
    assert 0.25 < 1 - forms["NoneType"] / len(pushes) < 0.35
    assert forms["dict"] > forms["str"] > 0
    events = Counter((push["tierInfo"] or {}).get("assignedByEvent") for push in pushes)
    assert events["update"] > events["start"] > events["jump"] > events["drop"] > 0
    assert 0 < events[None] < len(pushes) * 0.03
    assert any(not push["firstName"].isascii() for push in pushes)
    assert {4, None} <= {push["signUpChannelId"] for push in pushes}
    assert {"NY", None} <= {push["state"] for push in pushes}


def test_a_push_is_received_after_its_update(envelopes):
    for envelope in envelopes:
        push = envelope["push"]
        if "tierInfo" in push:
            received = datetime.fromisoformat(envelope["received_at"]).timestamp()
            assert 0 <= received - int(push["dateLastUpdated"]) < 86_400


def test_an_archive_is_written_once_and_found_again(generator, tmp_path, monkeypatch):
    monkeypatch.setenv("LOYALTY_TUI_BENCH_DATA", str(tmp_path))
    first = generator.prepared(300)
    stamps = [path.stat().st_mtime_ns for path in files(first.folder)]
    again = generator.prepared(300)
    assert again == first
    assert [path.stat().st_mtime_ns for path in files(again.folder)] == stamps
    (segment,) = files(first.folder)
    whole = segment.read_bytes()
    segment.write_bytes(whole[:-10])
    assert generator.prepared(300) == first
    assert segment.read_bytes() == whole


def test_a_disk_without_room_gets_a_smaller_archive(generator, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("LOYALTY_TUI_BENCH_DATA", str(tmp_path))
    usage = generator.shutil.disk_usage(tmp_path)
    monkeypatch.setattr(
        generator.shutil, "disk_usage", lambda _: usage._replace(free=int(2.2 * 1_700 * 200))
    )
    assert generator.prepared(1_000_000).written.pushes == 200
    assert "not enough disk space" in capsys.readouterr().err


def test_the_index_of_made_up_rows_has_them_all(generator, tmp_path):
    del generator  # its folder is where the benchmarks are found
    import ours
    import scaling

    scaling.write_index(tmp_path / "index", 200)
    index = ours.Ours(tmp_path, tmp_path / "index")
    assert index.totals() == (200, 40)
    _, found = index.look_up("id", scaling.made_up.member_id(7))
    assert found == scaling.A_MEMBER
