"""`loyalty-tui receive` as a process of its own: what it says, saves and refuses."""

import base64
import gzip
import json
import os
import re
import signal
import socket
import ssl
import subprocess
import sys
import time
import warnings
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
import trustme

SAMPLE = Path(__file__).parents[1] / "fixtures" / "crowdtwist-live-push-sample.json"
PUSH = b'{"id":6566,"emailAddress":"george15@crowdtwist.com","password":"hush","tierInfo":null}'
KEPT = PUSH.replace(b"hush", b"[redacted]")
BASIC = "Authorization: Basic " + base64.b64encode(b"test:password123").decode()
API_KEY = "x-api-key: GRscvhg53SsDg1gxxsDgcsf123"
SECRETS = {
    "LOYALTY_TUI_RECEIVER_BASIC": "test:password123",
    "LOYALTY_TUI_RECEIVER_API_KEY": "GRscvhg53SsDg1gxxsDgcsf123",
}


def pushes(receiver, receiving):
    return receiving.stored(receiver.archive)


def test_it_says_where_it_listens_and_saves_what_comes(receive, receiving):
    receiver = receive()
    assert receiver.said[0] == f"listening on http://127.0.0.1:{receiver.port}/push"
    assert receiver.health() == (200, "ready")
    assert receiver.post(PUSH)[0] == 200
    assert receiver.post(SAMPLE.read_bytes())[0] == 200
    kept, sample = pushes(receiver, receiving)
    assert kept == KEPT
    assert json.loads(sample)["id"] == 6566
    assert receiver.end() == 0


def test_bodies_come_in_every_way_that_http_has(receive, receiving):
    receiver = receive("--path", "/crm/live")
    with receiver.connect() as connection:
        chunks = b"".join(b"1;ext=1\r\n%c\r\n" % byte for byte in PUSH) + b"0\r\nTrailer: x\r\n\r\n"
        connection.send(receiving.request(b"", "Transfer-Encoding: chunked", path="/crm/live"))
        connection.send(chunks)
        assert connection.answer()[0] == 200
        packed = gzip.compress(PUSH)
        assert connection.ask(packed, "Content-Encoding: gzip", path="/crm/live")[0] == 200
        waiting = receiving.request(
            b"", f"Content-Length: {len(PUSH)}", "Expect: 100-continue", path="/crm/live"
        )
        connection.send(waiting)
        assert connection.answer()[0] == 100
        connection.send(PUSH)
        assert connection.answer()[0] == 200
        connection.send(2 * receiving.request(PUSH, path="/crm/live?a=b"))
        assert [connection.answer()[0] for _ in range(2)] == [200, 200]
        old = receiving.request(PUSH, path="/crm/live").replace(b"HTTP/1.1", b"HTTP/1.0")
        connection.send(old)
        assert connection.answer()[0] == 200
    assert pushes(receiver, receiving) == [KEPT] * 6
    assert receiver.post(PUSH, path="/push")[0] == 404


def test_a_head_that_is_known_means_the_same_every_time(receive, receiving):
    receiver = receive("--auth", environment=SECRETS)
    bodies = [b'{"n":%d,"password":"hush"}' % number for number in range(10, 20)]
    bodies[5] = b'{"n":15,"passwordx":"him"}'
    bodies[7] = b'{"n":17,\n"c":"\xc3\xa6\xc3\xb8\xc3\xa5 ok"}'
    bodies[8] = b'{"n":18,"password":"hush"'.ljust(len(bodies[0]))
    with receiver.connect() as connection:
        answers = [connection.ask(body, BASIC, API_KEY)[0] for body in bodies]
        assert answers == [200] * 8 + [202, 200]
        assert connection.ask(bodies[0], BASIC, API_KEY + "4")[0] == 401
        assert connection.ask(bodies[0], BASIC, API_KEY, API_KEY)[0] == 401
        assert connection.ask(bodies[0], BASIC, API_KEY)[0] == 200
        assert connection.ask(bodies[0], BASIC, API_KEY, method="PUT")[0] == 405
    kept = pushes(receiver, receiving)
    assert kept[5] == bodies[5]
    assert kept[7] == bodies[7].replace(b"\n", b"")
    assert [one for one in kept if b"hush" in one] == []
    assert len(kept) == 10


