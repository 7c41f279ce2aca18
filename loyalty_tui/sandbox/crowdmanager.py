"""A stand-in for CrowdManager on this machine: the loyalty summary over real HTTP.

Address, parameters, header and answer are those of CrowdManager's document, "Loyalty Summary".
What the document leaves open, status codes and error bodies, follows RFC 9110.
"""

from __future__ import annotations

import hmac
import json
import os
import re
import secrets
import sys
import threading
from contextlib import suppress
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socket import SHUT_RDWR
from socketserver import TCPServer
from typing import TYPE_CHECKING, Any, Final, Self
from urllib.parse import parse_qs

from loyalty_tui.errors import UsageError
from loyalty_tui.sandbox.members import MEMBERS, Member

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from types import TracebackType

_PATH: Final = re.compile(r"/v2/([^/]+)/mypage/loyaltysummary")
_URL_ENCODED: Final = re.compile(r"(?:[!-$&-~]|%[0-9A-Fa-f]{2})*")
_VALUE: Final = {
    "phone": re.compile(r"\+[0-9]{1,15}"),
    "email": re.compile(r"[^\s@]+@[^\s@]+"),
}
_LONGEST_BODY: Final = 65_536
_PATIENCE: Final = 5.0


def credential_of(query: str) -> tuple[str, str] | None:
    """Return the credential of a raw query string: ("phone" or "email", decoded value).

    None when the query is not what the document describes. A plus sign that was not sent as %2B
    means a space, so that the phone number behind it has none.
    """
    if not _URL_ENCODED.fullmatch(query):
        return None
    try:
        fields = parse_qs(query, keep_blank_values=True, strict_parsing=True, errors="strict")
    except ValueError:
        return None
    kinds, values = fields.get("type", []), fields.get("value", [])
    if len(kinds) != 1 or len(values) != 1 or kinds[0] not in _VALUE:
        return None
    kind, value = kinds[0], values[0]
    return (kind, value) if _VALUE[kind].fullmatch(value) else None


class CrowdManagerStandIn:
    """CrowdManager on 127.0.0.1, from entering the context until leaving it.

    With port 0 the system chooses one; without an API key a fresh one is made. Entering raises
    UsageError when the port cannot be had. Leaving it ends every open connection.
    """

    base_url: str
    """Where it listens, without a slash at the end; known from entering on."""

    def __init__(
        self,
        *,
        port: int = 0,
        organization: str = "1201",
        api_key: str | None = None,
        members: Iterable[Member] = MEMBERS,
    ) -> None:
        self.organization = organization
        """The one organization id that is served."""
        self.api_key = secrets.token_hex(16) if api_key is None else api_key
        """The key that is accepted: what stands after "Basic " in the header."""
        self._port = port
        self._members = tuple(members)

    def __enter__(self) -> Self:
        try:
            self._server = _Server(self._port, self.organization, self.api_key, self._members)
        except (OSError, OverflowError) as error:
            raise UsageError(
                f"The sandbox cannot listen on port {self._port} of this machine: {error}.",
                "Name another port, or 0 to let the system choose one.",
            ) from error
        self.base_url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.05,), name="sandbox", daemon=True
        )
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._server.stop()
        self._thread.join()


