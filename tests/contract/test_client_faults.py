"""The CrowdManager client against a real server on loopback that fails in every way it can."""

from __future__ import annotations

import asyncio
import gzip
import json
import logging
import re
import socket
import ssl
import sys
import traceback
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from email.utils import format_datetime
from pathlib import Path
from urllib.parse import unquote

import httpx
import pytest
import trustme

from loyalty_tui import identifiers
from loyalty_tui.crowdmanager import client as client_module
from loyalty_tui.crowdmanager.client import BODY_LIMIT, TRIES, CrowdManager
from loyalty_tui.crowdmanager.models import Try
from loyalty_tui.errors import (
    CredentialsError,
    ExitCode,
    LoyaltyError,
    NoSuchMemberError,
    SettingsError,
    UnreachableError,
    UnusableAnswerError,
)
from loyalty_tui.privacy import Secret

from .faults import (
    FaultServer,
    answer,
    answer_and_hang_up,
    chunked,
    cut_off,
    drip,
    garble,
    hang_up,
    hold_back,
    never_answer,
    reset_in,
    response,
)

SAMPLE = (
    Path(__file__).parents[1] / "fixtures" / "crowdmanager-loyalty-summary-sample.json"
).read_bytes()
KEY = "aaabbbccc111222333"
PHONE = "+4722345678"
REQUEST_LINE = "GET /v2/1201/mypage/loyaltysummary?type=phone&value=%2B4722345678 HTTP/1.1"
FINE = answer(200, SAMPLE)
AT_ONCE = 2.0
"""Seconds; far below the budget of 20, far above what a busy machine needs."""


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch):
    monkeypatch.setattr(client_module, "PAUSES", (0.0, 0.0, 0.0))


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch):
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    for name in ("SSL_CERT_FILE", "SSL_CERT_DIR"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(autouse=True)
def log_without_the_key(caplog):
    caplog.set_level(logging.DEBUG)
    yield caplog
    for record in caplog.get_records("call"):
        assert KEY not in f"{record.getMessage()} {vars(record)!r}"


@pytest.fixture
def authority():
    return trustme.CA()


def connect(url, **options):
    return CrowdManager(url, "1201", Secret(KEY), **options)


async def look_up(url, identifier=PHONE, **options):
    on_try = options.pop("on_try", lambda _: None)
    async with connect(url, **options) as client:
        return await client.loyalty_summary(identifiers.parse(identifier, None), on_try)


async def failure(kind, url, **options):
    with pytest.raises(kind) as caught:
        await look_up(url, **options)
    error = caught.value
    assert type(error) is kind
    assert KEY not in "\n".join(everything_said_by(error))
    assert error.sentence.isprintable()
    assert error.remedy.isprintable()
    return error


def everything_said_by(error):
    """Yield every text that an error and what led to it could put on a screen or into a log."""
    while error is not None:
        frames = error.__traceback__
        while frames and frames.tb_frame.f_code.co_filename == __file__:
            frames = frames.tb_next
        yield from (str(error), repr(error), repr(error.args), repr(vars(error)))
        yield from traceback.format_exception(error)
        details = traceback.TracebackException(type(error), error, frames, capture_locals=True)
        yield from details.format()
        error = error.__cause__ or error.__context__


def tls_context(authority, *names, **details):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(*(names or ("127.0.0.1",)), **details).configure_cert(context)
    return context


def trust(authority, monkeypatch, tmp_path):
    authority.cert_pem.write_to_path(str(tmp_path / "authority.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))


def clock():
    return asyncio.get_running_loop().time()


# The request


async def test_the_request_is_the_one_of_the_vendor_document():
    with FaultServer(FINE) as server:
        summary = await look_up(server.url)
    [head] = server.requests
    line, *headers = head.decode("ascii").removesuffix("\r\n\r\n").split("\r\n")
    assert line == REQUEST_LINE
    assert f"Authorization: Basic {KEY}" in headers
    assert f"Host: 127.0.0.1:{server.port}" in headers
    assert not {"Content-Length", "Transfer-Encoding", "Cookie"} & {
        header.partition(":")[0] for header in headers
    }
    assert summary.balance == 56
    assert summary.rank.name == "Gold Supporter"


@pytest.mark.parametrize(
    ("address", "sent"),
    [
        ("george15@crowdtwist.com", "george15%40crowdtwist.com"),
        ("o'brien+x@bücher.example", "o%27brien%2Bx%40xn--bcher-kva.example"),
        ("a%41&type=phone@example.com", "a%2541%26type%3Dphone%40example.com"),
    ],
)
async def test_an_e_mail_address_leaves_percent_encoded(address, sent):
    with FaultServer(FINE) as server:
        await look_up(server.url, address)
    target = server.requests[0].split()[1].decode("ascii")
    assert target == f"/v2/1201/mypage/loyaltysummary?type=email&value={sent}"
    assert unquote(target.rpartition("=")[2]) == identifiers.parse(address, None).value


@pytest.mark.parametrize(
    ("path", "organization", "start"),
    [
        ("/", "1201", "/v2/1201/mypage"),
        ("/staging//", "1201", "/staging/v2/1201/mypage"),
        ("", "12/0 1?é", "/v2/12%2F0%201%3F%C3%A9/mypage"),
    ],
)
async def test_base_path_and_organization_keep_to_their_place_in_the_url(path, organization, start):
    with FaultServer(FINE) as server:
        async with CrowdManager(server.url + path, organization, Secret(KEY)) as client:
            await client.loyalty_summary(identifiers.parse(PHONE, None))
    target = server.requests[0].split()[1].decode("ascii")
    assert target == f"{start}/loyaltysummary?type=phone&value=%2B4722345678"


async def test_a_cookie_of_one_answer_is_not_sent_with_the_next_request():
    with FaultServer(answer(200, SAMPLE, {"Set-Cookie": "member=1; Path=/"})) as server:
        async with connect(server.url) as client:
            for _ in range(2):
                await client.loyalty_summary(identifiers.parse(PHONE, None))
    assert [b"cookie" in head.lower() for head in server.requests] == [False, False]
    assert len(server.connections) == 1


@pytest.mark.parametrize(
    "key", ["", " ", "cafe ", "cafe\r\nX-Other: 1", "ca\x00fe", "schlüssel", "\ud800"]
)
async def test_a_key_that_no_header_can_carry_is_refused_before_anything_is_sent(key):
    with FaultServer(FINE) as server:
        async with CrowdManager(server.url, "1201", Secret(key)) as client:
            with pytest.raises(CredentialsError) as caught:
                await client.loyalty_summary(identifiers.parse(PHONE, None))
    assert server.connections == []
    said = "\n".join(everything_said_by(caught.value))
    assert not key.strip() or repr(key)[1:-1] not in said


@pytest.mark.parametrize("key", ["a b", "dXNlcjpwYXNz==", "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"])
async def test_every_key_that_a_header_can_carry_travels_verbatim(key):
    with FaultServer(FINE) as server:
        async with CrowdManager(server.url, "1201", Secret(key)) as client:
            await client.loyalty_summary(identifiers.parse(PHONE, None))
    assert f"\r\nAuthorization: Basic {key}\r\n".encode() in server.requests[0]


@pytest.mark.parametrize(
    "url",
    [
        "http://api.crowdmanager.io",
        "http://192.0.2.1",
        "http://0.0.0.0:{port}",
        "http://127.0.0.1.example:{port}",
        "http://localhost.example:{port}",
        "ftp://127.0.0.1:{port}",
        "//127.0.0.1:{port}",
        "127.0.0.1:{port}",
        "http://user:password@127.0.0.1:{port}",
        "http://127.0.0.1:{port}?",
        "http://127.0.0.1:{port}/?next=",
        "http://127.0.0.1:{port}/#x",
        "",
        "https://",
        "https:///v2",
        "https://a..b",
        "https://" + "a" * 64 + ".example",
        "https://127.0.0.1:99999",
        "https://127.0.0.1\n",
        "https://\u202eexample",
        "https://xn--",
    ],
)
async def test_a_base_url_the_key_must_not_go_to_is_refused_before_anything_is_sent(url):
    with FaultServer(FINE) as server, pytest.raises(SettingsError) as caught:
        await look_up(url.format(port=server.port))
    assert server.connections == []
    assert "base_url" in caught.value.remedy
    assert "password" not in str(caught.value)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "LOCALHOST"])
async def test_http_is_allowed_on_loopback(host):
    with FaultServer(FINE) as server:
        assert (await look_up(f"http://{host}:{server.port}")).balance == 56


def test_the_client_does_not_show_its_key():
    client = connect("https://api.crowdmanager.io")
    assert KEY not in repr(client)
    assert KEY not in str(client)


# No answer


async def test_a_refused_connection_is_retried_and_named():
    tries = []
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{reserved.getsockname()[1]}"
        error = await failure(UnreachableError, url, on_try=tries.append)
    assert "127.0.0.1 refused the connection (4 tries)" in error.sentence
    assert error.exit_code == ExitCode.UNREACHABLE
    assert tries[-1].number == TRIES


@pytest.mark.skipif(sys.platform != "linux", reason="a full queue refuses elsewhere")
async def test_a_connection_that_is_never_taken_times_out_and_is_named(monkeypatch):
    monkeypatch.setattr(client_module, "TIMEOUTS", httpx.Timeout(5.0, connect=0.05))
    with socket.create_server(("127.0.0.1", 0), backlog=0) as full:
        address = full.getsockname()
        waiting = [socket.socket() for _ in range(3)]
        for one in waiting:
            one.setblocking(False)  # noqa: FBT003 - the socket's own signature
            one.connect_ex(address)
        error = await failure(UnreachableError, f"http://127.0.0.1:{address[1]}")
        for one in waiting:
            one.close()
    assert "did not take the connection within 0.05 seconds (4 tries)" in error.sentence


async def test_a_name_nobody_knows_is_named_as_dns():
    error = await failure(UnreachableError, "https://crowdmanager.invalid")
    assert "the name crowdmanager.invalid is not known (DNS)" in error.sentence


async def test_a_reset_in_mid_body_is_retried_and_then_fine():
    with FaultServer(reset_in(SAMPLE), reset_in(SAMPLE), FINE) as server:
        assert (await look_up(server.url)).balance == 56
    assert len(server.requests) == 3


async def test_resets_in_mid_body_without_end_are_unreachable():
    with FaultServer(reset_in(SAMPLE)) as server:
        error = await failure(UnreachableError, server.url)
    assert "the connection broke off before the answer was complete (4 tries)" in error.sentence
    assert len(server.requests) == TRIES


async def test_a_body_shorter_than_promised_is_retried_and_then_fine():
    with FaultServer(cut_off(SAMPLE), FINE) as server:
        assert (await look_up(server.url)).balance == 56
    assert len(server.requests) == 2


async def test_a_server_that_never_answers_costs_no_more_than_the_budget():
    with FaultServer(never_answer) as server:
        started = clock()
        error = await failure(UnreachableError, server.url, budget=0.2)
        assert 0.2 <= clock() - started < AT_ONCE
        assert await asyncio.to_thread(server.wait_for_ends, 1)
    assert "no complete answer within 0.2 seconds (1 try)" in error.sentence


async def test_a_server_that_falls_silent_is_asked_again_within_the_budget(monkeypatch):
    monkeypatch.setattr(client_module, "TIMEOUTS", httpx.Timeout(0.05))
    with FaultServer(never_answer, hold_back(response(200, SAMPLE), 300), FINE) as server:
        tries = []
        assert (await look_up(server.url, on_try=tries.append)).balance == 56
    assert [one.cause for one in tries if one.pause == 0.0][-1] == (
        "127.0.0.1 sent nothing for 0.05 seconds"
    )
    assert len(server.connections) == 3


@pytest.mark.parametrize("head_length", [0, len(response(200, SAMPLE)) - len(SAMPLE)])
async def test_an_answer_that_drips_in_costs_no_more_than_the_budget(head_length):
    whole = response(200, SAMPLE)

    def slow(connection):
        connection.send(whole[:head_length])
        drip(whole[head_length:], every=0.01)(connection)

    with FaultServer(slow) as server:
        started = clock()
        error = await failure(UnreachableError, server.url, budget=0.3)
        assert 0.3 <= clock() - started < AT_ONCE
        assert await asyncio.to_thread(server.wait_for_ends, 1)
    assert "no complete answer within 0.3 seconds" in error.sentence
    assert server.connections[0].sent < len(whole)


async def test_an_answer_that_drips_in_within_the_budget_is_fine():
    body = b'{"balance":1}'
    with FaultServer(drip(response(200, body), every=0.0)) as server:
        assert (await look_up(server.url)).balance == 1


@pytest.mark.parametrize("behaviour", [never_answer, drip(response(200, SAMPLE), every=0.01)])
async def test_cancelling_closes_the_connection_at_once(behaviour):
    with FaultServer(behaviour) as server:
        async with connect(server.url) as client:
            task = asyncio.create_task(client.loyalty_summary(identifiers.parse(PHONE, None)))
            assert await asyncio.to_thread(server.wait_for_requests, 1)
            cancelled = clock()
            task.cancel()
            with pytest.raises(asyncio.CancelledError) as caught:
                await task
            assert await asyncio.to_thread(server.wait_for_ends, 1)
            assert clock() - cancelled < AT_ONCE
    assert len(server.requests) == 1
    assert KEY not in "\n".join(everything_said_by(caught.value))


# Connections that are kept


async def test_one_connection_serves_several_look_ups():
    with FaultServer(FINE) as server:
        async with connect(server.url) as client:
            for _ in range(3):
                await client.loyalty_summary(identifiers.parse(PHONE, None))
    assert len(server.requests) == 3
    assert len(server.connections) == 1


@pytest.mark.parametrize("end", [hang_up, lambda connection: connection.reset()])
async def test_a_kept_connection_that_dies_on_the_next_request_is_retried(end):
    tries = []
    with FaultServer(FINE, end, FINE) as server:
        async with connect(server.url) as client:
            await client.loyalty_summary(identifiers.parse(PHONE, None))
            summary = await client.loyalty_summary(identifiers.parse(PHONE, None), tries.append)
    assert summary.balance == 56
    assert len(server.connections) == 2
    assert tries[-1].number == 2


async def test_a_kept_connection_that_died_in_between_costs_no_try():
    tries = []
    with FaultServer(answer_and_hang_up(SAMPLE), FINE) as server:
        async with connect(server.url) as client:
            await client.loyalty_summary(identifiers.parse(PHONE, None))
            assert await asyncio.to_thread(server.wait_for_ends, 1)
            await client.loyalty_summary(identifiers.parse(PHONE, None), tries.append)
    assert [one.number for one in tries] == [1]


# Redirects


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize(
    "target", ["{url}/v2/1201", "//127.0.0.1:{port}/", "/v3/", "http://[", "\x80", ""]
)
async def test_no_redirect_is_followed_and_no_credential_arrives_elsewhere(status, target):
    with FaultServer(FINE) as elsewhere:
        location = target.format(url=elsewhere.url, port=elsewhere.port)
        redirect = answer(status, b"moved", {"Location": location})
        with FaultServer(redirect, FINE) as server:
            error = await failure(UnusableAnswerError, server.url)
    assert f"redirect ({status})" in error.sentence
    assert len(server.requests) == 1
    assert elsewhere.connections == []


# Status codes


@pytest.mark.parametrize("status", [401, 403])
async def test_a_refusal_names_the_three_possible_reasons(status):
    with FaultServer(answer(status), FINE) as server:
        error = await failure(CredentialsError, server.url)
    assert f"({status})" in error.sentence
    assert all(reason in error.remedy for reason in ("API key", "permission", "whitelist"))
    assert len(server.requests) == 1
    assert error.exit_code == ExitCode.CREDENTIALS


async def test_404_is_no_such_member():
    with FaultServer(answer(404, b'{"balance":1}'), FINE) as server:
        error = await failure(NoSuchMemberError, server.url)
    assert len(server.requests) == 1
    assert error.exit_code == ExitCode.NO_SUCH_MEMBER


@pytest.mark.parametrize("status", [400, 409, 410, 418, 422, 451, 499])
async def test_other_client_errors_are_named_with_the_first_words_made_harmless(status):
    body = "I'm a \x1b]52;c;x\x07teapot\u202e\r\n[bold]".encode()
    with FaultServer(answer(status, body), FINE) as server:
        error = await failure(UnusableAnswerError, server.url)
    assert f"({status})" in error.sentence
    assert "I'm a ]52;c;x teapot [bold]" in error.remedy
    assert len(server.requests) == 1
    assert error.exit_code == ExitCode.UNUSABLE_ANSWER


async def test_a_client_error_without_words_is_named():
    with FaultServer(answer(418)) as server:
        error = await failure(UnusableAnswerError, server.url)
    assert error.remedy == "It says nothing more."


@pytest.mark.parametrize("status", [500, 501, 505, 508, 520, 599])
async def test_a_failure_inside_the_server_is_an_answer_and_not_retried(status):
    with FaultServer(answer(status), FINE) as server:
        error = await failure(UnreachableError, server.url)
    assert error.sentence == (f"CrowdManager answered with an error: it failed inside ({status}).")
    assert len(server.requests) == 1


@pytest.mark.parametrize("status", [429, 502, 503, 504])
async def test_a_busy_service_is_asked_again_and_then_fine(status):
    tries = []
    with FaultServer(answer(status), answer(status, b"x" * 99_999), FINE) as server:
        assert (await look_up(server.url, on_try=tries.append)).balance == 56
    assert len(server.requests) == 3
    assert f"({status})" in tries[-1].cause


@pytest.mark.parametrize("status", [429, 502, 503, 504])
async def test_a_service_that_stays_busy_is_unreachable(status):
    with FaultServer(answer(status)) as server:
        error = await failure(UnreachableError, server.url)
    assert f"({status})" in error.sentence
    assert error.sentence.startswith("CrowdManager answered with an error: ")
    assert "(4 tries)" in error.sentence
    assert error.remedy == "Try again in a moment."
    assert len(server.requests) == TRIES


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (401, CredentialsError),
        (404, NoSuchMemberError),
        (418, UnusableAnswerError),
        (500, UnreachableError),
        (302, UnusableAnswerError),
    ],
)
@pytest.mark.parametrize(
    "behave",
    [
        lambda head: answer_and_hang_up_with(head + b"Content-Length: 99\r\n\r\nhalf"),
        lambda head: answer_and_hang_up_with(
            head + b"Content-Encoding: gzip\r\nContent-Length: 4\r\n\r\nnone"
        ),
        lambda head: answer_and_hang_up_with(head + b"Transfer-Encoding: chunked\r\n\r\nzz"),
    ],
    ids=["cut off", "no gzip", "no chunks"],
)
async def test_a_refusal_counts_even_when_its_body_cannot_be_read(status, kind, behave):
    with FaultServer(behave(f"HTTP/1.1 {status} No\r\n".encode()), FINE) as server:
        error = await failure(kind, server.url)
    assert f"({status})" in error.sentence or kind is NoSuchMemberError
    assert len(server.requests) == 1


