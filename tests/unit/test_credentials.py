from __future__ import annotations

import os
import subprocess
import sys
import traceback

import keyring
import pytest
from hypothesis import given
from hypothesis import strategies as st
from keyring import errors
from keyring.backend import KeyringBackend
from keyring.backends import chainer, fail, null

from loyalty_tui.credentials import KEY_VARIABLE, SERVICE, Credentials, clean_key
from loyalty_tui.errors import CredentialsError, ExitCode
from loyalty_tui.privacy import Secret

KEY = "aaabbbccc111222333"


class Ring(KeyringBackend):
    """A keyring in memory; what it is told to refuse, it refuses with the key in the message."""

    priority = 1

    def __init__(self):
        super().__init__()
        self.kept = {}
        self.refusal = None

    def get_password(self, service, username):
        if self.refusal:
            raise self.refusal
        return self.kept.get((service, username))

    def set_password(self, service, username, password):
        if self.refusal:
            raise self.refusal
        self.kept[service, username] = password

    def delete_password(self, service, username):
        if self.kept.pop((service, username), None) is None:
            raise errors.PasswordDeleteError("there is none")


class Forgetful(Ring):
    def set_password(self, service, username, password):
        """Take the key and keep nothing, without saying so."""


class Sticky(Ring):
    def delete_password(self, service, username):
        """Remove nothing, without saying so."""


class ReadOnly(Ring):
    def set_password(self, service, username, password):
        raise NotImplementedError

    def delete_password(self, service, username):
        raise NotImplementedError


def chained(*members):
    class Chain(chainer.ChainerBackend):
        backends = members

    return Chain()


def lookalike(name, module, base=Ring):
    return type(name, (base,), {"__module__": module})()


def use(ring):
    keyring.set_keyring(ring)
    return ring


def refusal(of, *arguments):
    with pytest.raises(CredentialsError) as caught:
        of(*arguments)
    error = caught.value
    assert error.exit_code is ExitCode.CREDENTIALS
    assert error.sentence.endswith(".")
    assert error.remedy.endswith(".")
    assert KEY not in "".join(traceback.format_exception(error))
    assert error.__context__ is None
    assert error.__cause__ is None
    return str(error)


# Keys


@pytest.mark.parametrize(
    "text",
    [
        KEY,
        f"  {KEY}\r\n",
        f"Basic {KEY}",
        f"basic\t{KEY} ",
        f"Authorization: Basic {KEY}\n",
        f"AUTHORIZATION:BASIC   {KEY}",
        f"\u00a0authorization : basic\u00a0{KEY}\u00a0",
    ],
)
def test_what_a_paste_brings_along_is_taken_off(text):
    assert clean_key(text) == Secret(KEY)


@pytest.mark.parametrize(
    "key", ["Basically", "basic=", "nobasic", "MyBasic", "a:b", "dXNlcjpwYXNz==", "!~", "'x'"]
)
def test_the_key_itself_stays_verbatim(key):
    assert clean_key(key).reveal() == key


@pytest.mark.parametrize("text", ["", " \n", "Basic", "Basic ", "authorization: basic\n"])
def test_an_empty_key_is_refused(text):
    assert "The API key is empty." in refusal(clean_key, text)


@pytest.mark.parametrize(
    ("between", "flaw"),
    [
        (" ", "white space or control"),
        ("\r\nX-Other: ", "white space or control"),
        ("\0", "white space or control"),
        ("\x7f", "white space or control"),
        ("\x1b[2J", "white space or control"),
        ("é", "not ASCII"),
        ("\u200b", "not ASCII"),
        ("\u2028", "not ASCII"),
        ("\ud800", "not ASCII"),
        (" Basic ", "white space or control"),
    ],
)
def test_a_key_that_cannot_travel_in_a_header_is_refused_without_being_shown(between, flaw):
    assert flaw in refusal(clean_key, f"{KEY}{between}{KEY}")


