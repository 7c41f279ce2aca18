"""The README's systemd unit and reverse proxy, tried as they are written there."""

import argparse
import base64
import importlib
import os
import re
import shutil
import socket
import ssl
import subprocess
import sys
import time
from pathlib import Path

import pytest
import trustme

from loyalty_tui.cli import receive_words
from loyalty_tui.cli.main import VERBS

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
PUSH = b'{"id":6566}'
PATIENCE = 30


def block(language):
    [text] = re.findall(rf"```{language}\n(\[Unit\].*?|server .*?)```", README, re.DOTALL)
    return text


def needed(*programs):
    paths = [shutil.which(program, path=f"{os.environ['PATH']}:/usr/sbin") for program in programs]
    if None in paths:
        reason = f"no {' and no '.join(programs)} on this machine"
        pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)
    return paths


def test_the_unit_is_one_that_systemd_takes(tmp_path):
    [analyze] = needed("systemd-analyze")
    program = tmp_path / "loyalty-tui"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    unit = tmp_path / "loyalty-tui-receive.service"
    unit.write_text(block("ini").replace("/opt/loyalty-tui/bin/loyalty-tui", str(program)))
    done = subprocess.run(  # noqa: S603 - the README's own words
        [analyze, "verify", "--man=no", str(unit)], capture_output=True, text=True, check=False
    )
    ours = [line for line in done.stderr.splitlines() if "loyalty" in line]
    assert ours == []
    unit.write_text(unit.read_text() + "\n[Service]\nExecStart=/no/such/program\n")
    done = subprocess.run(  # noqa: S603 - as above
        [analyze, "verify", "--man=no", str(unit)], capture_output=True, text=True, check=False
    )
    assert "loyalty" in done.stderr


def test_the_units_words_are_words_of_receive():
    [words] = re.findall(r"ExecStart=\S+ (.*?)\nExecReload", block("ini"), re.DOTALL)
    verb, *options = words.replace("\\\n", " ").split()
    assert verb in VERBS
    parser = argparse.ArgumentParser()
    parser.add_argument("--archive")
    receive_words.add_words(parser)
    read = receive_words.read_options(parser.parse_args(options))
    assert read.proxies == ("127.0.0.1",)
    assert f"proxy_pass http://127.0.0.1:{read.port};" in block("nginx")


@pytest.fixture
def receiver(home, tmp_path):
    folder = str(Path(__file__).parents[1] / "benchmarks")
    sys.path.insert(0, folder)  # the benchmarks are scripts, and find each other there
    receiving = importlib.import_module("receiving")
    sys.path.remove(folder)
    secrets = {"LOYALTY_TUI_RECEIVER_BASIC": "test:password123"}
    words = ("--behind-proxy", "127.0.0.1")
    with receiving.Receiving(tmp_path / "archive", home, *words, environment=secrets) as started:
        yield started


def test_the_proxy_passes_on_what_comes_over_tls(receiver, tmp_path):
    [nginx] = needed("nginx")
    authority = trustme.CA()
    issued = authority.issue_cert("push.example.org", "127.0.0.1")
    folder = tmp_path / "ssl"
    folder.mkdir()
    chain = b"".join(blob.bytes() for blob in issued.cert_chain_pems)
    (folder / "chain.pem").write_bytes(chain)
    issued.private_key_pem.write_to_path(str(folder / "key.pem"))
    socket_path = tmp_path / "nginx.socket"
    server = (
        block("nginx")
        .replace("listen 443 ssl", f"listen unix:{socket_path} ssl")
        .replace("/etc/ssl/push.example.org", str(folder))
        .replace("127.0.0.1:8080", f"127.0.0.1:{receiver.port}")
    )
    config = tmp_path / "nginx.conf"
    places = "".join(
        f"{kind}_temp_path {tmp_path}/{kind};"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    user = "user root; " if os.geteuid() == 0 else ""
    config.write_text(
        f"{user}daemon off; pid {tmp_path}/nginx.pid; error_log stderr; events {{}}\n"
        f"http {{ access_log off; {places}\n{server}}}\n"
    )
    context = ssl.create_default_context()
    authority.configure_trust(context)
    with subprocess.Popen(  # noqa: S603 - the README's own words
        [nginx, "-c", str(config), "-e", "stderr", "-p", str(tmp_path)], stderr=subprocess.PIPE
    ) as process:
        try:
            right = "Authorization: Basic " + base64.b64encode(b"test:password123").decode()
            assert ask(process, socket_path, context, right, PUSH)[0] == 200
            assert ask(process, socket_path, context, "X-None: x", PUSH)[0] == 401
            assert ask(process, socket_path, context, right, b"x" * 2_000_000)[0] == 413
        finally:
            process.terminate()
            process.wait(PATIENCE)
    assert receiver.wait_for("200 saved")


def ask(process, path, context, header, body):
    receiving = sys.modules["receiving"]
    deadline = time.monotonic() + PATIENCE
    while not path.exists():
        assert process.poll() is None, process.stderr.read()
        assert time.monotonic() < deadline
        os.sched_yield()
    stream = socket.socket(socket.AF_UNIX)
    stream.settimeout(PATIENCE)
    stream.connect(str(path))
    secured = context.wrap_socket(stream, server_hostname="push.example.org")
    with receiving.Connection(secured) as connection:
        return connection.ask(body, header)