def answer_and_hang_up_with(data):
    def behave(connection):
        connection.send(data)
        connection.close()

    return behave


# Tries and pauses


async def test_every_try_is_reported_in_order_with_its_cause_and_pause(monkeypatch):
    pauses = (0.002, 0.004, 0.008)
    monkeypatch.setattr(client_module, "PAUSES", pauses)
    tries = []
    with FaultServer(answer(503), hang_up, answer(429), FINE) as server:
        await look_up(server.url, on_try=tries.append)
    assert tries[0] == Try(1, TRIES)
    causes = ["(503)", "broke off", "(429)"]
    for index, (cause, pause) in enumerate(zip(causes, pauses, strict=True)):
        waiting, started = tries[1 + 2 * index : 3 + 2 * index]
        assert cause in waiting.cause
        assert 0.5 * pause <= waiting.pause <= 1.5 * pause
        assert started == Try(index + 2, TRIES, 0.0, waiting.cause)
        assert waiting.number == index + 2
    assert len(tries) == 7


async def first_pause(server, budget):
    """Return the first pause that is announced, without waiting for its end."""
    announced = asyncio.get_running_loop().create_future()

    def on_try(one):
        if one.pause and not announced.done():
            announced.set_result(one.pause)

    task = asyncio.create_task(look_up(server.url, on_try=on_try, budget=budget))
    try:
        return await asyncio.wait_for(announced, AT_ONCE)
    finally:
        task.cancel()
        await asyncio.wait([task])