@given(st.text())
def test_a_key_is_clean_or_refused(text):
    try:
        key = clean_key(text).reveal()
    except CredentialsError:
        key = ""
    assert key in text
    assert key.isascii()
    assert key.isprintable()
    assert " " not in key


@given(
    st.from_regex(r"\A[!-~]{1,60}\Z").filter(lambda key: key.lower() != "basic"),
    st.sampled_from(["", "Basic ", "basic   ", "Authorization: Basic "]),
    st.text(" \t\r\n\u00a0", max_size=3),
)
def test_any_key_of_visible_ascii_is_kept_verbatim(key, prefix, space):
    assert clean_key(f"{space}{prefix}{key}{space}").reveal() == key


# The keyring


def test_a_stored_key_is_found_under_its_service_and_profile(kept_keys):
    credentials = Credentials()
    assert credentials.api_key("main") is None
    assert credentials.source("main") == ""
    credentials.store("main", Secret(KEY))
    assert kept_keys == {(SERVICE, "main"): KEY}
    assert kept_keys == {("loyalty-tui", "main"): KEY}
    assert credentials.api_key("main") == Secret(KEY)
    assert credentials.require("main") == Secret(KEY)
    assert credentials.source("main") == "keyring"
    assert credentials.api_key("dk") is None


def test_a_later_key_takes_the_place_of_an_earlier_one(kept_keys):
    Credentials().store("main", Secret("old"))
    Credentials().store("main", Secret("new"))
    assert kept_keys == {(SERVICE, "main"): "new"}


def test_deleting_says_whether_there_was_a_key(kept_keys):
    credentials = Credentials()
    credentials.store("main", Secret(KEY))
    credentials.store("dk", Secret("other"))
    assert credentials.delete("main") is True
    assert credentials.delete("main") is False
    assert kept_keys == {(SERVICE, "dk"): "other"}


def test_a_missing_key_is_told_with_the_way_to_one():
    assert refusal(Credentials().require, "main") == (
        "There is no API key for profile “main”. Store one with `loyalty-tui login --profile "
        "main`, or set LOYALTY_TUI_API_KEY."
    )
    assert "`loyalty-tui login --profile 'Nord 2'`" in refusal(Credentials().require, "Nord 2")


def test_the_environment_beats_the_keyring_and_does_not_touch_it(monkeypatch):
    use(fail.Keyring())
    credentials = Credentials({KEY_VARIABLE: f" Basic {KEY}\n"})
    assert credentials.api_key("main") == Secret(KEY)
    assert credentials.require("any") == Secret(KEY)
    assert credentials.source("any") == "environment"
    monkeypatch.setenv("LOYALTY_TUI_API_KEY", KEY)
    assert Credentials().source("main") == "environment"


def test_an_empty_variable_counts_as_none():
    credentials = Credentials({KEY_VARIABLE: " "})
    credentials.store("main", Secret(KEY))
    assert credentials.source("main") == "keyring"
    assert credentials.api_key("main") == Secret(KEY)


def test_deleting_leaves_the_environment_alone_and_takes_the_kept_key(kept_keys):
    credentials = Credentials({KEY_VARIABLE: "other"})
    credentials.store("main", Secret(KEY))
    assert credentials.delete("main") is True
    assert kept_keys == {}
    assert credentials.api_key("main") == Secret("other")


def test_a_useless_key_in_the_environment_is_named_by_its_variable():
    told = refusal(Credentials({KEY_VARIABLE: f"{KEY} {KEY}"}).api_key, "main")
    assert told.startswith("The API key in LOYALTY_TUI_API_KEY has white space")


def test_a_useless_key_in_the_keyring_is_named_by_its_place(kept_keys):
    kept_keys[SERVICE, "main"] = f"{KEY}\n{KEY}"
    told = refusal(Credentials().api_key, "main")
    assert told.startswith("The API key in the OS keyring has white space")
    kept_keys[SERVICE, "main"] = f"{KEY}\n"
    assert Credentials().api_key("main") == Secret(KEY)


