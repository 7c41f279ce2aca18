import gzip
import hashlib
import io
import os
import socket
import sys
import zlib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from loyalty_tui.archive.streams import (
    Form,
    StreamError,
    Unpacked,
    Utf8,
    form_of,
    open_bytes,
    open_plain,
)

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

REUSED_FOLDER = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
PACKERS = {"gz": gzip.compress, "zst": zstd.compress, "": bytes}
PACKED = st.sampled_from(["gz", "zst"])
NOISE = hashlib.shake_128(b"noise").digest(1_000_000)
MIXED = NOISE[:40_000] + b"plain " * 60_000


def unpacked(blob, compression, size=1 << 16):
    """Return what can be read, and the error that ends it."""
    parts = []
    with Unpacked(io.BytesIO(blob), compression) as stream:
        try:
            while data := stream.read(size):
                assert len(data) <= size
                parts.append(data)
        except StreamError as error:
            with pytest.raises(StreamError):
                stream.read(size)
            return b"".join(parts), error
    return b"".join(parts), None


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("a.json", Form("documents", "")),
        ("A.JSON", Form("documents", "")),
        ("a.ndjson", Form("lines", "")),
        ("a.b.jsonl", Form("lines", "")),
        ("a.json.gz", Form("documents", "gz")),
        ("a.NdJson.GZ", Form("lines", "gz")),
        ("deep/er.txt/a.jsonl.zst", Form("lines", "zst")),
        (".json", Form("documents", "")),
        (".json.gz", Form("documents", "gz")),
        ("å\n.json", Form("documents", "")),
        ("a.json.bak", None),
        ("a.gz", None),
        ("a.json.gz.zst", None),
        ("a.json/b", None),
        ("json", None),
        ("", None),
    ],
)
def test_a_form_is_told_by_the_name(name, form):
    assert form_of(name) == form


def test_only_plain_files_are_opened_and_none_is_waited_for(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "real.json").write_bytes(b"{}")
    (tmp_path / "link.json").symlink_to(tmp_path / "real.json")
    (tmp_path / "folder.json").mkdir()
    os.mkfifo(tmp_path / "pipe.json")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("socket.json")
        for name in ("link.json", "folder.json", "pipe.json", "socket.json", "gone.json"):
            with pytest.raises(OSError, match=r"[a-z]"):
                open_plain(str(tmp_path / name))
    with open_plain(str(tmp_path / "real.json")) as file:
        assert file.read() == b"{}"


def test_a_refused_file_is_closed_again(tmp_path):
    os.mkfifo(tmp_path / "pipe.json")
    before = sum(1 for _ in Path("/dev/fd").iterdir())
    for _ in range(5):
        with pytest.raises(OSError, match="no plain file"):
            open_plain(str(tmp_path / "pipe.json"))
    assert sum(1 for _ in Path("/dev/fd").iterdir()) == before


@pytest.mark.parametrize("compression", PACKERS)
def test_a_file_is_read_to_its_end(tmp_path, compression):
    path = tmp_path / "a"
    path.write_bytes(PACKERS[compression](MIXED))
    parts = []
    with open_bytes(str(path), Form("lines", compression)) as stream:
        while data := stream.read(1000):
            parts.append(data)
        assert stream.read(1000) == b""
    assert b"".join(parts) == MIXED


@given(PACKED, st.lists(st.binary(max_size=50), max_size=5), st.integers(1, 200))
def test_members_and_frames_one_after_another_are_one_stream(compression, pieces, size):
    blob = b"".join(PACKERS[compression](piece) for piece in pieces)
    assert unpacked(blob, compression, size) == (b"".join(pieces), None)


def test_frames_that_are_to_be_skipped_are_and_so_is_padding_after_gzip():
    skipped = b"\x50\x2a\x4d\x18" + (5).to_bytes(4, "little") + b"hello"
    blob = skipped + zstd.compress(b"ab") + skipped + zstd.compress(b"c") + skipped
    assert unpacked(blob, "zst") == (b"abc", None)
    blob = gzip.compress(b"ab") + bytes(300_000) + gzip.compress(b"c") + bytes(7)
    assert unpacked(blob, "gz") == (b"abc", None)


@pytest.mark.parametrize("compression", ["gz", "zst"])
def test_an_empty_file_holds_nothing(compression):
    assert unpacked(b"", compression) == (b"", None)


@given(PACKED, st.binary(max_size=300), st.data())
def test_what_breaks_off_is_delivered_up_to_there(compression, raw, data):
    blob = PACKERS[compression](raw) + PACKERS[compression](b"more")
    cut = data.draw(st.integers(1, len(blob) - 1))
    found, error = unpacked(blob[:cut], compression)
    assert (raw + b"more").startswith(found)
    if error is None:
        assert found == raw
        assert cut == len(PACKERS[compression](raw))
    else:
        assert error.offset == len(found)
        assert error.reason == "The compressed data breaks off."


@pytest.mark.parametrize("compression", ["gz", "zst"])
@pytest.mark.parametrize("share", [0.05, 0.5, 0.9])
def test_what_is_cut_off_costs_only_what_was_cut_off(compression, share):
    blob = PACKERS[compression](NOISE)
    found, error = unpacked(blob[: int(len(blob) * share)], compression)
    assert NOISE.startswith(found)
    assert len(found) > share * len(NOISE) - (1 << 17) - 1000
    assert error.offset == len(found)


