"""The sandbox against the two vendor documents: what it answers and what it saves, byte by byte."""

from __future__ import annotations

import base64
import dataclasses
import http.client
import json
import os
import re
import socket
import stat
import struct
import subprocess
import sys
import threading
import time
from decimal import Decimal
from pathlib import Path
from urllib.parse import quote

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty_tui.errors import ArchiveError, ExitCode, UsageError
from loyalty_tui.sandbox.crowdmanager import CrowdManagerStandIn, credential_of
from loyalty_tui.sandbox.crowdtwist import write_archive
from loyalty_tui.sandbox.members import EXAMPLES, MEMBERS

FIXTURES = Path(__file__).parents[1] / "fixtures"
SUMMARY_SAMPLE = (FIXTURES / "crowdmanager-loyalty-summary-sample.json").read_bytes()
PUSH_SAMPLE = (FIXTURES / "crowdtwist-live-push-sample.json").read_bytes()
PUSH_FIELDS = json.loads(PUSH_SAMPLE.decode().replace("\u00a0", " "))

KEY = "aaabbbccc111222333"
DOCUMENT_TARGET = "/v2/1201/mypage/loyaltysummary?type=phone&value=%2B4722345678"
SUMMARY = "/v2/1201/mypage/loyaltysummary"

KNOWN = [member for member in MEMBERS if member.answer is not None]
UNKNOWN = [member for member in MEMBERS if member.answer is None]
(SLOW,) = [member for member in MEMBERS if member.delay]
(BUSY,) = [member for member in MEMBERS if member.busy_first]


@pytest.fixture
def stand_in():
    with CrowdManagerStandIn(api_key=KEY) as server:
        yield server


def connect(server):
    host, _, port = server.base_url.removeprefix("http://").partition(":")
    return http.client.HTTPConnection(host, int(port), timeout=10)


def send(connection, target, authorization=f"Basic {KEY}", method="GET", body=None):
    headers = {} if authorization is None else {"Authorization": authorization}
    connection.request(method, target, body=body, headers=headers)
    response = connection.getresponse()
    return response, response.read()


def ask(server, target, **request):
    connection = connect(server)
    try:
        return send(connection, target, **request)
    finally:
        connection.close()


def by_phone(member):
    return f"{SUMMARY}?type=phone&value={quote(member.phone, safe='')}"


def by_email(member):
    return f"{SUMMARY}?type=email&value={quote(member.email, safe='')}"


# CrowdManager's request and answer, as the document has them


def test_the_documents_own_request_gets_the_documents_own_answer_byte_for_byte(stand_in):
    response, body = ask(stand_in, DOCUMENT_TARGET)

    assert response.status == 200
    assert response.version == 11
    assert response.getheader("Content-Type") == "application/json"
    assert body == SUMMARY_SAMPLE


@pytest.mark.parametrize(
    "authorization",
    [
        None,
        "",
        "Basic",
        "Basic ",
        "Basic wrong",
        f"Basic {KEY}4",
        f"Basic {KEY[:-1]}",
        f"Basic {KEY.upper()}",
        KEY,
        f"Bearer {KEY}",
        f"Basic {base64.b64encode(KEY.encode()).decode()}",
        f"Basic {base64.b64encode(f'{KEY}:'.encode()).decode()}",
        "Basic clé".encode(),
        b"Basic \xff\xfe",
    ],
)
def test_a_key_that_is_missing_wrong_or_encoded_is_refused_with_401(stand_in, authorization):
    response, body = ask(stand_in, DOCUMENT_TARGET, authorization=authorization)

    assert response.status == 401
    assert response.getheader("WWW-Authenticate").startswith("Basic")
    assert list(json.loads(body)) == ["error"]
    assert KEY.encode() not in body