def every_use(credentials):
    return [
        (credentials.api_key, "main"),
        (credentials.require, "main"),
        (credentials.source, "main"),
        (credentials.store, "main", Secret(KEY)),
        (credentials.delete, "main"),
    ]


# Keyrings that are none


@pytest.mark.parametrize(
    ("ring", "told"),
    [
        (fail.Keyring(), "There is no OS keyring here."),
        (null.Keyring(), "The OS keyring is switched off in the configuration of keyring."),
        (chained(), "There is no OS keyring here."),
        (chained(fail.Keyring()), "There is no OS keyring here."),
    ],
)
def test_no_keyring_is_told_with_the_environment_variable_as_the_way_out(ring, told):
    use(ring)
    for using in [*every_use(Credentials()), (Credentials().where,)]:
        assert refusal(*using) == (
            f"{told} Set the environment variable LOYALTY_TUI_API_KEY instead."
        )


PLAIN = [
    lookalike("PlaintextKeyring", "keyrings.alt.file"),
    lookalike("Keyring", "keyrings.alt.file_base"),
    lookalike("BasicKeyring", "keyrings.alt.pyfs"),
    lookalike("PlaintextKeyring", "keyrings.alt.pyfs"),
    lookalike("MultipartKeyringWrapper", "keyrings.alt.multi"),
    lookalike("UncryptedFileKeyring", "keyring.backend"),
    lookalike("UnencryptedKeyring", "somewhere.else"),
    lookalike("PlainTextKeyring", "somewhere.else"),
]
OFFSPRING = [lookalike("Innocent", "somewhere.else", type(plain)) for plain in PLAIN]


@pytest.mark.parametrize("ring", [*PLAIN, *OFFSPRING])
def test_a_keyring_in_plain_text_is_refused_and_never_written(ring):
    for configured in (ring, chained(ring), chained(null.Keyring(), chained(ring))):
        use(configured)
        for using in [*every_use(Credentials()), (Credentials().where,)]:
            assert refusal(*using).startswith(
                "The configured keyring keeps keys in plain text, so it is not used."
            )
        assert ring.kept == {}


@pytest.mark.parametrize(
    "ring",
    [
        lookalike("EncryptedKeyring", "keyrings.alt.file"),
        lookalike("RegistryKeyring", "keyrings.alt.Windows"),
        lookalike("KeyczarKeyring", "keyrings.alt.pyfs"),
        lookalike("CryptFileKeyring", "keyrings.cryptfile.cryptfile"),
    ],
)
def test_an_encrypted_file_is_a_keyring(ring):
    use(ring)
    Credentials().store("main", Secret(KEY))
    assert ring.kept == {(SERVICE, "main"): KEY}


def test_of_a_chain_the_first_safe_member_is_used():
    plain, first, second = lookalike("PlaintextKeyring", "keyrings.alt.file"), Ring(), Ring()
    use(chained(plain, first, second))
    plain.kept[SERVICE, "main"] = "not from here"
    credentials = Credentials()
    assert credentials.api_key("main") is None
    credentials.store("main", Secret(KEY))
    assert (first.kept, second.kept) == ({(SERVICE, "main"): KEY}, {})
    assert credentials.api_key("main") == Secret(KEY)
    assert credentials.delete("main") is True
    assert first.kept == {}
    assert plain.kept == {(SERVICE, "main"): "not from here"}


def test_of_a_chain_a_later_member_serves_what_an_earlier_one_cannot():
    reader, ring = ReadOnly(), Ring()
    use(chained(reader, chained(ring)))
    credentials = Credentials()
    credentials.store("main", Secret(KEY))
    assert ring.kept == {(SERVICE, "main"): KEY}
    assert credentials.source("main") == "keyring"
    assert credentials.delete("main") is True
    assert credentials.delete("main") is False


