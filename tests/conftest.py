"""Isolation of every test: its own settings folder, its own keyring, no proxy, a fixed zone."""

import os
import time

import hypothesis
import keyring
import keyring.errors
import pytest
from keyring.backend import KeyringBackend

# Machines are noisy, so no test is timed. The gate repeats the same examples, so that it answers
# for the change at hand; every other run looks for new ones.
hypothesis.settings.register_profile(
    "loyalty-tui",
    deadline=None,
    derandomize="CI" in os.environ,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.load_profile("loyalty-tui")


def pytest_addoption(parser):
    parser.addoption(
        "--write-pictures",
        action="store_true",
        help="write the snapshots and screenshots anew instead of comparing them",
    )


class MemoryKeyring(KeyringBackend):
    priority = 1

    def __init__(self):
        super().__init__()
        self.kept = {}

    def get_password(self, service, username):
        return self.kept.get((service, username))

    def set_password(self, service, username, password):
        self.kept[service, username] = password

    def delete_password(self, service, username):
        try:
            del self.kept[service, username]
        except KeyError:
            raise keyring.errors.PasswordDeleteError("there is none") from None


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    """An empty folder for settings and caches, and an environment without surprises."""
    folder = tmp_path / "home"
    monkeypatch.setenv("LOYALTY_TUI_HOME", str(folder))
    for name in (
        "LOYALTY_TUI_API_KEY",
        "LOYALTY_TUI_PROFILE",
        "LOYALTY_TUI_RECEIVER_API_KEY",
        "LOYALTY_TUI_RECEIVER_BASIC",
        "PYTHON_KEYRING_BACKEND",
        "SSL_CERT_FILE",
        *(f"{scheme}_proxy" for scheme in ("http", "https", "all", "no")),
        *(f"{scheme}_PROXY" for scheme in ("HTTP", "HTTPS", "ALL", "NO")),
    ):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    return folder


@pytest.fixture(autouse=True)
def kept_keys():
    """The keyring of this test: a dictionary by service and user."""
    before = keyring.get_keyring()
    memory = MemoryKeyring()
    keyring.set_keyring(memory)
    yield memory.kept
    keyring.set_keyring(before)
