"""The words of `loyalty-tui receive`, and its log."""

import argparse
import errno
import json
import logging
import os
import threading
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty_tui.cli.receive_log import Handler, Log
from loyalty_tui.cli.receive_words import add_words, read_options
from loyalty_tui.crowdtwist.receiver import Entry
from loyalty_tui.errors import UsageError
from loyalty_tui.privacy import neutralise


def options(*words):
    parser = argparse.ArgumentParser()
    add_words(parser)
    return read_options(parser.parse_args(words))


def test_without_words_it_listens_on_this_machine_and_asks_for_secrets():
    read = options()
    assert (read.host, read.port, read.path) == ("127.0.0.1", 8443, "/push")
    assert read.has_auth
    assert (read.largest_body, read.largest_segment) == (1 << 20, 256 << 20)
    assert read.keep is None
    assert (read.certificate, read.proxies, read.ids_file) == (None, (), None)


@pytest.mark.parametrize(
    ("word", "size"), [("1024", 1024), ("2k", 2048), ("3 M".replace(" ", ""), 3 << 20),
                       ("1MiB", 1 << 20), ("1GB", 1 << 30), ("64kb", 64 << 10)],
)  # fmt: skip
def test_sizes_are_read(word, size):
    assert options("--max-body", word).largest_body == size


@pytest.mark.parametrize(("word", "days"), [("400d", 400), ("2", 2), ("36500d", 36500)])
def test_days_are_read(word, days):
    assert options("--keep", word).keep == timedelta(days=days)


@given(st.sampled_from(["--max-body", "--segment-size", "--keep", "--timeout", "--path",
                        "--behind-proxy"]), st.text(max_size=12))  # fmt: skip
def test_any_other_word_is_a_usage_error(option, word):
    told = None
    try:
        told = options(f"{option}={word}")
    except UsageError as error:
        told = error.remedy
    assert told


def test_proxies_are_named_one_by_one_or_with_commas():
    read = options("--behind-proxy", "10.0.0.1, ::1", "--behind-proxy", "10.1.0.0/16")
    assert read.proxies == ("10.0.0.1", "::1", "10.1.0.0/16")


def test_a_certificate_may_hold_its_key():
    read = options("--tls-cert", "both.pem")
    assert read.certificate.chain == read.certificate.key


@pytest.mark.parametrize(
    "words",
    [["--tls-cert", "~nobody-at-all/chain.pem"], ["--third-party-ids", "~nobody-at-all/ids.csv"],
     ["--tls-cert", "chain.pem", "--tls-key", "~nobody-at-all/key.pem"]],
)  # fmt: skip
def test_a_file_in_nobodys_home_is_a_usage_error(words):
    with pytest.raises(UsageError, match="~nobody-at-all"):
        options("--no-auth", *words)


ENTRY = Entry(200, "saved", 2142, 0.00123, "073d3b0fd909", "192.0.2.1")


def logged(*items, is_json):
    read, write = os.pipe()
    log = Log(write, is_json=is_json)
    for item in items:
        log.tell(item)
    log.close()
    os.close(write)
    with os.fdopen(read, encoding="utf-8") as lines:
        return lines.read().splitlines()


def test_a_line_of_text_says_it_all():
    [line] = logged(ENTRY, is_json=False)
    stamp, words = line.split(" ", 1)
    assert stamp.endswith("Z")
    assert words == "200 saved, 2142 bytes, 1.23 ms, member 073d3b0fd909, from 192.0.2.1"


def test_lines_stay_in_order_whoever_writes_them_up():
    read, write = os.pipe()
    log = Log(write, is_json=False)
    for number in range(300):
        log.tell(f"The {number}th.")
        if number % 3 == 0:
            log.write_up()
    log.close()
    os.close(write)
    with os.fdopen(read, encoding="utf-8") as lines:
        words = [line.rstrip("\n").split(" ", 1)[1] for line in lines]
    assert words == [f"The {number}th." for number in range(300)]


def test_json_lines_say_the_same():
    request, event = map(json.loads, logged(ENTRY, "It is told.", is_json=True))
    del request["time"], event["time"]
    assert request == {"status": 200, "said": "saved", "bytes": 2142, "ms": 1.23,
                       "member": "073d3b0fd909", "client": "192.0.2.1"}  # fmt: skip
    assert event == {"event": "It is told."}


def test_the_zone_of_an_address_is_not_said():
    zoned = ENTRY._replace(client="fe80::1%george15@crowdtwist.com")
    [line] = logged(zoned, is_json=False)
    assert line.endswith(", from fe80::1")


@given(st.text(), st.booleans())
def test_nothing_from_outside_steers_a_terminal(text, is_json):
    entry = Entry(200, "saved", 0, 0, "", text)
    for line in logged(entry, text, is_json=is_json):
        assert neutralise(line) == line


def test_a_log_that_nobody_reads_holds_nobody_up():
    read, write = os.pipe()
    log = Log(write, is_json=False)
    for _ in range(60_000):
        log.tell(ENTRY)
    log.close(patience=0.1)
    os.close(read)
    log.close()
    os.close(write)


def test_a_line_that_was_begun_is_ended_and_lost_ones_are_counted(monkeypatch):
    written, is_full, real = bytearray(), threading.Event(), os.write

    def write(file, data):
        if file != -1:
            return real(file, data)
        if written and not is_full.is_set():
            is_full.set()
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        taken = bytes(data if is_full.is_set() else data[:30])
        written.extend(taken)
        return len(taken)

    monkeypatch.setattr(os, "write", write)
    log = Log(-1, is_json=True)
    for number in range(3):
        log.tell(f"The {number}th.")
    is_full.wait()
    log.tell("Another one.")
    log.close()
    assert [json.loads(line)["event"] for line in written.splitlines()] == [
        "The 0th.", "Another one.", "Lines of the log that nobody read in time: 2.",
    ]  # fmt: skip


def test_a_reader_that_is_slow_gets_every_line():
    read, write = os.pipe()
    os.set_blocking(write, False)
    log = Log(write, is_json=True)
    for _ in range(5_000):
        log.tell(ENTRY)
    with os.fdopen(read, encoding="utf-8") as lines:
        assert all(json.loads(lines.readline())["status"] == 200 for _ in range(5_000))
    log.close()
    os.close(write)


def test_what_libraries_say_is_told_without_what_is_in_their_exceptions():
    told = []

    class Telling:
        tell = staticmethod(told.append)

    try:
        int("george15@crowdtwist.com")
    except ValueError as error:
        record = logging.LogRecord("asyncio", logging.ERROR, "", 0, "It failed", (), (
            type(error), error, error.__traceback__))  # fmt: skip
    Handler(Telling()).emit(record)
    assert told == ["It failed (ValueError)"]
