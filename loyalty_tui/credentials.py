"""The secrets of each profile: in the OS keyring, or in environment variables.

No key is shown here: not in an error, not in a repr, not in an exception behind an exception.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import sys
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final, TypeVar

from loyalty_tui.errors import CredentialsError
from loyalty_tui.privacy import Secret

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from keyring.backend import KeyringBackend

SERVICE: Final = "loyalty-tui"
"""The service name in the OS keyring; the user name there is the profile's name."""

RECEIVER_SERVICE: Final = "loyalty-tui receiver"
"""The same for what senders of pushes have to know."""

KEY_VARIABLE: Final = "LOYALTY_TUI_API_KEY"
"""Environment variable: a key that beats the one in the keyring."""

BASIC_VARIABLE: Final = "LOYALTY_TUI_RECEIVER_BASIC"
"""Environment variable: `user:password` that senders have to know."""

SENDERS_KEY_VARIABLE: Final = "LOYALTY_TUI_RECEIVER_API_KEY"
"""Environment variable: the x-api-key that senders have to know."""

_NO_KEYRING: Final = "There is no OS keyring here."
_SWITCHED_OFF: Final = "The OS keyring is switched off in the configuration of keyring."
_PLAIN_TEXT: Final = "The configured keyring keeps keys in plain text, so it is not used."

_PREFIX: Final = re.compile(r"\A(?:authorization\s*:\s*)?basic(?:\s+|\Z)", re.IGNORECASE)
_UNSEALED: Final = re.compile(
    r"plain_?text|clear_?text|uncrypted|unencrypted|insecure", re.IGNORECASE
)
_SEALED: Final = re.compile(r"crypt|keyczar|registry", re.IGNORECASE)
_LOCKED: Final = frozenset({"KeyringLocked", "LockedException", "PromptDismissedException"})
_NAMES: Final = {
    "keyring.backends.SecretService": "the Secret Service of the desktop",
    "keyring.backends.libsecret": "the Secret Service of the desktop",
    "keyring.backends.kwallet": "KDE Wallet",
    "keyring.backends.macOS": "the macOS Keychain",
    "keyring.backends.Windows": "the Windows Credential Manager",
}
# What backends let through from below them; looked up only where the module is loaded.
_FOREIGN_ERRORS: Final = (
    ("keyring.errors", "KeyringError"),
    ("secretstorage.exceptions", "SecretStorageException"),
    ("jeepney.wrappers", "DBusErrorResponse"),
    ("dbus.exceptions", "DBusException"),
    ("gi.repository.GLib", "Error"),
    ("pywintypes", "error"),
    ("win32ctypes.pywin32.pywintypes", "error"),
    ("configparser", "Error"),
    ("subprocess", "SubprocessError"),
)
_OWN_ERRORS: Final = (ImportError, SyntaxError, AttributeError, TypeError, ValueError, LookupError,
                      RuntimeError, AssertionError, OSError, EOFError)  # fmt: skip
_Answer = TypeVar("_Answer")


@dataclass(frozen=True, slots=True)
class _Kind:
    """A kind of secret in the keyring."""

    service: str
    noun: str
    instead: str
    """What to do where there is no keyring."""

    @property
    def way_out(self) -> str:
        return f"{self.instead[0].upper()}{self.instead[1:]}."


_API_KEY: Final = _Kind(
    SERVICE, "the API key", f"set the environment variable {KEY_VARIABLE} instead"
)
_SENDERS: Final = _Kind(
    RECEIVER_SERVICE,
    "the receiver's secrets",
    f"set the environment variable {BASIC_VARIABLE} or {SENDERS_KEY_VARIABLE} instead, "
    "or let anybody push with --no-auth",
)


@dataclass(frozen=True, slots=True)
class ReceiverSecrets:
    """What a sender of pushes has to know: one of them or both."""

    basic: Secret | None
    """`user:password`."""
    api_key: Secret | None
    """The x-api-key."""


def clean_key(text: str) -> Secret:
    """Return a pasted key without white space and `Authorization: Basic ` around it.

    CredentialsError when nothing is left or the rest could not travel in a header; it does not
    show the text.
    """
    return _clean(text, "The API key")