@pytest.mark.parametrize("ring", [Forgetful(), ReadOnly(), chained(Forgetful(), ReadOnly())])
def test_a_key_that_was_not_kept_is_told(ring):
    use(ring)
    assert "did not keep the API key" in refusal(Credentials().store, "main", Secret(KEY))


@pytest.mark.parametrize("ring", [Sticky(), ReadOnly()])
def test_a_key_that_was_not_removed_is_told(ring):
    ring.kept[SERVICE, "main"] = KEY
    use(ring)
    assert "did not remove the API key" in refusal(Credentials().delete, "main")


# Keyrings that fail


def foreign(module, name):
    return getattr(pytest.importorskip(module), name)(f"about {KEY}")


def dbus_error():
    jeepney = pytest.importorskip("jeepney")
    address = jeepney.DBusAddress("/", "org.freedesktop.secrets")
    reply = jeepney.new_error(
        jeepney.new_method_call(address, "Unlock"), "org.freedesktop.DBus.Error.Failed", "s", (KEY,)
    )
    return jeepney.DBusErrorResponse(reply)


@pytest.mark.parametrize(
    "failure",
    [
        lambda: errors.KeyringError(KEY),
        lambda: errors.InitError(KEY),
        lambda: errors.PasswordSetError(KEY),
        lambda: RuntimeError(KEY),
        lambda: ValueError(KEY),
        lambda: KeyError(KEY),
        lambda: TypeError(KEY),
        lambda: SyntaxError(KEY),
        lambda: AssertionError(KEY),
        lambda: ConnectionResetError(KEY),
        lambda: EOFError(KEY),
        lambda: UnicodeDecodeError("utf-8", KEY.encode(), 0, 1, KEY),
        lambda: subprocess.CalledProcessError(1, ["pass", "show", KEY]),
        lambda: foreign("secretstorage.exceptions", "SecretServiceNotAvailableException"),
        lambda: foreign("secretstorage.exceptions", "ItemNotFoundException"),
        dbus_error,
    ],
)
def test_a_keyring_that_fails_is_told_in_plain_words_without_what_it_said(failure):
    ring = use(Ring())
    ring.refusal = failure()
    for using in every_use(Credentials()):
        told = refusal(*using)
        assert told.startswith("The OS keyring d")
        assert "LOYALTY_TUI_API_KEY" in told


@pytest.mark.parametrize(
    "failure",
    [
        lambda: errors.KeyringLocked(KEY),
        lambda: foreign("secretstorage.exceptions", "LockedException"),
        lambda: foreign("secretstorage.exceptions", "PromptDismissedException"),
    ],
)
def test_a_locked_keyring_and_a_refused_prompt_are_told_as_such(failure):
    ring = use(Ring())
    ring.refusal = failure()
    for using in every_use(Credentials()):
        told = refusal(*using)
        assert told.startswith("The OS keyring is locked, or its prompt was refused. Unlock it")
        assert "LOYALTY_TUI_API_KEY" in told


def test_a_prompt_refused_at_the_start_is_told_as_such():
    ring = use(Ring())
    ring.refusal = errors.InitError("no collection")
    ring.refusal.__cause__ = foreign("secretstorage.exceptions", "PromptDismissedException")
    with pytest.raises(CredentialsError, match="its prompt was refused"):
        Credentials().api_key("main")


def test_a_keyring_that_turns_out_to_be_none_is_told_as_such():
    use(Ring()).refusal = errors.NoKeyringError(KEY)
    assert refusal(Credentials().api_key, "main").startswith("There is no OS keyring here.")


# Where keys are kept