@pytest.mark.parametrize("pieces", [1, 2, 3, 50, 400])
def test_a_known_head_may_come_in_any_pieces(receive, receiving, pieces):
    receiver = receive()
    many = [b'{"n":%d}' % number for number in range(100, 150)]
    with receiver.connect() as connection:
        connection.ask(many[0])
        data = b"".join(map(receiving.request, many[1:]))
        step = -(-len(data) // pieces)
        for start in range(0, len(data), step):
            connection.send(data[start : start + step])
        assert [connection.answer()[0] for _ in many[1:]] == [200] * 49
    assert pushes(receiver, receiving) == many


def test_nobody_gets_by_with_what_only_looks_like_a_known_head(receive, receiving):
    receiver = receive("--auth", environment=SECRETS)
    right = receiving.request(PUSH, BASIC, API_KEY)
    wrong = receiving.request(PUSH)
    head = right[: right.index(b"\r\n\r\n") + 4]
    for before in (b"\r\n\r\n", b"\r\n", b"\n\n"):
        with receiver.connect() as connection:
            connection.send(before + right)
            assert connection.answer()[0] in {200, 400}
        with receiver.connect() as connection:
            connection.send(before + PUSH)
            assert b" 200 " not in connection.rest()[:20]
    saved = len(pushes(receiver, receiving))
    with receiver.connect() as connection:
        connection.send(head.replace(b"\r\n", b"\n") + PUSH)  # bare line breaks are no head
        assert b" 200 " not in connection.rest()[:20]
    with receiver.connect() as connection:
        assert connection.ask(PUSH, BASIC, API_KEY)[0] == 200
        inner = PUSH[:-1] + b',"x":"' + b"y" * 40
        connection.send(receiving.request(right + wrong))  # a whole request as a body
        assert connection.answer()[0] == 401
        connection.send(wrong + right)
        assert [connection.answer()[0] for _ in range(2)] == [401, 200]
        connection.send(head + inner[: len(PUSH)])
        assert connection.answer()[0] == 202
    assert len(pushes(receiver, receiving)) == saved + 2


def test_what_is_no_request_to_push_is_refused(receive, receiving):
    receiver = receive("--max-body", "4K")
    for method in ("GET", "PUT", "OPTIONS", "DELETE", "HEAD"):
        status, headers, _ = receiver.post(b"", method=method)
        assert (status, headers["allow"]) == (405, "post")
    large = b'{"a":"' + b"x" * 3_000_000 + b'"}'
    assert receiver.post(large)[0] == 413
    assert receiver.post(large, "Connection: close")[0] == 413
    assert receiver.post(gzip.compress(large), "Content-Encoding: gzip")[0] == 413
    assert receiver.post(PUSH, "Content-Encoding: br")[0] == 415
    with receiver.connect() as connection:
        connection.send(receiving.request(b"", "Content-Length: 9999", "Expect: 100-continue"))
        assert connection.answer()[0] == 413
        assert connection.rest() == b""
    twice = ("Content-Length: 5", "Content-Length: 86")
    for headers in (twice, ("Content-Length: 86", "Transfer-Encoding: chunked")):
        assert receiver.post(PUSH, *headers)[0] == 400
    for garbage in (b"\0\0\0\0\r\n\r\n", b"GET /\xff HTTP/1.1\r\n\r\n", b"\x16\x03\x01\r\n\r\n"):
        with receiver.connect() as connection:
            connection.send(garbage)
            assert connection.answer()[0] == 400
    assert not list((receiver.archive / "pushes").iterdir())


@pytest.mark.parametrize("used", ["BASIC", "API_KEY", "both"])
def test_only_those_who_know_the_secrets_may_push(receive, receiving, used):
    environment = {name: value for name, value in SECRETS.items() if used in (name[21:], "both")}
    receiver = receive("--auth", environment=environment)
    right = {"BASIC": [BASIC], "API_KEY": [API_KEY], "both": [BASIC, API_KEY]}[used]
    assert receiver.post(PUSH, *right)[0] == 200
    wrong = [[], [BASIC[:-4]], [API_KEY + "4"], [BASIC, BASIC], ["Authorization: Basic"],
             ["Authorization: Basic é"], *([one] for one in right if used == "both")]  # fmt: skip
    for headers in wrong:
        assert receiver.post(PUSH, *headers)[0] == 401
        assert receiver.post(b"garbage", *headers)[0] == 401
    assert receiver.post(b"x" * 2_000_000, *wrong[0])[0] == 401
    assert pushes(receiver, receiving) == [KEPT]
    assert not (receiver.archive / "quarantine").exists()
    receiver.end()
    assert not re.search("password123|GRscvhg", "\n".join(filter(None, receiver.said)))


def test_secrets_come_from_no_argument_and_have_to_be_there(typed, kept_keys, tmp_path):
    words = ("receive", "--archive", str(tmp_path / "a"))
    outcome = typed(*words)
    assert outcome.code == 4
    assert "login --receiver" in outcome.err
    assert "--no-auth" in outcome.err
    assert typed(*words, "--basic", "a:b").code == 2
    assert kept_keys == {}
    assert not (tmp_path / "a").exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--host", "0.0.0.0"], "Plain http is for this machine only"),  # noqa: S104 - refused
        (["--port", "70000"], "port"),
        (["--path", "push"], "path"),
        (["--path", "/healthz"], "path"),
        (["--tls-cert", "nowhere.pem"], "certificate"),
        (["--tls-key", "nowhere.pem"], "--tls-cert"),
        (["--behind-proxy", "*"], "--behind-proxy"),
        (["--keep", "1d"], "--keep"),
        (["--max-body", "lots"], "--max-body"),
        (["--segment-size", "5"], "--segment-size"),
        (["--timeout", "0"], "--timeout"),
        (["--tls-cert", "/dev/null"], "not the PEM that it has to be. Name a PEM file"),
        (["--third-party-ids", "nowhere.csv"], "third-party ids"),
        (["--third-party-ids", "/"], "it is a folder, not a file."),
        (["--third-party-ids", "/dev/zero"], "it is a device, not a file."),
        (["--host", "no.such.host.invalid"], "no.such.host.invalid"),
    ],
)
def test_what_cannot_be_is_said_in_one_line(refusal, words, said):
    assert said in refusal(*words)


