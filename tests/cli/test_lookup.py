import json
import re
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from loyalty_tui import identifiers
from loyalty_tui.cli.summary import member_lines
from loyalty_tui.crowdmanager.models import LoyaltySummary

EXACT = {"parse_float": Decimal}


@pytest.mark.usefixtures("set_up")
def test_json_is_the_documented_document(typed):
    outcome = typed("lookup", "+47 22 34 56 78", "--json")
    assert outcome.code == 0
    assert '"from":0.0,"to":0.01' in outcome.out
    document = json.loads(outcome.out)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", document.pop("fetched_at"))
    image = "https://mypage.crowdmanager.io/assets/images/rank-placeholder.png"
    assert {key: value for key, value in document.items() if key != "distinctions"} == {
        "schema": "loyalty-tui/lookup/1",
        "identifier": {"type": "phone", "value": "+4722345678"},
        "balance": 56,
        "rank": {"id": 95, "name": "Gold Supporter", "description": "Top 1% within last 365 days",
                 "image_url": image, "threshold": 0.01},
        "ladder": [
            {"id": 95, "name": "Gold Supporter", "threshold": 0.01, "from": 0, "to": 0.01,
             "is_current": True},
            {"id": 110, "name": "Silver Supporter", "threshold": 0.1, "from": 0.01, "to": 0.1,
             "is_current": False},
            {"id": 96, "name": "Bronze Supporter", "threshold": 0.3, "from": 0.1, "to": 0.3,
             "is_current": False},
        ],
    }  # fmt: skip
    assert document["distinctions"][1] == {
        "id": 131,
        "name": "VIP",
        "description": "1000 points within last 365 days",
        "image_url": "https://mypage.crowdmanager.io/assets/images/distinction-placeholder.png",
        "is_earned": False,
    }
    assert [d["id"] for d in document["distinctions"]] == [1393, 131, 133, 134]
    assert set(document) == {"schema", "identifier", "balance", "rank", "ladder", "distinctions"}


@pytest.mark.usefixtures("set_up")
def test_without_json_it_says_one_fact_a_line_without_drawing(typed):
    outcome = typed("lookup", "22 34 56 78")
    lines = outcome.out.splitlines()
    assert outcome.code == 0
    assert lines[:2] == ["Member: phone, Norway, +47 22 34 56 78", "Balance: 56 points"]
    assert "Ladder 1 of 3: Gold Supporter, top 1 %, this member" in lines
    assert "Distinctions: 0 of 4 earned" in lines
    assert "Not earned: VIP, 1000 points within last 365 days" in lines
    assert not re.search("[\u2500-\u259f]", outcome.out)


@pytest.mark.parametrize(("is_readable", "said"), [(True, "none"), (False, "not known")])
def test_a_rank_that_could_not_be_read_is_not_said_to_be_none(is_readable, said):
    summary = LoyaltySummary(56, None, (), (), is_rank_readable=is_readable)
    email = identifiers.parse("ola@example.org", "")
    lines = list(member_lines(email, summary, datetime(2026, 11, 23, tzinfo=UTC)))
    assert f"Rank: {said}" in lines


@pytest.mark.usefixtures("set_up")
def test_every_digit_of_a_balance_reaches_json(typed):
    from loyalty_tui.sandbox.members import MEMBERS

    balances = {}
    for member in MEMBERS:
        for literal in ("9007199254740993", "12.50"):
            if member.answer and f'"balance":{literal},'.encode() in member.answer:
                balances[literal] = typed("lookup", member.phone, "--json").out
    assert len(balances) == 2
    for literal, out in balances.items():
        assert f'"balance":{literal},' in out
        assert str(json.loads(out, **EXACT)["balance"]) == literal


@pytest.mark.usefixtures("set_up")
def test_an_unknown_member_exits_with_3(typed):
    outcome = typed("lookup", "nobody-here@example.com")
    assert (outcome.code, outcome.out) == (3, "")
    assert outcome.err.startswith("loyalty-tui: CrowdManager knows no member by this identifier.")