@pytest.mark.parametrize(
    ("module", "name", "words"),
    [
        ("keyring.backends.SecretService", "Keyring", "the Secret Service of the desktop"),
        ("keyring.backends.libsecret", "Keyring", "the Secret Service of the desktop"),
        ("keyring.backends.kwallet", "DBusKeyring", "KDE Wallet"),
        ("keyring.backends.macOS", "Keyring", "the macOS Keychain"),
        ("keyring.backends.Windows", "WinVaultKeyring", "the Windows Credential Manager"),
        ("keyrings.cryptfile.cryptfile", "CryptFileKeyring", "the CryptFileKeyring"),
    ],
)
def test_the_place_of_the_keys_has_a_plain_name(module, name, words):
    use(chained(null.Keyring(), lookalike(name, module), Ring()))
    assert Credentials().where() == words


# In a process of its own, where keyring reads its own configuration

CHILD = """
from loyalty_tui.credentials import Credentials
from loyalty_tui.errors import CredentialsError
try:
    print(Credentials().source("main") or "nowhere")
except CredentialsError as error:
    print(error)
"""


def child(tmp_path, code=CHILD, **environ):
    kept = {"PATH", "PYTHONPATH", "SYSTEMROOT"}
    environ = {key: value for key, value in os.environ.items() if key in kept} | environ
    environ |= {name: str(tmp_path) for name in ("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME")}
    return subprocess.run(  # noqa: S603 - our own code
        [sys.executable, "-c", code], env=environ, capture_output=True, text=True, check=True
    )


@pytest.mark.parametrize(
    ("backend", "told"),
    [
        ("keyring.backends.fail.Keyring", "There is no OS keyring here."),
        ("keyring.backends.null.Keyring", "The OS keyring is switched off"),
        ("", "The keyring that is configured cannot be loaded."),
        ("nonsense", "The keyring that is configured cannot be loaded."),
        ("no.such.module.Keyring", "The keyring that is configured cannot be loaded."),
        ("os.nothing", "The keyring that is configured cannot be loaded."),
        ("json.JSONDecoder", "The keyring that is configured cannot be loaded."),
        ("keyring.backends.Windows.WinVaultKeyring", "The keyring that is configured cannot be"),
    ],
)
def test_whatever_keyring_is_configured_the_program_tells_it_in_plain_words(
    tmp_path, backend, told
):
    run = child(tmp_path, PYTHON_KEYRING_BACKEND=backend)
    assert run.stdout.startswith(told)
    assert run.stdout.endswith("Set the environment variable LOYALTY_TUI_API_KEY instead.\n")
    assert run.stderr == ""


@pytest.mark.parametrize(
    "config", ["[backend\n", "[backend]\ndefault-keyring = no.such.Keyring\n", "é"]
)
def test_a_broken_configuration_of_keyring_prints_nothing_over_the_screen(tmp_path, config):
    folder = tmp_path / "python_keyring"
    folder.mkdir()
    (folder / "keyringrc.cfg").write_text(config, encoding="latin-1")
    run = child(tmp_path)
    assert run.stdout.startswith("The keyring that is configured cannot be loaded.")
    assert run.stderr == ""


def test_a_broken_plug_in_of_keyring_prints_nothing_over_the_screen(tmp_path):
    info = tmp_path / "broken-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: broken\nVersion: 1\n")
    (info / "entry_points.txt").write_text("[keyring.backends]\nbroken = broken_plug_in\n")
    (tmp_path / "broken_plug_in.py").write_text("raise Exception('broken')\n")
    path = os.pathsep.join(filter(None, [str(tmp_path), os.environ.get("PYTHONPATH")]))
    run = child(tmp_path, PYTHONPATH=path)
    assert run.stdout
    assert run.stderr == ""


def test_the_program_loads_keyring_only_when_it_asks_it(tmp_path):
    code = (
        "import sys; from loyalty_tui.credentials import Credentials, clean_key\n"
        "clean_key('x'); Credentials({'LOYALTY_TUI_API_KEY': 'x'}).require('main')\n"
        "print('keyring' in sys.modules, 'logging' in sys.modules)"
    )
    assert child(tmp_path, code).stdout == "False False\n"