@pytest.fixture
def refusal(tmp_path):
    """Start a receiver that refuses to, and return its one line on standard error."""

    def refused(*words):
        done = subprocess.run(  # noqa: S603 - our own interpreter and words
            [sys.executable, "-m", "loyalty_tui", "receive", "--no-auth",
             "--archive", str(tmp_path / "a"), "--port", "0", *words],
            capture_output=True, text=True, check=False, timeout=20,
        )  # fmt: skip
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr.count("\n") == 1
        return done.stderr

    return refused


def test_an_address_that_is_taken_is_said_once(refusal):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        said = refusal("--port", str(port))
    assert f"127.0.0.1 port {port} cannot be listened on: Address already in use. " in said


def test_a_second_receiver_is_refused_with_the_firsts_pid(receive, typed, tmp_path):
    receiver = receive()
    for port in (0, receiver.port):
        words = ("--archive", str(tmp_path / "archive"), "--port", str(port))
        outcome = typed("receive", "--no-auth", *words)
        assert outcome.code == 7
        assert f"process {receiver.pid}," in outcome.err


def test_third_party_ids_are_answered_and_not_beside_authentication(receive, typed, tmp_path):
    file = tmp_path / "ids.csv"
    file.write_text("key,third_party_id\ngeorge15@crowdtwist.com,123456789\n")
    words = ("--third-party-ids", str(file))
    outcome = typed("receive", *words, "--archive", str(tmp_path / "a"))
    assert outcome.code == 2
    assert "without authentication" in outcome.err
    receiver = receive(*words)
    assert receiver.post(PUSH)[2] == b'{"third_party_id":"123456789"}'
    assert receiver.post(b'{"id":1}')[2] == b"{}"
    receiver.kill()
    forced = receive("--auth", "--force", *words, environment=SECRETS)
    assert forced.post(PUSH, BASIC, API_KEY)[2] == b'{"third_party_id":"123456789"}'