@pytest.mark.parametrize("status", [429, 503])
async def test_retry_after_is_honoured_in_seconds(status):
    with FaultServer(answer(status, headers={"Retry-After": "3600"})) as server:
        assert await first_pause(server, budget=7200) == 3600


async def test_retry_after_is_honoured_as_a_date():
    moment = datetime.now(UTC) + timedelta(hours=1)
    date = format_datetime(moment, usegmt=True)
    with FaultServer(answer(429, headers={"Retry-After": date})) as server:
        assert 3590 < await first_pause(server, budget=7200) <= 3600


@pytest.mark.parametrize("hours", [-48, 48])
async def test_a_date_in_retry_after_is_one_by_the_clock_of_the_service(hours):
    now = datetime.now(UTC) + timedelta(hours=hours)
    dates = (format_datetime(each, usegmt=True) for each in (now, now + timedelta(hours=1)))
    headers = dict(zip(("Date", "Retry-After"), dates, strict=True))
    with FaultServer(answer(429, headers=headers)) as server:
        assert await first_pause(server, budget=7200) == 3600


@pytest.mark.parametrize(
    ("header", "said"),
    [("45", "45 seconds"), ("120", "2 minutes"), ("3600", "1 hour"), ("7201", "2 hours 1 minute")],
)
async def test_a_long_wait_is_told_in_minutes_and_hours(header, said):
    with FaultServer(answer(429, headers={"Retry-After": header})) as server:
        error = await failure(UnreachableError, server.url)
    assert f"left alone for {said} (1 try)." in error.sentence
    assert error.remedy == f"Try again in {said}."