def test_without_a_key_given_each_stand_in_makes_its_own_and_accepts_no_other():
    with CrowdManagerStandIn() as first, CrowdManagerStandIn() as second:
        assert first.api_key != second.api_key
        own = ask(first, DOCUMENT_TARGET, authorization=f"Basic {first.api_key}")
        other = ask(first, DOCUMENT_TARGET, authorization=f"Basic {second.api_key}")

    assert [own[0].status, other[0].status] == [200, 401]


def test_another_organization_is_refused_with_403(stand_in):
    response, _ = ask(stand_in, DOCUMENT_TARGET.replace("1201", "1202"))

    assert response.status == 403


def test_the_organization_can_be_another_one():
    with CrowdManagerStandIn(organization="77", api_key=KEY) as server:
        assert server.organization == "77"
        own, _ = ask(server, DOCUMENT_TARGET.replace("1201", "77"))
        other, _ = ask(server, DOCUMENT_TARGET)

    assert [own.status, other.status] == [200, 403]


@pytest.mark.parametrize(
    "query",
    [
        "type=phone&value=%2B4722345679",
        "type=email&value=no.one%40example.com",
        "type=email&value=%C3%A9lodie%40example.com",
        by_phone(UNKNOWN[0]).partition("?")[2],
        by_email(UNKNOWN[0]).partition("?")[2],
    ],
)
def test_whom_it_does_not_know_it_answers_with_404(stand_in, query):
    response, body = ask(stand_in, f"{SUMMARY}?{query}")

    assert response.status == 404
    assert "individual" in json.loads(body)["error"]


@pytest.mark.parametrize(
    "query",
    [
        "type=phone&value=+4722345678",
        "type=phone&value=4722345678",
        "type=phone&value=%204722345678",
        "type=phone&value=%2B47%2022345678",
        "type=phone&value=%2B",
        "type=phone&value=%2B4722345678901234",
        "type=phone&value=%2B%D9%A4%D9%A7",
        "type=phone&value=%2B4722345678%0A",
        "type=phone&value=tel%3A%2B4722345678",
        "type=phone&value=george15%40crowdtwist.com",
        "type=phone&value=",
        "type=phone",
        "value=%2B4722345678",
        "type=PHONE&value=%2B4722345678",
        "type=mobile&value=%2B4722345678",
        "type=phone&type=phone&value=%2B4722345678",
        "type=phone&value=%2B4722345678&value=%2B4722345678",
        "type=email&value=%2B4722345678",
        "type=email&value=a+b%40example.com",
        "type=email&value=a%40b%40c",
        "type=email&value=%FF%40example.com",
        "type=email&value=%zz%40example.com",
        "type=email&value=100%",
        "type=email&value=élodie@example.com".encode().decode("latin-1"),
        "type=phone;value=%2B4722345678",
        "&&&",
        "",
    ],
)
def test_a_query_the_document_does_not_describe_is_refused_with_400(stand_in, query):
    request = f"GET {SUMMARY}?{query} HTTP/1.1\r\nAuthorization: Basic {KEY}\r\n\r\n"
    with socket.create_connection(("127.0.0.1", connect(stand_in).port), timeout=10) as raw:
        raw.sendall(request.encode("latin-1"))
        response = http.client.HTTPResponse(raw)
        response.begin()
        body = json.loads(response.read())

    assert response.status == 400
    assert "URL-encoded" in body["error"]


@pytest.mark.parametrize(
    "target",
    [
        "/",
        "/v2/1201/mypage",
        "/v1/1201/mypage/loyaltysummary",
        "/v2/1201/mypage/loyaltysummary/",
        "/v2//mypage/loyaltysummary",
        "/v2/1201/1201/mypage/loyaltysummary",
        "/v2/1201/mypage/loyaltysummary%3Ftype=phone",
    ],
)
def test_every_other_path_is_answered_with_404(stand_in, target):
    response, body = ask(stand_in, target)

    assert response.status == 404
    assert "resource" in json.loads(body)["error"]


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "BREW"])
@pytest.mark.parametrize("size", [0, 20_000])
def test_every_other_method_is_refused_with_405(stand_in, method, size):
    response, body = ask(stand_in, DOCUMENT_TARGET, method=method, body=b"x" * size or None)

    assert response.status == 405
    assert response.getheader("Allow") == "GET"
    assert (body == b"") is (method == "HEAD")