def test_third_party_ids_come_from_no_pipe_without_a_writer_and_from_no_socket(refusal, tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "socket"))
        for name, said in (("pipe", "a pipe that nobody writes to"), ("socket", "a socket")):
            assert said in refusal("--third-party-ids", str(tmp_path / name))


@pytest.fixture
def fed(receiving, home, tmp_path):
    """A receiver whose third-party ids come from a pipe, and what writes to that."""
    os.mkfifo(tmp_path / "pipe")
    writer = os.open(tmp_path / "pipe", os.O_RDWR)
    os.write(writer, b"george15@crowdtwist.com,")
    receiver = receiving.Receiving(
        tmp_path / "archive", home, "--no-auth", "--third-party-ids", str(tmp_path / "pipe"),
        is_awaited=False,
    )  # fmt: skip
    deadline = time.monotonic() + 20
    while unread(writer):
        assert time.monotonic() < deadline
        assert receiver.is_running()
    yield receiver, os.fdopen(writer, "wb", buffering=0)
    receiver.kill()


def unread(pipe):
    """Return how many bytes of a pipe have not been read yet."""
    import fcntl
    import termios

    return int.from_bytes(fcntl.ioctl(pipe, termios.FIONREAD, bytes(4)), sys.byteorder)


def test_third_party_ids_come_from_a_slow_pipe(fed):
    receiver, writer = fed
    with writer:
        writer.write(b"123456789\n")
    receiver.wait_until_listening()
    receiver.wait_for("Third-party ids read: 1.")
    assert receiver.post(PUSH)[2] == b'{"third_party_id":"123456789"}'
    assert receiver.end() == 0


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 0), (signal.SIGINT, 130)])
def test_it_ends_while_it_waits_for_a_pipe(fed, number, code):
    receiver, writer = fed
    with writer:
        assert receiver.end(number) == code


def test_an_archive_that_is_a_file_is_told_as_by_every_verb(typed, tmp_path):
    (tmp_path / "file").touch()
    words = ("--archive", str(tmp_path / "file"))
    received = typed("receive", "--no-auth", "--port", "0", *words)
    assert received.code == 7
    assert received == typed("archive", "list", *words)


def test_the_log_is_structured_and_has_nothing_personal(receive):
    receiver = receive("--log-format", "json")
    receiver.post(PUSH)
    receiver.post(b'{"password":"hush","emailAddress":"george15@crowdtwist.com"')
    receiver.post(PUSH, path="/george15@crowdtwist.com")
    assert receiver.end() == 0
    said = [line for line in receiver.said[1:] if line]
    saved, apart, nowhere = map(json.loads, said)
    assert (saved["status"], saved["said"], saved["bytes"]) == (200, "saved", len(PUSH))
    assert saved["ms"] > 0
    assert re.fullmatch("[0-9a-f]{12}", saved["member"])
    assert datetime.fromisoformat(saved["time"]) <= datetime.now(UTC)
    assert (apart["status"], nowhere["status"]) == (202, 404)
    assert not re.search("george15|hush|6566", "\n".join(said))


def test_only_named_proxies_are_believed(receive):
    receiver = receive("--behind-proxy", "127.0.0.1,10.0.0.0/8", "--host", "127.0.0.1")
    receiver.post(PUSH, "X-Forwarded-For: 203.0.113.9, 10.1.2.3")
    assert "from 203.0.113.9" in receiver.wait_for("200 saved")
    receiver.kill()
    receiver = receive("--behind-proxy", "10.0.0.1")
    receiver.post(PUSH, "X-Forwarded-For: 203.0.113.9")
    assert "from 127.0.0.1" in receiver.wait_for("200 saved")


def test_a_proxy_is_believed_where_both_kinds_of_addresses_are_listened_on(receive):
    if not socket.has_dualstack_ipv6():
        pytest.skip("no IPv6 on this machine")
    receiver = receive("--behind-proxy", "127.0.0.1", "--host", "::")
    receiver.post(PUSH, "X-Forwarded-For: 203.0.113.9")
    assert "from 203.0.113.9" in receiver.wait_for("200 saved")