class Credentials:
    """Where the API keys are kept.

    The methods may wait for the OS keyring and its prompts. They raise CredentialsError when there
    is no keyring that keeps keys safe, or when it is locked or broken.
    """

    def __init__(self, environ: Mapping[str, str] = os.environ) -> None:
        self._environ = environ

    def api_key(self, profile: str) -> Secret | None:
        """Return the profile's key, None when there is none; the environment comes first."""
        if given := self._given():
            return _clean(given, f"The API key in {KEY_VARIABLE}")
        kept = _kept(_API_KEY, profile)
        return _clean(kept, "The API key in the OS keyring") if kept else None

    def require(self, profile: str) -> Secret:
        """Return the profile's key; CredentialsError when there is none."""
        key = self.api_key(profile)
        if key is None:
            raise CredentialsError(
                f"There is no API key for profile “{profile}”.",
                f"Store one with `loyalty-tui login --profile {shlex.quote(profile)}`, "
                f"or set {KEY_VARIABLE}.",
            )
        return key

    def source(self, profile: str) -> str:
        """Return where api_key would find a key: "environment", "keyring", or "" for nowhere."""
        if self._given():
            return "environment"
        return "keyring" if _kept(_API_KEY, profile) else ""

    def store(self, profile: str, key: Secret) -> None:
        """Keep a key in the OS keyring, in the place of an earlier one."""
        _store(_API_KEY, profile, key)

    def delete(self, profile: str) -> bool:
        """Remove the profile's key from the OS keyring and say whether there was one."""
        return _delete(_API_KEY, profile)

    def where(self) -> str:
        """Return in plain words where store would keep a key."""
        return _where(_API_KEY)

    def _given(self) -> str:
        return self._environ.get(KEY_VARIABLE, "").strip()


class ReceiverCredentials:
    """Where the secrets of the receiver are kept; waits and raises as Credentials does."""

    def __init__(self, environ: Mapping[str, str] = os.environ) -> None:
        self._environ = environ

    def require(self, profile: str) -> ReceiverSecrets:
        """Return the secrets of a profile: those in the environment alone, if there are any."""
        basic = self._environ.get(BASIC_VARIABLE, "")
        key = self._environ.get(SENDERS_KEY_VARIABLE, "").strip()
        places = f" in {BASIC_VARIABLE}", f" in {SENDERS_KEY_VARIABLE}"
        if not basic and not key:
            places = (" in the OS keyring",) * 2
            kept = json.loads(_kept(_SENDERS, profile) or "{}")
            basic, key = kept.get("basic", ""), kept.get("x-api-key", "")
        if not basic and not key:
            raise CredentialsError(
                f"There are no secrets for the receiver of profile “{profile}”.",
                f"Store some with `loyalty-tui login --receiver --profile {shlex.quote(profile)}`, "
                f"{_SENDERS.instead}.",
            )
        return receiver_secrets(basic, key, places)

    def store(self, profile: str, secrets: ReceiverSecrets) -> None:
        """Keep secrets in the OS keyring, in the place of earlier ones."""
        held = {"basic": secrets.basic, "x-api-key": secrets.api_key}
        words = json.dumps({name: one.reveal() for name, one in held.items() if one})
        _store(_SENDERS, profile, Secret(words))

    def delete(self, profile: str) -> bool:
        """Remove the profile's secrets from the OS keyring and say whether there were any."""
        return _delete(_SENDERS, profile)

    def where(self) -> str:
        """Return in plain words where store would keep them."""
        return _where(_SENDERS)


def receiver_secrets(
    basic: str, api_key: str, places: tuple[str, str] = ("", "")
) -> ReceiverSecrets:
    """Return secrets that were typed in or found in some places, either of them empty for none.

    CredentialsError when both are empty, or one could not travel in a header; it does not show
    them.
    """
    if basic and (not re.fullmatch(r"[^:]+:.+", basic) or not basic.isprintable()):
        raise CredentialsError(
            f"User name and password for Basic{places[0]} cannot be used.",
            "They are written USER:PASSWORD. The user name has no colon in it; neither is empty or "
            "has control characters.",
        )
    if not basic and not api_key:
        raise CredentialsError(
            "Neither Basic nor an x-api-key was given.", "Give one of them, or both."
        )
    return ReceiverSecrets(
        Secret(basic) if basic else None,
        _clean(api_key, f"The x-api-key{places[1]}") if api_key else None,
    )


def _clean(text: str, what: str) -> Secret:
    key = _PREFIX.sub("", text.strip())
    if re.fullmatch(r"[!-~]+", key):
        return Secret(key)
    if not key:
        flaw = "is empty"
    elif not key.isascii():
        flaw = "has characters in it that are not ASCII"
    else:
        flaw = "has white space or control characters in it"
    raise CredentialsError(f"{what} {flaw}.", "Copy it again, with nothing before and after it.")


