"""The endpoint as an ASGI app, with a sink of the test's own."""

import asyncio
import base64
import gzip
import json

import pytest

from loyalty_tui.crowdtwist.authentication import Senders
from loyalty_tui.crowdtwist.receiver import Receiver
from loyalty_tui.errors import ArchiveError
from loyalty_tui.privacy import Secret

PUSH = b'{"id":6566,"emailAddress":"george15@crowdtwist.com","tierInfo":null}'
BASIC = b"Basic " + base64.b64encode(b"test:password123")


class Shelf:
    """A sink that keeps all in memory, or nothing."""

    def __init__(self):
        self.saved, self.apart, self.error, self.is_fine = [], [], None, True

    def save(self, push):
        future = asyncio.get_running_loop().create_future()
        if self.error:
            future.set_exception(self.error)
        else:
            self.saved.append(push)
            future.set_result(None)
        return future

    async def quarantine(self, body):
        if self.error:
            raise self.error
        self.apart.append(body)
        return "its-name.body"

    async def is_ready(self):
        return self.is_fine


class Ids:
    def find(self, member):
        return {6566: "crm-é"}.get(member.member_id)


@pytest.fixture
def shelf():
    return Shelf()


class Sender:
    """Asks an app, and holds what it answered and logged."""

    def __init__(self, shelf, **options):
        self.entries, self.faults = [], []
        senders = options.pop("senders", Senders())
        self.app = Receiver(shelf, senders, self.entries.append, report=self.faults.append,
                            **options)  # fmt: skip

    async def ask(self, *parts, method="POST", path="/push", headers=(), hangs_up=False):
        messages = [
            {"type": "http.request", "body": part,
             "more_body": hangs_up or number + 1 < len(parts)}
            for number, part in enumerate(parts or (b"",))
        ]  # fmt: skip
        sent = []

        async def receive():
            return messages.pop(0) if messages else {"type": "http.disconnect"}

        async def send(message):
            sent.append(message)

        scope = {"type": "http", "method": method, "path": path, "headers": list(headers),
                 "client": ("192.0.2.1", 5)}  # fmt: skip
        await self.app(scope, receive, send)
        if not sent:
            return 0, {}, b""
        assert not any(message.get("more_body") for message in sent[-1:])
        body = b"".join(message.get("body", b"") for message in sent[1:])
        names = dict(sent[0]["headers"])
        assert int(names[b"content-length"]) == len(body)
        return sent[0]["status"], names, body


async def test_a_push_is_saved_and_answered_with_200(shelf):
    sender = Sender(shelf)
    assert (await sender.ask(PUSH))[0] == 200
    assert shelf.saved == [PUSH]
    [entry] = sender.entries
    assert (entry.status, entry.said, entry.size, entry.client) == (200, "saved", 68, "192.0.2.1")
    assert len(entry.member) == 12
    assert "6566" not in entry.member


@pytest.mark.parametrize("kind", ["application/json", "application/json; charset=utf-8", "text/x"])
async def test_the_body_decides_and_not_what_it_is_called(shelf, kind):
    sender = Sender(shelf)
    status, _, _ = await sender.ask(PUSH, headers=[(b"content-type", kind.encode())])
    assert (status, shelf.saved) == (200, [PUSH])


@pytest.mark.parametrize(
    "push",
    [{"userActivityId": 1, "activityId": 2}, {"orderId": 1, "userId": 3},
     {"user_id": 3, "points_expiring": 1}, {"user_id": 3, "segment_id": 1}, {}],
)  # fmt: skip
async def test_sibling_pushes_are_saved_the_same_way(shelf, push):
    body = json.dumps(push).encode()
    assert (await Sender(shelf).ask(body))[0] == 200
    assert shelf.saved == [body]


@pytest.mark.parametrize("body", [b"", b"[]", b"null", b'{"a":', b"\xff", b"a=b"])
async def test_anything_else_is_kept_apart_and_answered_with_202(shelf, body):
    sender = Sender(shelf)
    assert (await sender.ask(body))[0] == 202
    assert (shelf.saved, shelf.apart) == ([], [body])
    assert "its-name.body" in sender.entries[0].said


@pytest.mark.parametrize("headers", [[], [(b"authorization", b"Basic eDp5")],
                                     [(b"authorization", BASIC)] * 2])  # fmt: skip
@pytest.mark.parametrize("body", [PUSH, b"garbage"])
async def test_wrong_credentials_save_nothing(shelf, headers, body):
    sender = Sender(shelf, senders=Senders(Secret("test:password123")))
    status, names, _ = await sender.ask(body, headers=headers)
    assert status == 401
    assert names[b"www-authenticate"].startswith(b"Basic ")
    assert (shelf.saved, shelf.apart) == ([], [])


async def test_right_credentials_save_it(shelf):
    sender = Sender(shelf, senders=Senders(Secret("test:password123")))
    assert (await sender.ask(PUSH, headers=[(b"authorization", BASIC)]))[0] == 200
    assert shelf.saved == [PUSH]