def test_an_answer_to_head_has_no_body(stand_in):
    with socket.create_connection(("127.0.0.1", connect(stand_in).port), timeout=10) as raw:
        raw.sendall(f"HEAD {DOCUMENT_TARGET} HTTP/1.1\r\n\r\n".encode())
        answer = b"".join(iter(lambda: raw.recv(4096), b""))

    assert answer.startswith(b"HTTP/1.1 405")
    assert answer.endswith(b"\r\n\r\n")


@pytest.mark.parametrize(("method", "status"), [("GET", b"200"), ("POST", b"405")])
def test_a_body_is_read_before_the_answer_and_not_taken_for_a_request(stand_in, method, status):
    body = f"GET {DOCUMENT_TARGET} HTTP/1.1\r\n\r\n".encode()
    head = f"{method} {DOCUMENT_TARGET} HTTP/1.1\r\nAuthorization: Basic {KEY}\r\n"
    with socket.create_connection(("127.0.0.1", connect(stand_in).port), timeout=10) as raw:
        raw.sendall(f"{head}Content-Length: {len(body)}\r\n\r\n".encode())
        raw.settimeout(0.1)
        with pytest.raises(TimeoutError):
            raw.recv(1)
        raw.settimeout(10)
        raw.sendall(body)
        answer = b"".join(iter(lambda: raw.recv(4096), b""))

    assert answer.startswith(b"HTTP/1.1 " + status)
    assert answer.count(b"HTTP/1.1") == 1


def test_a_request_that_is_no_http_is_refused_and_the_next_client_served(stand_in):
    with socket.create_connection(("127.0.0.1", connect(stand_in).port), timeout=10) as raw:
        raw.sendall(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n")
        answer = b"".join(iter(lambda: raw.recv(4096), b""))

    assert b"400" in answer
    assert ask(stand_in, DOCUMENT_TARGET)[0].status == 200


@given(query=st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), max_size=60))
def test_a_credential_is_read_from_no_query_but_a_documented_one(query):
    credential = credential_of(query)

    if credential is not None:
        kind, value = credential
        assert f"type={kind}" in query
        assert re.fullmatch(r"\+\d{1,15}" if kind == "phone" else r"[^\s@]+@[^\s@]+", value)


@given(
    kind=st.sampled_from(["phone", "email"]),
    value=st.one_of(
        st.from_regex(r"\+[0-9]{1,15}", fullmatch=True),
        st.from_regex(r"[^\s@\ud800-\udfff]{1,20}@[^\s@\ud800-\udfff]{1,20}", fullmatch=True),
        st.text(st.characters(exclude_categories=["Cs"]), max_size=20),
    ),
)
def test_a_credential_sent_url_encoded_arrives_as_it_was_or_not_at_all(kind, value):
    credential = credential_of(f"type={kind}&value={quote(value, safe='')}")
    pattern = r"\+[0-9]{1,15}" if kind == "phone" else r"[^\s@]+@[^\s@]+"

    assert credential == ((kind, value) if re.fullmatch(pattern, value) else None)


# CrowdManager's members


@pytest.mark.parametrize("member", KNOWN, ids=lambda member: member.note)
def test_each_member_is_found_by_phone_and_by_email_in_any_case(member):
    prompt = dataclasses.replace(member, delay=0.0, busy_first=False)
    with CrowdManagerStandIn(api_key=KEY, members=[prompt]) as server:
        answers = [
            ask(server, by_phone(member)),
            ask(server, by_email(member)),
            ask(server, by_email(dataclasses.replace(member, email=member.email.upper()))),
        ]

    assert [response.status for response, _ in answers] == [200] * 3
    assert {body for _, body in answers} == {member.answer}