@pytest.mark.usefixtures("set_up")
def test_what_cannot_be_an_identifier_exits_with_2(typed):
    outcome = typed("lookup", "+47 2")
    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err.count("\n") == 1


def test_without_organization_it_says_where_to_set_one(typed, kept_keys):
    kept_keys["loyalty-tui", "main"] = "key"
    outcome = typed("lookup", "+4722345678")
    assert outcome.code == 2
    assert "organization" in outcome.err


def test_without_a_key_it_exits_with_4_and_names_login(typed, set_up, kept_keys):
    kept_keys.clear()
    outcome = typed("lookup", "+4722345678")
    assert outcome.code == 4
    assert "loyalty-tui login" in outcome.err
    assert set_up.exists()


def test_a_refused_key_exits_with_4_and_is_not_shown(typed, set_up, kept_keys):
    kept_keys["loyalty-tui", "main"] = "wrong-key-123"
    outcome = typed("lookup", "+4722345678")
    assert outcome.code == 4
    for reason in ("key is wrong", "no permission", "whitelist"):
        assert reason in outcome.err
    assert "wrong-key-123" not in outcome.out + outcome.err
    assert "wrong-key-123" not in set_up.read_text()


def test_the_environment_variable_beats_the_keyring(
    typed, set_up, stand_in, kept_keys, monkeypatch
):
    assert set_up.exists()
    kept_keys["loyalty-tui", "main"] = "wrong-key-123"
    monkeypatch.setenv("LOYALTY_TUI_API_KEY", stand_in.api_key)
    assert typed("lookup", "+4722345678").code == 0


def test_a_service_that_is_not_there_exits_with_5(typed, stand_in, kept_keys, monkeypatch):
    kept_keys["loyalty-tui", "main"] = "key"
    import socket

    monkeypatch.setattr("loyalty_tui.crowdmanager.client.BUDGET", 20.0)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
    outcome = typed("lookup", "+4722345678", "--organization", "1201", "--base-url", url)
    assert outcome.code == 5
    assert "refused the connection" in outcome.err
    assert stand_in.base_url not in outcome.err


def test_options_make_do_without_any_settings(typed, stand_in, monkeypatch):
    monkeypatch.setenv("LOYALTY_TUI_API_KEY", stand_in.api_key)
    words = ("--organization", "1201", "--base-url", stand_in.base_url, "--region", "no")
    assert typed("lookup", "22345678", *words).code == 0
    assert typed(*words, "lookup", "22345678").code == 0


def test_a_base_url_that_is_not_https_is_refused(typed, kept_keys):
    kept_keys["loyalty-tui", "main"] = "key"
    outcome = typed(
        "lookup", "+4722345678", "--organization", "1", "--base-url", "http://a.example"
    )
    assert outcome.code == 2
    assert "https" in outcome.err


def test_settings_problems_go_to_standard_error_and_do_not_stop_it(typed, set_up):
    set_up.write_text(set_up.read_text() + 'regoin = "NO"\n')
    outcome = typed("lookup", "+4722345678", "--json")
    assert outcome.code == 0
    assert "line 5" in outcome.err
    assert "`region`" in outcome.err
    assert json.loads(outcome.out)["balance"] == 56


@pytest.mark.usefixtures("set_up")
def test_json_is_plain_ascii_whatever_the_names_are(typed):
    from loyalty_tui.sandbox.members import MEMBERS

    for member in MEMBERS:
        if member.answer is not None and not member.delay:
            out = typed("lookup", member.phone, "--json").out
            assert out.rstrip("\n").isascii()
            assert out.rstrip("\n").isprintable()
            name = json.loads(member.answer).get("rank") or {}
            assert (json.loads(out)["rank"] or {}).get("name") == name.get("name")


@pytest.mark.usefixtures("set_up")
def test_a_member_is_named_by_what_was_asked(typed):
    out = typed("lookup", "george15@crowdtwist.com").out
    assert out.startswith("Member: e-mail, george15@crowdtwist.com\n")
