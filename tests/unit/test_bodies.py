"""Bodies read and decompressed, never more of them than is allowed."""

import gzip
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty_tui.crowdtwist.bodies import BusyError, HungUpError, Reader, TooLargeError

MOST = 1000


def coming(*parts, breaks_off=False):
    messages = [
        {"type": "http.request", "body": part, "more_body": number + 1 < len(parts) or breaks_off}
        for number, part in enumerate(parts)
    ]

    async def receive():
        return messages.pop(0) if messages else {"type": "http.disconnect"}

    return receive


@given(st.lists(st.binary(max_size=500), min_size=1, max_size=5))
async def test_a_body_is_all_its_parts_or_too_large(parts):
    body = b"".join(parts)
    if len(body) > MOST:
        with pytest.raises(TooLargeError):
            await Reader(MOST).read(coming(*parts), b"")
    else:
        assert await Reader(MOST).read(coming(*parts), b"") == body


@pytest.mark.parametrize("length", [b"1001", b"9" * 40, b"00001001"])
async def test_a_length_that_is_too_large_is_refused_before_anything_is_read(length):
    async def receive():
        raise AssertionError

    with pytest.raises(TooLargeError):
        await Reader(MOST).read(receive, length)


async def test_a_length_may_begin_with_zeros():
    assert await Reader(MOST).read(coming(b"{}"), b"0" * 30 + b"2") == b"{}"


async def test_a_body_that_breaks_off_is_none():
    with pytest.raises(HungUpError):
        await Reader(MOST).read(coming(b"{", breaks_off=True), b"")
    with pytest.raises(HungUpError):
        await Reader(MOST).read(coming(), b"")


async def test_bodies_in_parts_share_what_memory_there_is_and_give_it_back():
    reader = Reader(100 << 20)
    half = b"x" * (40 << 20)

    async def while_another_is_read():
        with pytest.raises(BusyError):
            await reader.read(coming(half, half), b"")
        return {"type": "http.disconnect"}

    first = [{"type": "http.request", "body": half, "more_body": True}]

    async def receive():
        return first.pop() if first else await while_another_is_read()

    with pytest.raises(HungUpError):
        await reader.read(receive, b"")
    assert len(await reader.read(coming(half, b"x"), b"")) == len(half) + 1


@given(st.lists(st.binary(max_size=300), min_size=1, max_size=3))
def test_gzip_members_are_one_body(parts):
    packed = b"".join(map(gzip.compress, parts))
    assert Reader(MOST).decompress(packed) == (b"".join(parts), True)


@given(st.binary(min_size=1, max_size=300), st.data())
def test_a_damaged_gzip_body_is_not_whole(body, data):
    packed = gzip.compress(body)
    cut = data.draw(st.integers(0, len(packed) - 1))
    unpacked, is_whole = Reader(MOST).decompress(packed[:cut])
    assert not is_whole
    assert body.startswith(unpacked) or unpacked == packed[:cut]


def test_what_stands_before_a_wrong_checksum_is_unpacked():
    packed = bytearray(gzip.compress(b'{"password":"hunter2"}'))
    packed[-8] ^= 1
    assert Reader(MOST).decompress(bytes(packed)) == (b'{"password":"hunter2"}', False)


@given(st.binary(max_size=100))
def test_what_is_no_gzip_comes_back_as_it_is(body):
    unpacked, is_whole = Reader(MOST).decompress(b"{" + body)
    assert (unpacked, is_whole) == (b"{" + body, False)


def test_a_bomb_is_not_unpacked():
    bomb = gzip.compress(gzip.compress(bytes(200 << 20)) + bytes(200 << 20))
    tracemalloc.start()
    with pytest.raises(TooLargeError):
        Reader(1 << 20).decompress(bomb)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 8 << 20


def test_a_body_of_just_the_size_is_allowed():
    assert Reader(MOST).decompress(gzip.compress(bytes(MOST))) == (bytes(MOST), True)
    with pytest.raises(TooLargeError):
        Reader(MOST).decompress(gzip.compress(bytes(MOST + 1)))