async def test_the_time_retry_after_asks_for_is_really_waited():
    with FaultServer(answer(429, headers={"Retry-After": "1"}), FINE) as server:
        started = clock()
        assert (await look_up(server.url)).balance == 56
        assert clock() - started >= 1


@pytest.mark.parametrize(
    "value",
    ["3600", "9" * 400, format_datetime(datetime.now(UTC) + timedelta(days=2), usegmt=True)],
    ids=["an hour", "400 digits", "a date"],
)
async def test_retry_after_beyond_the_budget_gives_up_at_once(value):
    with FaultServer(answer(429, headers={"Retry-After": value}), FINE) as server:
        started = clock()
        error = await failure(UnreachableError, server.url)
        assert clock() - started < AT_ONCE
    assert "answered with an error: it is being asked too often (429)" in error.sentence
    asked = re.search(r" and asks to be left alone for (.+) \(1 try\)\.", error.sentence)
    assert error.remedy == f"Try again in {asked[1]}."
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    "value",
    [
        "",
        "soon",
        "-5",
        "1.5",
        "٣",
        "Mon, 99 Foo 2026 99:99:99 GMT",
        "Mon, 1 Jan 99999999999999999999 10:00:00 GMT",
        "1 Jan 2026 10:00:00 +99999999999999999999",
        "1 Jan 2026 99999999999999999999:00:00 GMT",
        "Sun, 06 Nov 1994 08:49:37",
        "Sun, 06 Nov 1994 08:49:37 GMT",
        "1 Jan 1 00:00:00 +2359",
    ],
)
async def test_a_retry_after_that_asks_for_nothing_is_no_obstacle(value):
    behaviour = answer(503, headers={"Retry-After": value})
    with FaultServer(behaviour, FINE) as server:
        assert (await look_up(server.url)).balance == 56


