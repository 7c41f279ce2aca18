import gzip
import json
import sys
from contextlib import suppress

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from loyalty_tui.archive.pushes import End, Fault, Found
from loyalty_tui.archive.reading import read
from loyalty_tui.archive.seeking import make_checkpoints, read_at, read_push
from loyalty_tui.archive.streams import Form, StreamError, form_of, open_bytes
from loyalty_tui.crowdtwist import json_text

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

REUSED_FOLDER = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
PACKERS = {".gz": gzip.compress, ".zst": zstd.compress, "": bytes}
LARGE = b"".join(b'{"id":%d,"pad":"%s"}\n' % (n, b"%x" % (n * n) * 10) for n in range(450_000))


def in_pieces(raw, pack, size):
    return b"".join(pack(raw[at : at + size]) for at in range(0, len(raw), size))


@pytest.fixture(scope="module")
def large(tmp_path_factory):
    folder = tmp_path_factory.mktemp("large")
    assert len(LARGE) > 40_000_000
    files = {
        "plain.ndjson": LARGE,
        "one.ndjson.gz": gzip.compress(LARGE, 1),
        "many.ndjson.gz": in_pieces(LARGE, lambda part: gzip.compress(part, 1), 3_000_000),
        "one.ndjson.zst": zstd.compress(LARGE, 1),
        "many.ndjson.zst": in_pieces(LARGE, lambda part: zstd.compress(part, 1), 1_000_000),
    }
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return folder