@pytest.mark.parametrize("member", KNOWN, ids=lambda member: member.note)
def test_each_answer_is_json_with_the_documents_fields_and_no_others(member):
    summary = json.loads(member.answer, parse_float=Decimal)
    document = json.loads(SUMMARY_SAMPLE)
    awards = {
        "ranks": list(document["ranks"][0]),
        "distinctions": list(document["distinctions"][0]),
    }

    assert [key for key in document if key in summary] == list(summary)
    assert set(document) - set(summary) <= {"rank"}
    for name, keys in awards.items():
        assert all(list(award) == keys for award in summary[name])
        assert len({award["id"] for award in summary[name]}) == len(summary[name])
    assert summary.get("rank") is None or summary["rank"] in summary["ranks"]


def test_the_members_show_every_kind_of_summary():
    wire = [member.answer.decode() for member in KNOWN]
    summaries = [json.loads(text) for text in wire]
    earned = [sum(d["isEarned"] for d in summary["distinctions"]) for summary in summaries]
    best = [min(summary["ranks"], key=lambda rank: rank["threshold"]) for summary in summaries]
    names = "".join(award["name"] for s in summaries for award in s["ranks"] + s["distinctions"])

    assert any('"rank":null' in text for text in wire)
    assert any("rank" not in summary for summary in summaries)
    assert any(s.get("rank") == top for s, top in zip(summaries, best, strict=True))
    assert any(
        (s.get("rank") or {}).get("name") == "Silver Supporter" and count == 2
        for s, count in zip(summaries, earned, strict=True)
    )
    assert any(summary["distinctions"] == [] for summary in summaries)
    assert any('"balance":9007199254740993,' in text for text in wire)
    assert any('"balance":12.50,' in text for text in wire)
    assert any(len(s["ranks"]) >= 12 and len(s["distinctions"]) >= 30 for s in summaries)
    assert any(r"\u001b]52;c;" in text and r"\u0007" in text for text in wire)
    assert all(text in names for text in ("[bold red]x[/]", "\u202e", "\u0489", "応援", "👩‍👩‍👧‍👦"))
    assert max(len(award["name"]) for s in summaries for award in s["ranks"]) == 300


@pytest.mark.parametrize("member", MEMBERS, ids=lambda member: member.note)
def test_each_phone_number_can_exist_and_each_address_is_for_examples(member):
    number = phonenumbers.parse(member.phone)

    assert phonenumbers.is_possible_number(number)
    assert phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164) == member.phone
    assert re.search(r"@(example\.(com|org|net)|crowdtwist\.com)$", member.email)


def test_each_example_leads_to_a_member_and_one_to_nobody():
    noted = {member.phone: member for member in MEMBERS}
    noted |= {member.email: member for member in MEMBERS}
    members = [noted[text.replace(" ", "")] for text, _ in EXAMPLES]

    assert EXAMPLES[0][0] == "+47 22 34 56 78"
    assert EXAMPLES[1][0] == "george15@crowdtwist.com"
    assert 6 <= len(EXAMPLES) <= 8
    assert [note for _, note in EXAMPLES] == [member.note for member in members]
    assert [member for member in members if member.answer is None] == UNKNOWN


def test_the_slow_member_is_answered_after_the_delay_and_not_before():
    member = dataclasses.replace(SLOW, delay=0.2)
    with CrowdManagerStandIn(api_key=KEY, members=[member]) as server:
        asked = time.monotonic()
        _, body = ask(server, by_phone(member))

    assert time.monotonic() - asked >= 0.2
    assert body == SLOW.answer