async def test_a_pause_that_would_outlast_the_budget_is_not_begun(monkeypatch):
    monkeypatch.setattr(client_module, "PAUSES", (60.0, 60.0, 60.0))
    with FaultServer(answer(503)) as server:
        started = clock()
        error = await failure(UnreachableError, server.url)
        assert clock() - started < AT_ONCE
    assert error.sentence.endswith("it is not available just now (503) (1 try).")


# Bodies


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"<!DOCTYPE html>\n<html><h1>Log in</h1>", "<!DOCTYPE html> <html><h1>Log in</h1>"),
        (SAMPLE[:1000], '{ "balance":56,'),
        (b'{"balance":"56","rank":7,"ranks":{},"distinctions":true}', '{"balance":"56"'),
        (b"[]", "[]"),
        (b"\xff\xfe\x00\x1b[2J", "[2J"),
        (b"NaN", "NaN"),
    ],
)
async def test_a_body_nobody_can_use_is_named_with_its_first_words(body, words):
    with FaultServer(answer_and_hang_up(body), FINE) as server:
        error = await failure(UnusableAnswerError, server.url)
    assert words in error.remedy
    assert len(server.requests) == 1


async def test_wrong_types_in_part_of_the_answer_leave_the_rest_usable():
    body = json.dumps(
        {
            "balance": [],
            "rank": "Gold",
            "ranks": [None, 1, "x", {}, {"id": "95"}, {"id": 1, "threshold": "low"}],
            "distinctions": [{"id": 1, "name": 5}, {"id": 2, "isEarned": True}],
        }
    )
    with FaultServer(answer(200, body.encode())) as server:
        summary = await look_up(server.url)
    assert summary.balance is None
    assert [rank.id for rank in summary.ranks] == [1]
    assert [distinction.id for distinction in summary.distinctions] == [2]
    assert len(summary.notices) == 4