def test_a_hostile_forwarded_address_reaches_no_terminal(receive):
    receiver = receive("--behind-proxy", "127.0.0.1")
    for said in ("\x9b\u202e" + "x" * 5_000, "ola@example.org"):
        receiver.said.clear()
        receiver.post(PUSH, f"X-Forwarded-For: {said}")
        assert receiver.wait_for("200 saved").endswith(", from nowhere")


# TLS


@pytest.fixture
def authority():
    return trustme.CA()


@pytest.fixture
def trusting(authority):
    context = ssl.create_default_context()
    authority.configure_trust(context)
    return context


def write_certificate(authority, folder, **details):
    issued = authority.issue_cert("127.0.0.1", **details)
    chain = b"".join(blob.bytes() for blob in issued.cert_chain_pems)
    (folder / "chain.pem").write_bytes(chain)
    issued.private_key_pem.write_to_path(str(folder / "key.pem"))
    return ("--tls-cert", str(folder / "chain.pem"), "--tls-key", str(folder / "key.pem"))


def test_over_tls_the_same_is_right_and_wrong(receive, receiving, authority, trusting, tmp_path):
    words = write_certificate(authority, tmp_path)
    receiver = receive("--auth", *words, environment=SECRETS)
    assert receiver.said[0] == f"listening on https://127.0.0.1:{receiver.port}/push"
    assert receiver.post(PUSH, BASIC, API_KEY, tls=trusting)[0] == 200
    assert receiver.post(PUSH, API_KEY, "Authorization: Basic eDp5", tls=trusting)[0] == 401
    assert receiver.post(PUSH, tls=trusting)[0] == 401
    assert receiver.post(b"x" * 3_000_000, BASIC, API_KEY, tls=trusting)[0] == 413
    assert pushes(receiver, receiving) == [KEPT]
    with pytest.raises((ConnectionError, ValueError)):
        receiver.post(PUSH, BASIC, API_KEY)
    assert receiver.end() == 0


def test_tls_1_1_is_refused_and_1_2_is_not(receive, authority, trusting, tmp_path):
    receiver = receive(*write_certificate(authority, tmp_path))
    trusting.maximum_version = ssl.TLSVersion.TLSv1_2
    assert receiver.post(PUSH, tls=trusting)[0] == 200
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        trusting.minimum_version = ssl.TLSVersion.TLSv1
        trusting.maximum_version = ssl.TLSVersion.TLSv1_1
        trusting.set_ciphers("ALL:@SECLEVEL=0")
    with pytest.raises(ssl.SSLError) as refused:
        receiver.post(PUSH, tls=trusting)
    # The server's own word, or that it hung up.
    assert refused.value.reason in {"TLSV1_ALERT_PROTOCOL_VERSION", "UNEXPECTED_EOF_WHILE_READING"}


def test_an_expired_certificate_is_replaced_without_a_restart(
    receive, authority, trusting, tmp_path
):
    past = datetime.now(UTC) - timedelta(days=1)
    words = write_certificate(authority, tmp_path, not_after=past)
    receiver = receive(*words)
    with pytest.raises(ssl.SSLCertVerificationError, match="expired"):
        receiver.post(PUSH, tls=trusting)
    (tmp_path / "chain.pem").write_text("no certificate")
    receiver.give(signal.SIGHUP)
    receiver.wait_for("The one from before stays in use")
    with pytest.raises(ssl.SSLCertVerificationError, match="expired"):
        receiver.post(PUSH, tls=trusting)
    write_certificate(authority, tmp_path)
    receiver.give(signal.SIGHUP)
    receiver.wait_for("The certificate is read again")
    assert receiver.post(PUSH, tls=trusting)[0] == 200


def test_a_certificate_of_another_kind_of_key_replaces_the_first_for_everybody(
    receive, authority, trusting, tmp_path
):
    receiver = receive(*write_certificate(authority, tmp_path, key_type=trustme.KeyType.RSA))
    trusting.maximum_version = ssl.TLSVersion.TLSv1_2
    trusting.set_ciphers("ECDHE-RSA-AES128-GCM-SHA256")
    assert receiver.post(PUSH, tls=trusting)[0] == 200
    write_certificate(authority, tmp_path, key_type=trustme.KeyType.ECDSA)
    receiver.give(signal.SIGHUP)
    receiver.wait_for("The certificate is read again")
    with pytest.raises(ssl.SSLError):
        receiver.post(PUSH, tls=trusting)
    trusting.set_ciphers("ECDHE-ECDSA-AES128-GCM-SHA256")
    assert receiver.post(PUSH, tls=trusting)[0] == 200