def test_the_busy_member_is_refused_every_first_time_whatever_the_connection(stand_in):
    targets = [by_phone(BUSY), by_email(BUSY), by_phone(BUSY), by_phone(BUSY)]
    answers = [ask(stand_in, target) for target in targets]

    assert [response.status for response, _ in answers] == [503, 200, 503, 200]
    assert [response.getheader("Retry-After") for response, _ in answers] == ["1", None] * 2
    assert answers[1][1] == BUSY.answer


def test_a_request_without_the_key_does_not_use_up_the_busy_answer(stand_in):
    refused, _ = ask(stand_in, by_phone(BUSY), authorization=None)
    first, _ = ask(stand_in, by_phone(BUSY))

    assert [refused.status, first.status] == [401, 503]


# How CrowdManager's connections live and end


def test_one_connection_serves_one_request_after_another_refused_ones_too(stand_in):
    connection = connect(stand_in)
    statuses = [
        send(connection, target)[0].status
        for target in (DOCUMENT_TARGET, "/", by_phone(UNKNOWN[0]), DOCUMENT_TARGET)
    ]
    first_socket = connection.sock
    send(connection, DOCUMENT_TARGET)
    same = connection.sock is first_socket
    connection.close()

    assert statuses == [200, 404, 404, 200]
    assert same


def test_closing_ends_idle_connections_at_once():
    with CrowdManagerStandIn(api_key=KEY) as server:
        connections = [connect(server) for _ in range(5)]
        for connection in connections:
            send(connection, DOCUMENT_TARGET)
        leaving = time.monotonic()

    assert time.monotonic() - leaving < 2
    assert [connection.sock.recv(1) for connection in connections] == [b""] * 5
    for connection in connections:
        connection.close()


def test_closing_does_not_wait_for_the_slow_member():
    members = [MEMBERS[0], dataclasses.replace(SLOW, delay=60.0)]
    with CrowdManagerStandIn(api_key=KEY, members=members) as server:
        waiting = connect(server)
        waiting.request("GET", by_phone(SLOW), headers={"Authorization": f"Basic {KEY}"})
        ask(server, DOCUMENT_TARGET)  # served after the slow request was accepted
        leaving = time.monotonic()

    assert time.monotonic() - leaving < 2
    with pytest.raises((http.client.RemoteDisconnected, ConnectionError)):
        waiting.getresponse()
    waiting.close()


def test_after_closing_nothing_listens_and_no_thread_is_left():
    before = threading.active_count()
    with CrowdManagerStandIn(api_key=KEY) as server:
        open_connection = connect(server)
        send(open_connection, DOCUMENT_TARGET)
        assert threading.active_count() > before

    assert threading.active_count() <= before
    with pytest.raises(ConnectionRefusedError):
        ask(server, DOCUMENT_TARGET)
    open_connection.close()


def test_clients_that_go_away_in_mid_answer_leave_the_terminal_clean(capfd):
    request = f"GET {DOCUMENT_TARGET} HTTP/1.1\r\nAuthorization: Basic {KEY}\r\n\r\n".encode()
    with CrowdManagerStandIn(api_key=KEY) as server:
        for _ in range(5):
            raw = socket.create_connection(("127.0.0.1", connect(server).port), timeout=10)
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            raw.sendall(request * 500)
            raw.recv(1)
            raw.close()
        ask(server, DOCUMENT_TARGET)

    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("port", [70_000, -1])
def test_a_port_that_cannot_be_is_refused_in_a_sentence(port):
    with pytest.raises(UsageError) as refused, CrowdManagerStandIn(port=port):
        pass

    assert refused.value.exit_code == ExitCode.USAGE
    assert str(port) in refused.value.sentence
    assert refused.value.remedy


def test_a_port_in_use_is_refused_in_a_sentence(stand_in):
    port = connect(stand_in).port

    with pytest.raises(UsageError, match=str(port)), CrowdManagerStandIn(port=port):
        pass


# CrowdTwist's pushes in the demo archive


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sandbox") / "archive"
    write_archive(folder)
    return folder