async def test_every_digit_of_a_balance_arrives():
    with FaultServer(answer(200, b'{"balance":9007199254740993.10}')) as server:
        assert str((await look_up(server.url)).balance) == "9007199254740993.10"


@pytest.mark.parametrize("status", [200, 204])
async def test_an_empty_answer_is_named_as_empty(status):
    head = b"HTTP/1.1 %d Fine\r\n" % status + b"Content-Length: 0\r\n" * (status == 200) + b"\r\n"
    with FaultServer(answer_and_hang_up_with(head), FINE) as server:
        error = await failure(UnusableAnswerError, server.url)
    assert error.remedy == "It is empty."


TEN_MEGABYTES = b'{"balance":56,"padding":"' + b"x" * 10_000_000 + b'"}'


@pytest.mark.parametrize(
    "whole",
    [
        response(200, TEN_MEGABYTES),
        response(200, TEN_MEGABYTES, has_length=False),
        chunked(TEN_MEGABYTES),
    ],
    ids=["Content-Length", "until the end", "chunks"],
)
async def test_ten_megabytes_are_refused_before_all_of_it_is_read(whole):
    with FaultServer(hold_back(whole, 6_000_000), FINE) as server:
        error = await failure(UnusableAnswerError, server.url)
        assert await asyncio.to_thread(server.wait_for_ends, 1)
    assert "larger than 5 MB" in error.sentence
    assert server.connections[0].sent == 6_000_000
    assert len(server.requests) == 1