# Its end


def test_sigterm_finishes_what_is_in_flight(receive, receiving):
    receiver = receive()
    with receiver.connect() as connection, receiver.connect() as idle:
        assert [idle.ask(PUSH)[0] for _ in range(3)] == [200] * 3
        half = receiving.request(PUSH)
        connection.send(half[:-20])
        assert receiver.health() == (200, "ready")  # the half request has been taken by now
        receiver.give(signal.SIGTERM)
        assert idle.rest() == b""
        connection.send(half[-20:])
        assert connection.answer()[0] == 200
        assert connection.rest() == b""
    assert receiver.end() == 0
    assert pushes(receiver, receiving) == [KEPT] * 4


def test_sigterm_waits_for_nobody_longer_than_five_seconds(receive, receiving):
    receiver = receive()
    with receiver.connect() as connection:
        connection.send(receiving.request(PUSH)[:-20])
        assert receiver.health() == (200, "ready")
        started = time.monotonic()
        assert receiver.end() == 0
        assert time.monotonic() - started < 5
    assert pushes(receiver, receiving) == []


def test_ctrl_c_ends_it_orderly_too(receive):
    receiver = receive()
    assert receiver.end(signal.SIGINT) == 130
    assert receiver.said[1:] == [None]


# Hostile senders


def test_slow_senders_are_cut_off_and_in_nobodys_way(receive, receiving):
    receiver = receive("--timeout", "1s")
    whole = receiving.request(PUSH)
    slow = [receiver.connect() for _ in range(60)]
    for number, connection in enumerate(slow):
        connection.send(whole[: (0, 3, 40, len(whole) - 1)[number % 4]])
    assert receiver.post(PUSH)[0] == 200
    for number, connection in enumerate(slow):
        told = connection.rest()
        assert told.startswith(b"HTTP/1.1 408 ") if number % 4 else told == b""
        connection.stream.close()
    assert receiver.post(PUSH)[0] == 200
    assert len(pushes(receiver, receiving)) == 2


def test_floods_of_headers_are_refused(receive):
    receiver = receive()
    start = b"POST /push HTTP/1.1\r\nHost: x\r\n"
    for flood in (
        b"x: y\r\n" * 500 + b"\r\n",
        b"x" * 100_000,
        b"x: " + b"y" * 100_000 + b"\r\n\r\n",
    ):
        with receiver.connect() as connection:
            connection.send(start + flood)
            assert connection.answer()[0] == 431
    with receiver.connect() as connection:
        connection.send(b"POST /" + b"x" * 40_000 + b" HTTP/1.1\r\n\r\n")
        assert connection.answer()[0] == 431
    assert receiver.post(PUSH)[0] == 200


def send_until_refused(connection, piece):
    for _ in range(5_000):
        connection.send(piece)


@pytest.mark.parametrize(
    "head", [b"GET /healthz HTTP/1.1\r\n\r\n", b"POST /push HTTP/1.1\r\nContent-Length: 0\r\n\r\n"]
)
def test_requests_that_nobody_reads_the_answers_of_fill_no_memory(receive, receiving, head):
    receiver = receive("--timeout", "1s")
    before = receiver.memory()
    with receiver.connect() as connection:
        with pytest.raises(OSError):  # noqa: PT011 - broken pipe or reset
            send_until_refused(connection, head * 2_000)
        assert receiver.memory() - before < 60 << 20
    assert receiver.post(PUSH)[0] == 200
    assert len(pushes(receiver, receiving)) == 1


def test_what_is_too_large_keeps_no_connection_waiting(receive, receiving):
    receiver = receive("--max-body", "2K")
    large = b'{"a":"' + b"x" * 3_000 + b'"}'
    with receiver.connect() as connection:
        for body, header in (
            (gzip.compress(large), "Content-Encoding: gzip"),
            (b"%x\r\n%b\r\n0\r\n\r\n" % (len(large), large), "Transfer-Encoding: chunked"),
        ):
            connection.send(receiving.request(body, header))
            assert connection.answer()[0] == 413
            assert connection.ask(PUSH)[0] == 200
    assert len(pushes(receiver, receiving)) == 2


