"""login, logout and profiles, with the key in a keyring of the test's own."""

import contextlib
import json
import os
import subprocess
import sys

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


# Typed at a terminal


SIMPLE = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
"""A locale of ASCII."""
STRICT = {"PYTHONUTF8": "1", "PYTHONIOENCODING": "utf-8:strict"}
"""As in most locales: bytes that are no UTF-8 are an error."""


def at_a_terminal(words, answers, environment):
    """Run the program on a terminal of its own; return its exit code and all that was shown."""
    terminal, end = os.openpty()
    script = 'exec "$@" <"$0" >"$0" 2>&1'  # the first terminal that is opened becomes its own
    process = subprocess.Popen(  # noqa: S603 - our own interpreter and words
        ["/bin/sh", "-c", script, os.ttyname(end), sys.executable, "-m", "loyalty_tui", *words],
        env={**os.environ, **environment},
        stdin=end,
        start_new_session=True,
    )
    os.close(end)
    shown = b""
    for prompt, typed in answers:
        while prompt not in shown:
            shown += os.read(terminal, 4096)
        os.write(terminal, typed)
    with contextlib.suppress(OSError):  # how Linux tells the end
        while data := os.read(terminal, 4096):
            shown += data
    os.close(terminal)
    return process.wait(20), shown.decode("utf-8", "backslashreplace")


END = b"\x04"
RECEIVER = ["login", "--receiver"]


@pytest.mark.parametrize(
    ("words", "answers", "said"),
    [
        (["login"], [(b"API key", END)], "The API key is empty."),
        (["login"], [(b"API key", b"k\xffy\n")], "characters in it that are not ASCII"),
        (["login"], [(b"API key", "kéy\n".encode())], "characters in it that are not ASCII"),
        (RECEIVER, [(b"User", END), (b"x-api-key", END)], "Neither Basic nor an x-api-key"),
        (
            RECEIVER,
            [(b"User", b"ola\n"), (b"Password", b"p\xff\n"), (b"x-api-key", b"\n")],
            "Basic cannot be used",
        ),
        (
            RECEIVER,
            [(b"User", b"ol\xff\n"), (b"Password", b"p\n"), (b"x-api-key", b"\n")],
            "Basic cannot be used",
        ),
        (RECEIVER, [(b"User", b"\n"), (b"x-api-key", b"k\xff\n")], "x-api-key has characters"),
    ],
)
@pytest.mark.parametrize("environment", [STRICT, SIMPLE], ids=["UTF-8", "ASCII"])
def test_what_is_typed_and_no_key_is_refused_in_words(words, answers, said, environment):
    code, shown = at_a_terminal(words, answers, environment)
    assert code == 4
    assert said in shown
    assert "fault" not in shown


@pytest.mark.parametrize("environment", [STRICT, SIMPLE], ids=["UTF-8", "ASCII"])
@pytest.mark.parametrize(
    ("words", "piped", "said"),
    [
        (["login"], b"k\xffy\n", b"characters in it that are not ASCII"),
        (RECEIVER, b"ola:p\xff\n", b"Basic cannot be used"),
        (RECEIVER, b"\nk\xffy\n", b"The x-api-key has characters in it that are not ASCII"),
    ],
)
def test_bytes_that_are_no_text_are_no_key(words, piped, said, environment):
    done = subprocess.run(  # noqa: S603 - our own interpreter and words
        [sys.executable, "-m", "loyalty_tui", *words],
        env={**os.environ, **environment}, input=piped, capture_output=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (4, b"")
    assert said in done.stderr


# Where things are


def test_profiles_always_names_the_settings_file(typed, set_up):
    assert typed("profiles").err == f"Settings: {set_up}\n"
    set_up.write_text("theme = \n")
    assert f"Settings: {set_up}\n" in typed("profiles").err


def test_a_secret_of_the_environment_that_cannot_be_used_is_named(typed, monkeypatch, tmp_path):
    words = ("receive", "--archive", str(tmp_path))
    monkeypatch.setenv("LOYALTY_TUI_RECEIVER_BASIC", "nocolon")
    outcome = typed(*words)
    assert outcome.code == 4
    assert "in LOYALTY_TUI_RECEIVER_BASIC cannot be used" in outcome.err
    assert "USER:PASSWORD" in outcome.err
    assert "nocolon" not in outcome.err
    monkeypatch.setenv("LOYALTY_TUI_RECEIVER_BASIC", "ola:secret")
    monkeypatch.setenv("LOYALTY_TUI_RECEIVER_API_KEY", "two words")
    outcome = typed(*words)
    assert outcome.code == 4
    assert "The x-api-key in LOYALTY_TUI_RECEIVER_API_KEY has white space" in outcome.err


def test_without_a_keyring_receive_says_how_to_do_without(typed, tmp_path):
    keyring.set_keyring(NullKeyring())
    outcome = typed("receive", "--archive", str(tmp_path))
    assert outcome.code == 4
    for way in ("LOYALTY_TUI_RECEIVER_BASIC", "LOYALTY_TUI_RECEIVER_API_KEY", "--no-auth"):
        assert way in outcome.err