async def test_the_largest_body_allowed_is_read_and_one_byte_more_is_not():
    with FaultServer(
        answer(200, SAMPLE.ljust(BODY_LIMIT)), answer(200, SAMPLE.ljust(BODY_LIMIT + 1))
    ) as server:
        assert (await look_up(server.url)).balance == 56
        error = await failure(UnusableAnswerError, server.url)
    assert "larger than 5 MB" in error.sentence


async def test_an_answer_that_is_compressed_unasked_is_read():
    packed = answer(200, gzip.compress(SAMPLE), {"Content-Encoding": "gzip"})
    with FaultServer(packed) as server:
        assert (await look_up(server.url)).balance == 56
    assert b"\r\nAccept-Encoding: identity\r\n" in server.requests[0]


@pytest.mark.parametrize(
    ("body", "encoding", "said"),
    [
        (b"no gzip at all", "gzip", "compressed in a broken way"),
        (gzip.compress(SAMPLE)[:-200], "gzip", "no JSON"),
        (gzip.compress(SAMPLE)[:9], "gzip", "no JSON"),
        (gzip.compress(b" " * 20_000_000), "gzip", "larger than 5 MB"),
        (gzip.compress(SAMPLE), "unheard-of", "no JSON"),
    ],
    ids=["no gzip", "cut short", "header only", "bomb", "unknown encoding"],
)
async def test_an_answer_that_is_compressed_in_a_broken_way_is_unusable(body, encoding, said):
    with FaultServer(answer(200, body, {"Content-Encoding": encoding}), FINE) as server:
        error = await failure(UnusableAnswerError, server.url)
    assert said in error.sentence
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    "data",
    [
        b"SSH-2.0-OpenSSH_9.6\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"X: " + b"y" * 200_000 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
        b"\x00" * 100,
        b"\r\n" * 9,
    ],
)
async def test_what_is_no_http_is_unreachable(data):
    with FaultServer(answer_and_hang_up_with(data)) as server:
        error = await failure(UnreachableError, server.url)
    assert "(4 tries)" in error.sentence


# TLS


async def test_a_trusted_certificate_is_fine(authority, monkeypatch, tmp_path):
    trust(authority, monkeypatch, tmp_path)
    with FaultServer(FINE, tls=tls_context(authority)) as server:
        assert (await look_up(server.url)).balance == 56
    assert server.requests[0].startswith(REQUEST_LINE.encode())


async def test_an_untrusted_certificate_is_not_retried_and_gets_no_request(authority):
    tries = []
    with FaultServer(FINE, tls=tls_context(authority)) as server:
        error = await failure(UnreachableError, server.url, on_try=tries.append)
        assert await asyncio.to_thread(server.wait_for_ends, 1)
    assert "the certificate of 127.0.0.1 is not trusted" in error.sentence
    assert "SSL_CERT_FILE" in error.remedy
    assert server.requests == []
    assert len(server.connections) == len(tries) == 1


@pytest.mark.parametrize(
    ("names", "details"),
    [
        (["crowdmanager.invalid"], {}),
        (["127.0.0.1"], {"not_after": datetime(2020, 1, 1, tzinfo=UTC)}),
    ],
    ids=["another name", "expired"],
)
async def test_a_certificate_of_no_use_is_not_retried(
    authority, names, details, monkeypatch, tmp_path
):
    trust(authority, monkeypatch, tmp_path)
    with FaultServer(FINE, tls=tls_context(authority, *names, **details)) as server:
        error = await failure(UnreachableError, server.url)
    assert "is not trusted" in error.sentence
    assert len(server.connections) == 1
    assert server.requests == []