def lines_of(folder):
    for path in sorted((folder / "pushes").iterdir()):
        *lines, rest = path.read_bytes().split(b"\n")
        assert rest == b""
        for line in lines:
            yield path, line


def envelopes_of(folder):
    for path, line in lines_of(folder):
        try:
            yield path, json.loads(line)
        except json.JSONDecodeError:
            continue


@pytest.fixture(scope="module")
def profiles(archive):
    pushes = [envelope["push"] for _, envelope in envelopes_of(archive)]
    return [push for push in pushes if "emailAddress" in push]


def by_member(profiles):
    members = {}
    for push in profiles:
        members.setdefault(push["id"], []).append(push)
    return members


def test_the_documents_own_push_is_there_byte_for_byte_no_break_spaces_and_all(archive):
    saved = (archive / "vendor-sample" / "live-push-user-profile.json").read_bytes()

    assert saved == PUSH_SAMPLE
    assert "\u00a0".encode() in saved


def test_the_same_archive_is_written_every_time(archive, tmp_path):
    write_archive(tmp_path)
    first, second = (
        {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*.*json")}
        for folder in (archive, tmp_path)
    )

    assert first == second
    assert len(first) > 20


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")
def test_only_the_owner_may_read_the_archive(archive):
    modes = {
        (path.is_dir(), stat.S_IMODE(path.stat().st_mode))
        for path in (archive, *archive.rglob("*"))
    }

    assert modes == {(True, 0o700), (False, 0o600)}


def test_nothing_that_is_there_is_overwritten(tmp_path):
    write_archive(tmp_path)
    day = max((tmp_path / "pushes").iterdir())
    day.write_bytes(b"mine")

    with pytest.raises(ArchiveError) as refused:
        write_archive(tmp_path)

    assert refused.value.exit_code == ExitCode.ARCHIVE
    assert refused.value.remedy
    assert day.read_bytes() == b"mine"


def test_a_folder_that_cannot_be_made_is_refused_in_a_sentence(tmp_path):
    (tmp_path / "file").touch()

    with pytest.raises(ArchiveError, match="cannot be written"):
        write_archive(tmp_path / "file" / "archive")


def test_each_push_lies_in_the_file_of_its_day_in_the_order_of_receipt(archive):
    received = []
    for path, envelope in envelopes_of(archive):
        assert list(envelope) == ["received_at", "push"]
        assert re.fullmatch(r"2026-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", envelope["received_at"])
        assert path.name == f"{envelope['received_at'][:10]}.ndjson"
        received.append(envelope["received_at"])

    assert received == sorted(received)
    assert received[-1] < "2026-11-21"


def test_each_profile_has_every_field_of_the_document_and_values_of_its_forms(profiles):
    epochs = ("dateLastLogin", "dateLastUpdated", "dateCreated")
    for push in profiles:
        assert list(push)[: len(PUSH_FIELDS)] == list(PUSH_FIELDS)
        assert all(re.fullmatch(r"\d+", push[name]) for name in epochs)
        assert all(push[flag] in {0, 1} for flag in ("isActive", "emailIsVerified"))
        assert push["mobilePhoneNumber"] is None or push["mobilePhoneNumber"].isdecimal()
        assert (push["password"], push["salt"]) == (None, None)
        assert 0 <= push["redeemablePoints"] <= push["totalPoints"]
        if push["tierInfo"] is not None:
            assert list(push["tierInfo"]) == list(PUSH_FIELDS["tierInfo"])
            assert list(push["tierInfo"]["currentLevel"]) == ["minValue", "maxValue", "title"]
            assert push["tierInfo"]["currentLevel"]["title"] == push["fanLevelName"]


def test_each_member_the_service_knows_has_several_pushes_and_nobody_else_has(profiles):
    identifiers = {}
    for push in profiles:
        phone = push["mobilePhoneNumber"]
        for identifier in (phone and f"+{phone}", push["emailAddress"]):
            identifiers[identifier] = identifiers.get(identifier, 0) + 1

    assert all(identifiers[member.phone] >= 2 for member in KNOWN)
    assert all(member.email in identifiers for member in KNOWN)
    assert not any(m.phone in identifiers or m.email in identifiers for m in UNKNOWN)
    assert identifiers["+4722345678"] == 5
    assert identifiers["+12312312321"] == 5


def test_the_stories_differ(profiles):
    told = {
        id_: [push["tierInfo"] and push["tierInfo"]["assignedByEvent"] for push in pushes]
        for id_, pushes in by_member(profiles).items()
    }
    events = {event for story in told.values() for event in story}

    assert ["start", "update", "jump"] in [story[:3] for story in told.values()]
    assert ["update", "drop"] in [story[-2:] for story in told.values()]
    assert {"start", "update", "jump", "drop", "maintain", "reset", None} <= events


def test_a_top_tier_has_no_next_level(profiles):
    tops = [push for push in profiles if push["tierInfo"] and not push["tierInfo"]["nextLevel"]]

    assert tops
    assert all(push["tierInfo"]["currentLevel"]["maxValue"] is None for push in tops)


def test_custom_data_comes_in_every_form(profiles):
    values = [push["customData"] for push in profiles]
    texts = [value for value in values if isinstance(value, str)]

    assert None in values
    assert {"employee_id": "employee1", "register_id": "1", "cashier_id": "2"} in values
    assert any(text.startswith("{") and json.loads(text) for text in texts)
    with pytest.raises(json.JSONDecodeError):
        json.loads(next(text for text in texts if not text.startswith("{")))


def test_one_member_changed_address_and_two_share_one(profiles):
    addresses = {
        id_: {push["emailAddress"] for push in pushes}
        for id_, pushes in by_member(profiles).items()
    }
    shared = [id_ for id_, own in addresses.items() if own == {"lindqvist.family@example.org"}]

    assert {"sofi.h@example.net", "sofia.herrera@example.com"} in addresses.values()
    assert len(shared) == 2


def test_pushes_share_a_second_and_arrive_out_of_order(profiles):
    updates = [
        [int(push["dateLastUpdated"]) for push in pushes] for pushes in by_member(profiles).values()
    ]

    assert any(len(set(times)) < len(times) for times in updates)
    assert any(times != sorted(times) for times in updates)


def test_siblings_an_unknown_property_and_one_broken_line_are_there(archive, profiles):
    pushes = [envelope["push"] for _, envelope in envelopes_of(archive)]
    siblings = [push for push in pushes if "emailAddress" not in push]
    broken = [line for _, line in lines_of(archive)]

    assert any({"userActivityId", "activityId"} <= set(push) for push in siblings)
    assert any({"user_id", "points_expiring"} <= set(push) for push in siblings)
    assert any(set(push) - set(PUSH_FIELDS) for push in profiles)
    assert len(broken) - len(pushes) == 1


def test_no_line_is_broken_by_the_hostile_text_in_it(archive):
    (texts,) = {
        (push["firstName"], push["lastName"], push["userName"])
        for _, envelope in envelopes_of(archive)
        if (push := envelope["push"]).get("id") == 6666
    }

    assert texts[0] == "[bold red]x[/]"
    assert texts[1].startswith("\x1b]52;c;")
    assert "\u2028" in texts[2]


# The room itself


def test_the_sandbox_shares_nothing_with_the_client_but_the_errors():
    script = (
        "import sys, loyalty_tui.sandbox.crowdmanager, loyalty_tui.sandbox.crowdtwist;"
        "print(*sorted(name for name in sys.modules if name.startswith('loyalty_tui')))"
    )
    loaded = subprocess.run(  # noqa: S603 - our own interpreter and script
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    ).stdout.split()

    ours = [name for name in loaded if not name.startswith("loyalty_tui.sandbox")]
    assert ours == ["loyalty_tui", "loyalty_tui.errors"]