def test_a_smaller_limit_holds_for_heads_that_are_known_too(receive, receiving):
    receiver = receive("--max-body", "1K")
    body = b'{"a":"%b"}' % (b"x" * 2_000)
    with receiver.connect() as connection:
        assert [connection.ask(body)[0] for _ in range(3)] == [413] * 3
        assert [connection.ask(PUSH)[0] for _ in range(3)] == [200] * 3
    assert len(pushes(receiver, receiving)) == 3


def test_a_push_that_offers_another_protocol_is_saved(receive, receiving):
    receiver = receive()
    with receiver.connect() as connection:
        for name in ("Upgrade", "upgrade"):
            headers = ("Connection: Upgrade, HTTP2-Settings", f"{name}: h2c", "HTTP2-Settings: AA")
            connection.send(receiving.request(PUSH, *headers))
            assert connection.answer()[0] == 200
    with receiver.connect() as connection:
        whole = receiving.request(PUSH, "Connection: Upgrade", "Upgrade: h2c")
        at = whole.index(b"Upgrade: h2c") + 3
        connection.send(whole[:at])
        assert receiver.health() == (200, "ready")
        connection.send(whole[at:])
        assert connection.answer()[0] == 400  # what follows could not be told apart
    assert len(pushes(receiver, receiving)) == 2
    assert not list((receiver.archive / "quarantine").glob("*"))


def test_many_gzip_members_hold_nobody_up(receive, receiving):
    receiver = receive()
    body = gzip.compress(b"") * 50_000
    with receiver.connect() as slow:
        slow.send(receiving.request(body, "Content-Encoding: gzip"))
        started = time.monotonic()
        assert receiver.post(PUSH)[0] == 200
        assert time.monotonic() - started < 1
        assert slow.answer()[0] == 202


@pytest.mark.parametrize("size", [1, 0x8000])
def test_chunks_without_end_are_cut_off(receive, receiving, size):
    piece = (b"%x\r\n%b\r\n" % (size, b"x" * size)) * (0x8000 // size)
    receiver = receive()
    before = receiver.memory()
    with receiver.connect() as connection:
        connection.send(receiving.request(b"", "Transfer-Encoding: chunked"))
        with pytest.raises(OSError):  # noqa: PT011 - broken pipe or reset
            send_until_refused(connection, piece)
    assert receiver.post(PUSH)[0] == 200
    assert receiver.memory() - before < 60 << 20


def test_endless_trailers_are_cut_off(receive, receiving):
    receiver = receive()
    before = receiver.memory()
    with receiver.connect() as connection:
        connection.send(receiving.request(b"0\r\n", "Transfer-Encoding: chunked"))
        with pytest.raises(OSError):  # noqa: PT011 - broken pipe or reset
            send_until_refused(connection, b"x: yyyyyyyyyyyyyyyy\r\n" * 1_000)
    assert receiver.post(PUSH)[0] == 200
    assert receiver.memory() - before < 60 << 20


def test_more_connections_than_there_can_be_push_out_idle_ones(receive, receiving):
    receiver = receive(before=("/bin/sh", "-c", 'ulimit -n 128; exec "$@"', "sh"))
    many = [receiver.connect() for _ in range(150)]
    for connection in many:
        connection.send(b"POST /push HTTP/1.1\r\n")
    assert receiver.post(PUSH)[0] == 200
    for connection in many:
        connection.stream.close()
    assert len(pushes(receiver, receiving)) == 1


# Disks that fail


def test_a_full_disk_is_told_and_recovered_from(receive, receiving):
    resource = pytest.importorskip("resource")
    receiver = receive(before=("/bin/sh", "-c", 'ulimit -S -f 64; exec "$@"', "sh"))
    acknowledged = 0
    body = b'{"pad":"' + b"x" * 3_000 + b'"}'
    with receiver.connect() as connection:
        while (answer := connection.ask(body))[0] == 200:
            acknowledged += 1
        assert answer[0] == 503
        assert int(answer[1]["retry-after"]) > 0
        assert receiver.health() == (503, "not ready")
        assert pushes(receiver, receiving) == [body] * acknowledged
        unlimited = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
        resource.prlimit(receiver.pid, resource.RLIMIT_FSIZE, unlimited)
        receiver.wait_for("can be stored again")
        assert receiver.health() == (200, "ready")
        assert connection.ask(body)[0] == 200
    assert pushes(receiver, receiving) == [body] * (acknowledged + 1)


PRELOAD = """
#include <errno.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>
int fsync(int file) {
  if (access(getenv("FSYNC_HANGS"), F_OK) == 0) for (;;) pause();
  if (access(getenv("FSYNC_FAILS"), F_OK) == 0) { errno = EIO; return -1; }
  return syscall(SYS_fsync, file);
}
"""


@pytest.fixture
def fsync(receiving, tmp_path):
    """A library in whose hands fsync fails, or hangs, while there is a file."""
    if receiving.sys.platform != "linux" or not Path("/usr/bin/cc").exists():
        reason = "no C compiler on this machine"
        pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)
    (tmp_path / "fsync.c").write_text(PRELOAD)
    library = str(tmp_path / "fsync.so")
    receiving.subprocess.run(
        ["/usr/bin/cc", "-shared", "-fPIC", "-o", library, str(tmp_path / "fsync.c")], check=True
    )
    fails, hangs = tmp_path / "fails", tmp_path / "hangs"
    environment = {"LD_PRELOAD": library, "FSYNC_FAILS": str(fails), "FSYNC_HANGS": str(hangs)}
    return SimpleNamespace(fails=fails, hangs=hangs, environment=environment)