def _store(kind: _Kind, profile: str, secret: Secret) -> None:
    for ring in _rings(kind):
        refused = f"The OS keyring did not take {kind.noun}."
        if _ask(partial(_keep, ring, kind, profile, secret), kind, refused):
            return
    raise CredentialsError(f"The OS keyring did not keep {kind.noun}.", kind.way_out)


def _delete(kind: _Kind, profile: str) -> bool:
    refused = f"The OS keyring did not remove {kind.noun}."
    holders = [ring for ring in _rings(kind) if _read(ring, kind, profile)]
    for ring in holders:
        _ask(partial(ring.delete_password, kind.service, profile), kind, refused)
        if _read(ring, kind, profile):
            raise CredentialsError(refused, "Remove it with the keyring's own program.")
    return bool(holders)


def _where(kind: _Kind) -> str:
    ring = next(_rings(kind))
    modules = (each.__module__ for each in type(ring).__mro__)
    return next((_NAMES[m] for m in modules if m in _NAMES), f"the {type(ring).__name__}")


def _kept(kind: _Kind, profile: str) -> str | None:
    return next((kept for ring in _rings(kind) if (kept := _read(ring, kind, profile))), None)


def _read(ring: KeyringBackend, kind: _Kind, profile: str) -> str | None:
    question = partial(ring.get_password, kind.service, profile)
    return _ask(question, kind, "The OS keyring does not answer.")


def _keep(ring: KeyringBackend, kind: _Kind, profile: str, secret: Secret) -> bool:
    try:
        ring.set_password(kind.service, profile, secret.reveal())
    except NotImplementedError:  # a backend that only hands out keys of its own
        return False
    # Some backends do not say when the service behind them took nothing.
    return ring.get_password(kind.service, profile) == secret.reveal()


def _rings(kind: _Kind) -> Iterator[KeyringBackend]:
    """Yield the backends that keep keys safe, at least one, the preferred one first."""
    members = _ask(_members, kind, "The keyring that is configured cannot be loaded.")
    flaws = [_flaw(ring) for ring in members]
    if all(flaws):
        flaw = _PLAIN_TEXT if _PLAIN_TEXT in flaws else next(iter(flaws), _NO_KEYRING)
        raise CredentialsError(flaw, kind.way_out)
    return (ring for ring, flaw in zip(members, flaws, strict=True) if not flaw)


def _members() -> list[KeyringBackend]:
    import logging

    import keyring

    # Without a handler the traceback of a broken plug-in is printed over the screen.
    logger = logging.getLogger("keyring")
    if not logger.handlers:
        logger.addHandler(logging.NullHandler())
    return list(_unchained(keyring.get_keyring()))


def _unchained(ring: KeyringBackend) -> Iterator[KeyringBackend]:
    from keyring.backends.chainer import ChainerBackend

    if isinstance(ring, ChainerBackend):
        for member in ring.backends:
            yield from _unchained(member)
    else:
        yield ring


def _flaw(ring: KeyringBackend) -> str:
    """Return why this backend is not used, or nothing."""
    ancestry = type(ring).__mro__
    modules = {each.__module__ for each in ancestry}
    names = " ".join(each.__name__ for each in ancestry)
    if "keyring.backends.fail" in modules:
        return _NO_KEYRING
    if "keyring.backends.null" in modules:
        return _SWITCHED_OFF
    is_file = any(module.startswith("keyrings.alt.") for module in modules)
    if _UNSEALED.search(names) or (is_file and not _SEALED.search(names)):
        return _PLAIN_TEXT
    return ""


def _ask(question: Callable[[], _Answer], kind: _Kind, refused: str) -> _Answer:
    """Answer a question to the keyring, every failure of which is told in plain words.

    The error is raised apart from the one it tells of, whose message may hold the key.
    """
    try:
        return question()
    except _backend_errors() as error:
        kinds = {type(each).__name__ for each in (error, error.__cause__)}
    if kinds & _LOCKED:
        raise CredentialsError(
            "The OS keyring is locked, or its prompt was refused.",
            f"Unlock it and try again, or {kind.instead}.",
        )
    raise CredentialsError(_NO_KEYRING if "NoKeyringError" in kinds else refused, kind.way_out)


def _backend_errors() -> tuple[type[BaseException], ...]:
    known = (getattr(sys.modules.get(module), name, None) for module, name in _FOREIGN_ERRORS)
    return (*_OWN_ERRORS, *(error for error in known if error is not None))