class _Server(ThreadingHTTPServer):
    allow_reuse_address = os.name != "nt"  # on Windows two programs could then share the port
    request_queue_size = 128

    def __init__(
        self, port: int, organization: str, api_key: str, members: tuple[Member, ...]
    ) -> None:
        self.organization = organization
        self.authorization = f"Basic {api_key}".encode()
        self.members = {("phone", member.phone): member for member in members}
        self.members |= {("email", member.email.lower()): member for member in members}
        self.stopping = threading.Event()
        self._lock = threading.Lock()
        self._refused: set[str] = set()
        self._connections: dict[Any, threading.Thread] = {}
        super().__init__(("127.0.0.1", port), _Handler)

    def server_bind(self) -> None:
        # HTTPServer asks the name service for its own name: seconds, where there is no network.
        TCPServer.server_bind(self)
        self.server_name, self.server_port = "127.0.0.1", int(self.server_address[1])

    def is_busy_for(self, member: Member) -> bool:
        if not member.busy_first:
            return False
        with self._lock:
            if member.phone in self._refused:
                self._refused.remove(member.phone)
                return False
            self._refused.add(member.phone)
            return True

    def process_request(self, request: Any, client_address: Any) -> None:
        thread = threading.Thread(
            target=self.process_request_thread, args=(request, client_address), daemon=True
        )
        thread.start()
        open_ones = {known: its for known, its in self._connections.items() if its.is_alive()}
        self._connections = open_ones | {request: thread}

    def handle_error(self, request: Any, client_address: Any) -> None:
        # A client may go away at any time; that is not worth a traceback on the desk.
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)

    def stop(self) -> None:
        self.stopping.set()
        self.shutdown()
        for connection in self._connections:
            with suppress(OSError):
                connection.shutdown(SHUT_RDWR)
        for thread in self._connections.values():
            thread.join(_PATIENCE)
        self.server_close()


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = default_request_version = "HTTP/1.1"
    server_version = "CrowdManagerStandIn"
    sys_version = ""
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        self._skip_body()
        path, _, query = self.path.partition("?")
        match = _PATH.fullmatch(path)
        given = self.headers.get("Authorization", "").encode("latin-1", "replace")
        if not match:
            self._refuse(HTTPStatus.NOT_FOUND, "There is no such resource.")
        elif not hmac.compare_digest(given, self.server.authorization):
            self._refuse(
                HTTPStatus.UNAUTHORIZED,
                "The API key is missing or wrong.",
                {"WWW-Authenticate": 'Basic realm="CrowdManager"'},
            )
        elif match[1] != self.server.organization:
            self._refuse(HTTPStatus.FORBIDDEN, "The API key is not for this organization.")
        elif not (credential := credential_of(query)):
            self._refuse(
                HTTPStatus.BAD_REQUEST,
                "The type must be phone or email, the value URL-encoded, a phone number E.164.",
            )
        else:
            kind, value = credential
            self._answer_for(self.server.members.get((kind, value.lower())))

    def _answer_for(self, member: Member | None) -> None:
        if member and self.server.stopping.wait(member.delay):
            raise ConnectionAbortedError
        if member is None or member.answer is None:
            self._refuse(HTTPStatus.NOT_FOUND, "There is no individual with this credential.")
        elif self.server.is_busy_for(member):
            self._refuse(
                HTTPStatus.SERVICE_UNAVAILABLE, "The service is busy.", {"Retry-After": "1"}
            )
        else:
            self._send(HTTPStatus.OK, member.answer)

    def send_error(self, code: int, *_: object) -> None:
        """Answer what the base class refuses in JSON, and end the connection."""
        self.close_connection = True
        if code == HTTPStatus.NOT_IMPLEMENTED:
            self._skip_body()
            allow = {"Allow": "GET"}
            self._refuse(HTTPStatus.METHOD_NOT_ALLOWED, "This resource can only be read.", allow)
        else:
            self._refuse(HTTPStatus(code), HTTPStatus(code).phrase)

    def log_message(self, *_: object) -> None:
        """Keep the terminal for the desk."""

    def _skip_body(self) -> None:
        # Unread, a body would be taken for the next request, or its end would reset the
        # connection before the client has read the answer.
        length = self.headers.get("Content-Length", "0")
        if length == "0" and "Transfer-Encoding" not in self.headers:
            return
        self.close_connection = True
        if length.isdecimal():
            self.rfile.read(min(int(length[:6]), _LONGEST_BODY))

    def _refuse(self, status: HTTPStatus, message: str, headers: Mapping[str, str] = {}) -> None:
        self._send(status, json.dumps({"error": message}).encode(), headers)

    def _send(self, status: HTTPStatus, body: bytes, headers: Mapping[str, str] = {}) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name, value)
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)