def test_a_failing_fsync_is_told_and_recovered_from(receive, receiving, fsync):
    receiver = receive(environment=fsync.environment)
    assert receiver.post(b'{"n":1}')[0] == 200
    fsync.fails.touch()
    for _ in range(3):
        assert receiver.post(b'{"n":2}')[0] == 503
    assert receiver.health()[0] == 503
    assert receiver.post(b"garbage")[0] == 503
    assert pushes(receiver, receiving) == [b'{"n":1}']
    fsync.fails.unlink()
    receiver.wait_for("can be stored again")
    assert receiver.post(b'{"n":3}')[0] == 200
    assert pushes(receiver, receiving) == [b'{"n":1}', b'{"n":3}']


@pytest.mark.parametrize("body", [b"garbage", b'{"n":2}'])
def test_sigterm_ends_it_in_time_whatever_hangs(receive, receiving, fsync, body):
    receiver = receive(environment=fsync.environment)
    assert receiver.post(b'{"n":1}')[0] == 200
    with receiver.connect() as connection:
        fsync.hangs.touch()
        connection.send(receiving.request(body))
        assert receiver.health()[0] == 200
        started = time.monotonic()
        assert receiver.end() == 0
        assert time.monotonic() - started < 5


def test_a_torn_line_is_not_joined_to_the_next_push(receive, receiving):
    receiver = receive()
    receiver.post(b'{"n":1}')
    receiver.kill()
    [segment] = (receiver.archive / "pushes").iterdir()
    with segment.open("ab") as file:
        file.write(b'{"received_at":"2026')
    receiver = receive()
    assert "quarantine" in receiver.wait_for("torn line")
    assert receiver.post(b'{"n":2}')[0] == 200
    assert pushes(receiver, receiving) == [b'{"n":1}', b'{"n":2}']
    [apart] = (receiver.archive / "quarantine").iterdir()
    assert apart.read_bytes() == b'{"received_at":"2026'


def test_old_segments_are_looked_after(receive):
    receiver = receive()
    receiver.post(b'{"n":1}')
    receiver.kill()
    [segment] = (receiver.archive / "pushes").iterdir()
    segment.rename(segment.with_name("2020-01-02.ndjson"))
    (segment.with_name("2019-01-02.ndjson")).write_bytes(b'{"push":{}}\n')
    days = (datetime.now(UTC).date() - datetime(2020, 1, 1, tzinfo=UTC).date()).days
    receiver = receive("--keep", f"{days}d")
    receiver.wait_for("Segments compressed: 1.")
    assert [path.name for path in segment.parent.iterdir()] == ["2020-01-02.ndjson.zst"]