@pytest.mark.parametrize(
    ("name", "has_any"),
    [
        ("plain.ndjson", False),
        ("one.ndjson.gz", True),
        ("many.ndjson.gz", True),
        ("one.ndjson.zst", False),
        ("many.ndjson.zst", True),
    ],
)
def test_any_place_of_a_large_file_is_opened_again(large, name, has_any):
    path, form = str(large / name), form_of(name)
    checkpoints = make_checkpoints(path, form)
    assert (checkpoints is not None) == has_any
    assert len(checkpoints or b"") < len(LARGE) / 200
    for offset in (0, 1, 4 << 20, 16 << 20, len(LARGE) // 2, len(LARGE) - 500):
        found = read_at(path, form, offset, 500, checkpoints)
        assert found == LARGE[offset : offset + 500]
    for bad in (len(LARGE) - 499, len(LARGE), 10**12):
        with pytest.raises(StreamError):
            read_at(path, form, bad, 500, checkpoints)


@pytest.mark.parametrize("name", ["one.ndjson.gz", "many.ndjson.gz", "many.ndjson.zst"])
def test_checkpoints_spare_what_is_before_the_place(large, tmp_path, name):
    path, form = tmp_path / name, form_of(name)
    blob = (large / name).read_bytes()
    path.write_bytes(blob)
    checkpoints = make_checkpoints(str(path), form)
    keep = 4096 if form.compression == "gz" else 65536
    path.write_bytes(blob[:keep] + bytes(len(blob) // 2 - keep) + blob[len(blob) // 2 :])
    offset = len(LARGE) - 5000
    assert read_at(str(path), form, offset, 100, checkpoints) == LARGE[offset : offset + 100]
    with pytest.raises(StreamError):
        read_at(str(path), form, offset, 100, None)


@pytest.mark.parametrize("name", ["one.ndjson.gz", "many.ndjson.gz", "many.ndjson.zst"])
def test_a_file_that_is_cut_off_is_opened_up_to_there(large, tmp_path, name):
    path, form = tmp_path / name, form_of(name)
    blob = (large / name).read_bytes()
    path.write_bytes(blob[: len(blob) * 3 // 4])
    checkpoints = make_checkpoints(str(path), form)
    assert checkpoints
    last = 0
    with open_bytes(str(path), form) as stream, suppress(StreamError):
        while data := stream.read(1 << 18):
            last += len(data)
    assert len(LARGE) // 2 < last < len(LARGE)
    for offset in (0, last // 2, last - 100):
        assert read_at(str(path), form, offset, 100, checkpoints) == LARGE[offset : offset + 100]
    with pytest.raises(StreamError):
        read_at(str(path), form, last - 99, 100, checkpoints)


@pytest.mark.parametrize("suffix", [".gz", ".zst"])
def test_small_files_need_no_checkpoints(tmp_path, suffix):
    for content in (b"", b"{}", b"broken", PACKERS[suffix](b"x" * 1_000_000)):
        path = tmp_path / f"a.json{suffix}"
        path.write_bytes(content)
        assert make_checkpoints(str(path), form_of(path.name)) is None


def test_checkpoints_of_a_file_that_has_changed_never_raise_anything_else(large, tmp_path):
    for name in ("one.ndjson.gz", "many.ndjson.zst"):
        checkpoints = make_checkpoints(str(large / name), form_of(name))
        path = tmp_path / name
        path.write_bytes(b"{nothing}" * 10_000)
        with pytest.raises(StreamError):
            read_at(str(path), form_of(name), 20_000_000, 10, checkpoints)
        path.unlink()
        with pytest.raises(FileNotFoundError):
            read_at(str(path), form_of(name), 20_000_000, 10, checkpoints)
        with pytest.raises(FileNotFoundError):
            make_checkpoints(str(path), form_of(name))


def test_damaged_gzip_checkpoints_are_done_without(large):
    path = str(large / "one.ndjson.gz")
    for checkpoints in (b"nonsense", b"\0" * 32):
        found = read_at(path, Form("lines", "gz"), 1000, 100, checkpoints)
        assert found == LARGE[1000:1100]


def test_a_place_that_holds_no_push_any_more_is_said(tmp_path):
    path = tmp_path / "a.ndjson"
    path.write_bytes(b'{"a":1}\n      nope\n')
    form = Form("lines", "")
    assert isinstance(read_push(str(path), form, 0, 7, None), Found)
    assert isinstance(read_push(str(path), form, 8, 5, None), Fault)
    broken = read_push(str(path), form, 14, 4, None)
    assert (broken.offset, broken.reason) == (14, "The JSON goes wrong at column 1.")


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters(codec="utf-8"), max_size=9),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(st.characters(codec="utf-8"), max_size=3), inner, max_size=3)
    ),
    max_leaves=8,
)
PUSHES = st.lists(st.dictionaries(st.sampled_from(["id", "a", "b", "å"]), VALUES, max_size=4))


def odd_spaces(text):
    """Return JSON with odd spaces between its tokens."""
    return json_text.pretty(text).replace("\n", "\r\n\u00a0")


def laid_out(data, pushes, container):
    """Return the pushes as the text of a file of that kind."""
    ascii_only = data.draw(st.booleans(), "escaped")
    texts = [json.dumps(push, ensure_ascii=ascii_only) for push in pushes]
    style = data.draw(st.sampled_from(["a line", "an array a line", "pretty", "array", "odd"]))
    start = data.draw(st.sampled_from(["", "\ufeff", " \n"]), "start")
    if style == "a line":
        end = data.draw(st.sampled_from(["\n", "\r\n", " \u00a0\n\n"]), "end")
        return start + "".join(text + end for text in texts)
    if style == "an array a line":
        return start + f"[{','.join(texts)}]\n"
    if style == "array" or container == "lines":
        return start + "[\n" + ",\n".join(texts) + "\n]"
    if style == "pretty":
        indent = data.draw(st.sampled_from([0, 1, 4]), "indent")
        return start + json.dumps(pushes, ensure_ascii=ascii_only, indent=indent)
    return start + "\u00a0".join(odd_spaces(text) for text in texts)


@REUSED_FOLDER
@given(
    PUSHES,
    st.sampled_from(["lines", "documents"]),
    st.sampled_from(["", ".gz", ".zst"]),
    st.sampled_from(["utf-8", "utf-16-le", "utf-16-be"]),
    st.data(),
)
def test_pushes_of_every_form_are_read_in_order_and_opened_again(
    tmp_path, pushes, container, suffix, encoding, data
):
    text = laid_out(data, pushes, container)
    if encoding != "utf-8":
        text = "\ufeff" + text
    path = tmp_path / f"a.{'ndjson' if container == 'lines' else 'json'}{suffix}"
    path.write_bytes(PACKERS[suffix](text.encode(encoding)))
    form = form_of(path.name)
    with open_bytes(str(path), form) as stream:
        *found, end = read(stream, form.container)
    assert [json.loads(item.text) for item in found] == pushes
    assert isinstance(end, End)
    assert end.is_transcoded == (encoding != "utf-8")
    if found or container == "documents":
        assert end.offset == len(text.encode())
    checkpoints = make_checkpoints(str(path), form)
    for item in found:
        assert read_push(str(path), form, item.offset, item.length, checkpoints) == item
        whole = text.encode()[item.offset : item.offset + item.length]
        assert json_text.plain_spaces(whole.decode()) == item.text


@REUSED_FOLDER
@given(
    st.lists(st.builds(dict, id=st.integers(0), emailAddress=st.text(max_size=5)), max_size=6),
    st.sampled_from(["a.ndjson", "a.json"]),
    st.sampled_from([".gz", ".zst"]),
    st.booleans(),
    st.data(),
)
def test_what_is_cut_off_leaves_the_first_pushes_and_one_complaint(
    tmp_path, pushes, name, suffix, one_array, data
):
    text = json.dumps(pushes) if one_array else "".join(json.dumps(one) + "\n" for one in pushes)
    blob = PACKERS[suffix](text.encode())
    cut = data.draw(st.integers(0, len(blob) - 1))
    path = tmp_path / f"{name}{suffix}"
    path.write_bytes(blob[:cut])
    found, errors = [], []
    with open_bytes(str(path), form_of(path.name)) as stream:
        try:
            found.extend(read(stream, form_of(path.name).container))
        except StreamError as error:
            errors.append(error)
    values = [item.value for item in found if isinstance(item, Found)]
    assert values == pushes[: len(values)]
    assert sum(isinstance(item, Fault) for item in found) + len(errors) == (cut > 0)