async def test_wrong_paths_and_methods_are_told(shelf):
    sender = Sender(shelf)
    for method in ("GET", "HEAD", "PUT", "OPTIONS", "DELETE"):
        status, names, _ = await sender.ask(method=method)
        assert (status, names[b"allow"]) == (405, b"POST")
    assert (await sender.ask(PUSH, path="/"))[0] == 404
    assert (await sender.ask(PUSH, path="/push/"))[0] == 404
    assert (await sender.ask(PUSH, path="/healthz"))[0] == 405
    assert shelf.saved == []


async def test_gzip_is_unpacked_and_other_encodings_are_not_known(shelf):
    sender = Sender(shelf)
    for name in (b"gzip", b"GZIP", b"x-gzip", b"identity, gzip"):
        packed = gzip.compress(PUSH)
        assert (await sender.ask(packed, headers=[(b"content-encoding", name)]))[0] == 200
    assert (await sender.ask(PUSH, headers=[(b"content-encoding", b"identity")]))[0] == 200
    assert shelf.saved == [PUSH] * 5
    for names in ([b"br"], [b"gzip, gzip"], [b"gzip", b"br"]):
        headers = [(b"content-encoding", name) for name in names]
        assert (await sender.ask(PUSH, headers=headers))[0] == 415


async def test_a_damaged_gzip_body_is_kept_apart(shelf):
    packed = gzip.compress(PUSH)
    headers = [(b"content-encoding", b"gzip")]
    assert (await Sender(shelf).ask(packed[:-4], headers=headers))[0] == 202
    assert (await Sender(shelf).ask(PUSH, headers=headers))[0] == 202
    assert shelf.apart == [PUSH, PUSH]
    assert shelf.saved == []


async def test_what_is_too_large_is_refused_before_and_after_decompression(shelf):
    sender = Sender(shelf, largest_body=1000)
    large = b'{"a":"' + b"x" * 2000 + b'"}'
    assert (await sender.ask(large))[0] == 413
    assert (await sender.ask(large, headers=[(b"content-length", b"2008")]))[0] == 413
    assert (await sender.ask(*(large[at : at + 100] for at in range(0, 2008, 100))))[0] == 413
    packed = gzip.compress(large)
    assert (await sender.ask(packed, headers=[(b"content-encoding", b"gzip")]))[0] == 413
    assert (shelf.saved, shelf.apart) == ([], [])


async def test_what_cannot_be_stored_is_to_be_sent_again(shelf):
    sender = Sender(shelf)
    shelf.error = ArchiveError("The disk is full.")
    for body in (PUSH, b"garbage"):
        status, names, _ = await sender.ask(body)
        assert status == 503
        assert int(names[b"retry-after"]) > 0


async def test_a_fault_is_answered_reported_and_not_shown(shelf):
    sender = Sender(shelf)
    shelf.error = RuntimeError("george15@crowdtwist.com")
    status, _, body = await sender.ask(PUSH)
    assert (status, body, sender.faults) == (500, b"", [shelf.error])
    assert "george15" not in repr(sender.entries)


async def test_a_sender_that_hangs_up_has_saved_nothing(shelf):
    sender = Sender(shelf)
    assert (await sender.ask(PUSH[:20], hangs_up=True))[0] == 0
    assert shelf.saved == []
    assert sender.entries[0].status == 0


async def test_third_party_ids_are_answered_for_known_members(shelf):
    sender = Sender(shelf, ids=Ids())
    status, names, body = await sender.ask(PUSH)
    assert (status, names[b"content-type"]) == (200, b"application/json")
    assert body.decode() == '{"third_party_id":"crm-é"}'
    assert (await sender.ask(b'{"id":1,"tierInfo":null}'))[2] == b"{}"


async def test_health_is_told_without_credentials(shelf):
    sender = Sender(shelf, senders=Senders(Secret("test:password123")))
    status, _, body = await sender.ask(method="GET", path="/healthz")
    assert (status, json.loads(body)) == (200, {"status": "ready"})
    shelf.is_fine = False
    status, names, body = await sender.ask(method="GET", path="/healthz")
    assert (status, json.loads(body)) == (503, {"status": "not ready"})
    assert b"retry-after" in names


async def test_who_waits_to_send_the_body_is_answered_at_once_and_let_go(shelf):
    sender = Sender(shelf, largest_body=1000)
    headers = [(b"expect", b"100-continue"), (b"content-length", b"5000")]
    status, names, _ = await sender.ask(headers=headers)
    assert (status, names[b"connection"]) == (413, b"close")


async def test_secrets_and_personal_data_reach_no_log(shelf):
    sender = Sender(shelf)
    await sender.ask(b'{"id":6566,"password":"hush","emailAddress":"george15@crowdtwist.com"}')
    await sender.ask(b'{"password":"hush"')
    assert shelf.saved[0].count(b"[redacted]") == 1
    assert b"hush" not in shelf.apart[0]
    for entry in sender.entries:
        assert "hush" not in repr(entry)
        assert "george15" not in repr(entry)
