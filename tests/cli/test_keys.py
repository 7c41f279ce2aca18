"""login, logout and profiles, with the key in a keyring of the test's own."""

import json

import keyring
import pytest
from keyring.backends.null import Keyring as NullKeyring

from loyalty_tui.credentials import ReceiverCredentials
from loyalty_tui.errors import CredentialsError

KEY = "aaabbbccc111222333"


def test_login_reads_one_line_where_standard_input_is_no_terminal(typed, kept_keys):
    outcome = typed("login", stdin=f"{KEY}\nnot this\n")
    assert outcome.code == 0
    assert kept_keys == {("loyalty-tui", "main"): KEY}
    assert KEY not in outcome.out + outcome.err


def test_a_pasted_prefix_is_taken_off(typed, kept_keys):
    assert typed("login", stdin=f"Basic {KEY}\n").code == 0
    assert kept_keys["loyalty-tui", "main"] == KEY


@pytest.mark.parametrize("text", ["", "\n", "two words\n", "b\u00e4d\n", "\x1b[0m\n"])
def test_what_cannot_be_a_key_is_refused_and_not_repeated(typed, kept_keys, text):
    outcome = typed("login", stdin=text)
    assert outcome.code == 4
    assert kept_keys == {}
    assert not text.strip() or text.strip() not in outcome.err


def test_no_key_is_taken_as_an_argument(typed, kept_keys):
    assert typed("login", KEY).code == 2
    assert typed("login", "--key", KEY).code == 2
    assert kept_keys == {}


def test_login_stores_under_the_profiles_name(typed, set_up, kept_keys):
    set_up.write_text(set_up.read_text() + "[profiles.second]\norganization = 7\n")
    assert typed("login", "--profile", "second", stdin=KEY).code == 0
    assert kept_keys["loyalty-tui", "second"] == KEY


def test_a_profile_that_does_not_exist_is_refused_with_the_nearest(typed, set_up, kept_keys):
    before = dict(kept_keys)
    outcome = typed("login", "--profile", "mian", stdin=KEY)
    assert outcome.code == 2
    assert "“main”" in outcome.err
    assert kept_keys == before
    assert set_up.exists()


def test_logout_removes_the_key_and_says_so(typed, kept_keys):
    kept_keys["loyalty-tui", "main"] = KEY
    outcome = typed("logout")
    assert outcome.code == 0
    assert "removed" in outcome.err
    assert kept_keys == {}
    again = typed("logout")
    assert again.code == 0
    assert "no API key" in again.err


def test_without_a_usable_keyring_it_names_the_environment_variable(typed):
    keyring.set_keyring(NullKeyring())
    outcome = typed("login", stdin=KEY)
    assert outcome.code == 4
    assert "LOYALTY_TUI_API_KEY" in outcome.err
    assert KEY not in outcome.err


@pytest.mark.usefixtures("set_up")
def test_profiles_lists_each_with_the_source_of_its_key(typed, kept_keys, monkeypatch):
    [line] = typed("profiles").out.splitlines()
    assert line.startswith("main (in use): organization 1201")
    assert "key from the keyring" in line
    assert kept_keys["loyalty-tui", "main"] not in line
    kept_keys.clear()
    assert "key missing" in typed("profiles").out
    monkeypatch.setenv("LOYALTY_TUI_API_KEY", KEY)
    document = json.loads(typed("profiles", "--json").out)
    assert document["schema"] == "loyalty-tui/profile/1"
    assert document["key"] == "environment"


def test_without_profiles_it_says_how_to_make_one(typed):
    outcome = typed("profiles")
    assert (outcome.code, outcome.out) == (0, "")
    assert "Start loyalty-tui to set one up" in outcome.err


BASIC, SENDERS_KEY = "test:pass word:123", "GRscvhg53SsDg1gxxsDgcsf123"


@pytest.mark.parametrize(
    ("stdin", "kept"),
    [
        (f"{BASIC}\n{SENDERS_KEY}\n", {"basic": BASIC, "x-api-key": SENDERS_KEY}),
        (f"{BASIC}\r\n", {"basic": BASIC}),
        (f"\n{SENDERS_KEY}\n", {"x-api-key": SENDERS_KEY}),
    ],
)
def test_login_keeps_what_senders_have_to_know(typed, kept_keys, stdin, kept):
    outcome = typed("login", "--receiver", stdin=stdin)
    assert outcome.code == 0
    assert {place: json.loads(held) for place, held in kept_keys.items()} == {
        ("loyalty-tui receiver", "main"): kept
    }
    assert not any(secret in outcome.out + outcome.err for secret in (BASIC, SENDERS_KEY))
    secrets = ReceiverCredentials({}).require("main")
    assert (secrets.basic and secrets.basic.reveal()) == kept.get("basic")
    assert (secrets.api_key and secrets.api_key.reveal()) == kept.get("x-api-key")


@pytest.mark.parametrize("stdin", ["", "\n\n", "nocolon\n", ":password\n", "user:\n", "u:p\x07\n",
                                   "\ntwo words\n"])  # fmt: skip
def test_what_no_sender_could_send_is_refused_and_not_repeated(typed, kept_keys, stdin):
    outcome = typed("login", "--receiver", stdin=stdin)
    assert outcome.code == 4
    assert kept_keys == {}
    assert not stdin.strip() or stdin.strip() not in outcome.err


def test_the_environment_alone_counts_when_it_has_secrets_for_the_receiver(kept_keys):
    kept_keys["loyalty-tui receiver", "main"] = json.dumps({"basic": BASIC})
    secrets = ReceiverCredentials({"LOYALTY_TUI_RECEIVER_API_KEY": SENDERS_KEY}).require("main")
    assert (secrets.basic, secrets.api_key.reveal()) == (None, SENDERS_KEY)


def test_logout_removes_the_receivers_secrets_alone(typed, kept_keys):
    kept_keys["loyalty-tui", "main"] = KEY
    kept_keys["loyalty-tui receiver", "main"] = json.dumps({"basic": BASIC})
    assert "removed" in typed("logout", "--receiver").err
    assert kept_keys == {("loyalty-tui", "main"): KEY}
    assert "not in" in typed("logout", "--receiver").err
    with pytest.raises(CredentialsError, match="login --receiver"):
        ReceiverCredentials({}).require("main")


def test_without_a_usable_keyring_it_names_the_receivers_variables(typed):
    keyring.set_keyring(NullKeyring())
    outcome = typed("login", "--receiver", stdin=f"{BASIC}\n")
    assert outcome.code == 4
    assert "LOYALTY_TUI_RECEIVER_BASIC" in outcome.err
    assert BASIC not in outcome.err