def test_everything_before_a_damage_is_delivered():
    packer = zlib.compressobj(0, wbits=31)
    blob = bytearray(packer.compress(NOISE) + packer.flush(zlib.Z_FULL_FLUSH))
    blob += b"\x07" + bytes(100)  # a block of a kind that does not exist
    assert unpacked(bytes(blob), "gz")[0] == NOISE
    assert unpacked(bytes(blob), "gz")[1].reason == "The compressed data is damaged."


@pytest.mark.parametrize("compression", ["gz", "zst"])
def test_a_wrong_checksum_is_said_after_all_that_it_is_of(compression):
    if compression == "gz":
        blob = bytearray(gzip.compress(MIXED))
        blob[-6] ^= 1
    else:
        options = {zstd.CompressionParameter.checksum_flag: 1}
        blob = bytearray(zstd.compress(MIXED, options=options))
        blob[-1] ^= 1
    before = PACKERS[compression](b"before")
    found, error = unpacked(before + bytes(blob), compression)
    assert found == b"before" + MIXED
    assert error.reason == "The compressed data is damaged."
    assert error.offset == len(found)


def test_a_frame_made_with_a_long_window_is_read():
    known = zstd.CompressionParameter
    packer = zstd.ZstdCompressor(options={known.compression_level: 1, known.window_log: 28})
    assert unpacked(packer.compress(MIXED) + packer.flush(), "zst") == (MIXED, None)


def test_a_frame_that_needs_a_dictionary_says_so():
    samples = [hashlib.sha256(bytes([number])).digest() * 9 for number in range(250)]
    blob = zstd.compress(MIXED, zstd_dict=zstd.train_dict(samples, 1_000))
    found, error = unpacked(zstd.compress(b"before") + blob, "zst")
    assert (found, error.offset) == (b"before", 6)
    assert error.reason == "It was compressed with a dictionary, which is not here to read it with."


@pytest.mark.parametrize("compression", ["gz", "zst"])
def test_what_follows_and_is_not_compressed_is_a_damage(compression):
    found, error = unpacked(PACKERS[compression](b"ab") + b"plain text", compression)
    assert (found, error.offset) == (b"ab", 2)


@given(PACKED, st.binary(max_size=200), st.data())
def test_damage_anywhere_ends_in_an_error_at_most(compression, raw, data):
    blob = bytearray(PACKERS[compression](raw))
    at = data.draw(st.integers(0, len(blob) - 1))
    blob[at] ^= data.draw(st.integers(1, 255))
    found, error = unpacked(bytes(blob), compression)
    assert error is None or error.offset == len(found)


@given(PACKED, st.binary(max_size=100))
def test_any_bytes_are_unpacked_or_refused(compression, blob):
    found, error = unpacked(blob, compression)
    assert found == b"" or error is None or error.offset == len(found)


def test_much_data_from_few_bytes_comes_in_small_parts():
    for blob, compression in (
        (gzip.compress(bytes(50_000_000)), "gz"),
        (zstd.compress(bytes(50_000_000)), "zst"),
    ):
        total = 0
        with Unpacked(io.BytesIO(blob), compression) as stream:
            while data := stream.read(10_000):
                assert len(data) <= 10_000
                total += len(data)
        assert total == 50_000_000


@pytest.mark.parametrize("compression", ["gz", "zst"])
def test_reading_can_start_at_a_member_that_was_come_to(tmp_path, compression):
    path = tmp_path / "a"
    path.write_bytes(b"".join(PACKERS[compression](part) for part in (b"one", b"two", b"three")))
    form = Form("lines", compression)
    with open_bytes(str(path), form) as stream:
        while stream.read(100):
            pass
        starts = stream.starts
    assert [offset for _, offset in starts] == [0, 3, 6]
    for start in starts:
        with open_bytes(str(path), form, start) as stream:
            assert b"".join(iter(lambda: stream.read(100), b"")) == b"onetwothree"[start[1] :]
            assert stream.offset == 11


def in_utf8(raw, size=7):
    reader = Utf8(io.BytesIO(raw))
    found = b"".join(iter(lambda: reader.read(size), b""))
    assert reader.read(1) == b""
    return found, reader.is_transcoded()


@given(
    st.sampled_from("\ufeff{[ \t\r\n\u00a0"),
    st.text(),
    st.sampled_from(["utf-16-le", "utf-16-be"]),
    st.integers(1, 9),
)
def test_utf_16_is_told_by_the_sign_it_begins_with(first, text, encoding, size):
    text = first + text
    assert in_utf8(text.encode(encoding), size) == (text.encode(), True)


@given(st.binary(), st.integers(1, 9))
def test_all_other_bytes_are_as_they_are_and_nothing_raises(raw, size):
    found, is_transcoded = in_utf8(raw, size)
    assert is_transcoded or found == raw


@pytest.mark.parametrize("broken", [b"\x00\xd8", b"\x00\xdc", b"\x00\xdc\x00\xd8"])
def test_half_a_pair_spoils_only_its_place(broken):
    raw = "\ufeffab".encode("utf-16-le") + broken + "cd\n".encode("utf-16-le")
    found, _ = in_utf8(raw)
    assert found.startswith("\ufeffab".encode())
    assert found.endswith(b"cd\n")
    with pytest.raises(UnicodeDecodeError):
        found.decode()


@pytest.mark.parametrize("rest", [b"\x7b", b"\x3d\xd8", b"\x3d\xd8\x00"])
def test_half_a_character_at_the_end_is_no_utf_8(rest):
    assert in_utf8("\ufeffa".encode("utf-16-le") + rest)[0] == "\ufeffa".encode() + b"\xff"