async def test_plain_http_on_an_https_url_is_named_as_tls():
    with FaultServer(greeting=answer_and_hang_up_with(response(400))) as server:
        error = await failure(UnreachableError, f"https://127.0.0.1:{server.port}")
    assert "no secure connection (TLS) with 127.0.0.1 came about (4 tries)" in error.sentence
    assert len(server.connections) == TRIES


@pytest.mark.parametrize("greeting", [hang_up, lambda connection: connection.reset()])
async def test_a_handshake_that_breaks_off_is_retried_and_named(greeting):
    with FaultServer(greeting=greeting) as server:
        error = await failure(UnreachableError, f"https://127.0.0.1:{server.port}")
    assert "(4 tries)" in error.sentence
    assert len(server.connections) == TRIES


async def test_bytes_that_are_no_tls_after_the_handshake_are_retried(
    authority, monkeypatch, tmp_path
):
    trust(authority, monkeypatch, tmp_path)
    with FaultServer(garble, FINE, tls=tls_context(authority)) as server:
        assert (await look_up(server.url)).balance == 56
    assert len(server.requests) == 2


async def test_a_handshake_that_never_ends_costs_no_more_than_the_budget():
    with FaultServer(greeting=never_answer) as server:
        started = clock()
        error = await failure(UnreachableError, f"https://127.0.0.1:{server.port}", budget=0.1)
        assert await asyncio.to_thread(server.wait_for_ends, 1)
        assert clock() - started < AT_ONCE
    assert "no complete answer within 0.1 seconds" in error.sentence


@pytest.mark.parametrize("content", [None, b"", b"no certificate"])
async def test_certificates_that_cannot_be_read_are_named_as_settings(
    content, monkeypatch, tmp_path
):
    path = tmp_path / "certificates.pem"
    if content is not None:
        path.write_bytes(content)
    monkeypatch.setenv("SSL_CERT_FILE", str(path))
    error = await failure(SettingsError, "https://127.0.0.1:1")
    assert "SSL_CERT_FILE" in error.sentence


# Proxies


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
async def test_no_proxy_of_the_environment_gets_a_loopback_request(host, monkeypatch):
    with FaultServer(answer(502)) as proxy, FaultServer(FINE) as server:
        for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url)
        assert (await look_up(f"http://{host}:{server.port}")).balance == 56
    assert proxy.connections == []


async def test_a_proxy_of_the_environment_is_used_but_never_sees_the_key(monkeypatch):
    with FaultServer(answer(502)) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        error = await failure(UnreachableError, "https://crowdmanager.invalid")
    assert "the proxy refused the connection (4 tries)" in error.sentence
    assert proxy.requests[0].startswith(b"CONNECT crowdmanager.invalid:443 ")
    assert KEY.encode() not in b"".join(proxy.requests)


@pytest.mark.parametrize(
    "proxy", ["socks5://proxy.invalid:1", "gopher://proxy.invalid", "http://[::1"]
)
async def test_a_proxy_that_cannot_be_used_is_named_as_settings(proxy, monkeypatch):
    monkeypatch.setenv("ALL_PROXY", proxy)
    error = await failure(SettingsError, "https://crowdmanager.invalid")
    assert "ALL_PROXY" in error.sentence


# The key


@pytest.mark.parametrize("status", [200, 404, 418, 500, 503])
@pytest.mark.parametrize("padding", [0, 66, 4090])
async def test_a_server_that_repeats_the_request_does_not_make_the_key_known(status, padding):
    body = " " * padding + f"Authorization: Basic {KEY}, again {KEY}"
    with (
        FaultServer(answer(status, body.encode())) as server,
        pytest.raises(LoyaltyError) as caught,
    ):
        await look_up(server.url)
    said = "\n".join(everything_said_by(caught.value))
    assert KEY not in said
    assert KEY[:6] not in said


async def test_a_summary_that_happens_to_hold_the_key_is_left_as_it_is():
    with FaultServer(answer(200, b'{"balance":56}')) as server:
        async with CrowdManager(server.url, "1201", Secret("56")) as client:
            summary = await client.loyalty_summary(identifiers.parse(PHONE, None))
    assert summary.balance == Decimal(56)


async def test_the_log_tells_of_a_request_at_the_finest_level_without_its_key(log_without_the_key):
    with FaultServer(answer(503), FINE) as server:
        await look_up(server.url)
    names = {record.name for record in log_without_the_key.records}
    assert {"httpx", "httpcore.http11"} <= names
    assert KEY not in log_without_the_key.text
