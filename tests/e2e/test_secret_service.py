from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile

import pytest

KEY = "aaabbbccc111222333"

# Runs inside a message bus of its own. The daemon is ready when it owns its name on the bus.
CHILD = """
import json, subprocess, sys
from contextlib import closing

from jeepney import MatchRule, message_bus
from jeepney.io.blocking import Proxy, open_dbus_connection
from loyalty_tui.credentials import Credentials, clean_key
from loyalty_tui.errors import CredentialsError

NAME = "org.freedesktop.secrets"

def started(bus):
    rule = MatchRule(type="signal", member="NameOwnerChanged", sender="org.freedesktop.DBus")
    rule.add_arg_condition(0, NAME)
    Proxy(message_bus, bus).AddMatch(rule)
    with bus.filter(rule) as owners:
        daemon = subprocess.Popen(
            ["gnome-keyring-daemon", "--foreground", "--unlock", "--components=secrets"],
            stdin=subprocess.PIPE,
        )
        try:
            with daemon.stdin as password:
                password.write(b"correct horse")
            bus.recv_until_filtered(owners, timeout=60)
        except BaseException:
            stopped(daemon)
            raise
    return daemon

def stopped(daemon):
    daemon.terminate()
    try:
        daemon.wait(30)
    except subprocess.TimeoutExpired:
        daemon.kill()
        daemon.wait()

def refusal(of, *arguments):
    try:
        of(*arguments)
    except CredentialsError as error:
        return str(error)

def items():
    import secretstorage
    with closing(secretstorage.dbus_init()) as bus:
        found = secretstorage.search_items(bus, {"service": "loyalty-tui"})
        return sorted(item.get_attributes()["username"] for item in found)

def lock():
    import secretstorage
    with closing(secretstorage.dbus_init()) as bus:
        secretstorage.get_default_collection(bus).lock()

key = clean_key(sys.stdin.readline())
credentials, seen = Credentials(), {}
with closing(open_dbus_connection()) as bus:
    daemon = started(bus)
    try:
        exec(sys.argv[1])
    finally:
        stopped(daemon)
seen["daemon"] = daemon.pid
print(json.dumps(seen))
"""


@pytest.fixture
def short_folder():
    """The daemon makes a socket below it, whose path must not exceed 107 characters."""
    with tempfile.TemporaryDirectory() as name:
        yield name


@pytest.fixture
def under_secret_service(tmp_path, short_folder):
    """Run statements with a real, unlocked Secret Service; return what they put into `seen`."""
    session = ("dbus-run-session", "--")
    needed = (session[0], "gnome-keyring-daemon")
    if missing := [program for program in needed if shutil.which(program) is None]:
        reason = f"no {' and no '.join(missing)} on this machine"
        pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)

    def run(statements):
        environ = {name: os.environ[name] for name in ("PATH", "PYTHONPATH") if name in os.environ}
        environ["XDG_RUNTIME_DIR"] = short_folder
        for name in ("HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME"):
            environ[name] = str(tmp_path / name.lower())
        with subprocess.Popen(  # noqa: S603 - our own statements
            [*session, sys.executable, "-c", CHILD, statements],
            env=environ,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        ) as child:
            try:
                out, complaints = child.communicate(f"{KEY}\n", timeout=120)
            finally:
                if child.poll() is None:
                    os.killpg(child.pid, signal.SIGKILL)
        assert child.returncode == 0, complaints
        seen = json.loads(out)
        with pytest.raises(ProcessLookupError):
            os.kill(seen.pop("daemon"), 0)
        assert KEY not in complaints
        return seen

    return run


def test_a_real_secret_service_keeps_a_key(under_secret_service, tmp_path):
    seen = under_secret_service("""
seen["where"] = credentials.where()
seen["before"] = credentials.api_key("main") is None
credentials.store("main", clean_key("earlier"))
credentials.store("main", key)
credentials.store("dk", clean_key("other"))
seen["items"] = items()
seen["source"] = credentials.source("main")
seen["again"] = Credentials().require("main") == key
seen["deleted"] = [credentials.delete("main"), credentials.delete("main")]
seen["after"] = [credentials.source("main"), credentials.source("dk")]
seen["left"] = items()
seen["missing"] = refusal(credentials.require, "main")
credentials.store("main", key)
""")
    assert seen == {
        "where": "the Secret Service of the desktop",
        "before": True,
        "items": ["dk", "main"],
        "source": "keyring",
        "again": True,
        "deleted": [True, False],
        "after": ["", "keyring"],
        "left": ["dk"],
        "missing": "There is no API key for profile “main”. Store one with `loyalty-tui login "
        "--profile main`, or set LOYALTY_TUI_API_KEY.",
    }
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert any(path.suffix == ".keyring" for path in files)
    assert not any(KEY.encode() in path.read_bytes() for path in files)


def test_a_locked_secret_service_is_told_in_plain_words(under_secret_service):
    seen = under_secret_service("""
credentials.store("main", key)
lock()
for name, arguments in {"api_key": (), "store": (key,), "delete": (), "source": ()}.items():
    seen[name] = refusal(getattr(credentials, name), "main", *arguments)
""")
    assert set(seen) == {"api_key", "store", "delete", "source"}
    for told in seen.values():
        assert told.startswith("The OS keyring is locked, or its prompt was refused. Unlock it")


def test_a_secret_service_that_went_away_is_told_in_plain_words(under_secret_service):
    seen = under_secret_service("""
credentials.store("main", key)
stopped(daemon)
bus.close()
import os
os.environ["DBUS_SESSION_BUS_ADDRESS"] = "unix:path=/nowhere"
seen["read"] = refusal(credentials.api_key, "main")
seen["stored"] = refusal(credentials.store, "main", key)
""")
    assert seen == {
        "read": "The OS keyring does not answer. "
        "Set the environment variable LOYALTY_TUI_API_KEY instead.",
        "stored": "The OS keyring did not take the API key. "
        "Set the environment variable LOYALTY_TUI_API_KEY instead.",
    }
