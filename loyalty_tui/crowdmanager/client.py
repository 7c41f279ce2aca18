"""The CrowdManager client: one request, its retries, and every failure as one of our errors.

Source: the vendor document "Loyalty Summary" (`GET /v2/{organization-id}/mypage/loyaltysummary`).
"""

from __future__ import annotations

import asyncio
import ipaddress
import random
import re
import socket
import ssl
from contextlib import suppress
from http import HTTPStatus
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import TYPE_CHECKING, Any, Protocol, Self
from urllib.parse import quote

import httpx

from loyalty_tui.crowdmanager import models, waiting
from loyalty_tui.errors import (
    CredentialsError,
    LoyaltyError,
    NoSuchMemberError,
    SettingsError,
    UnreachableError,
    UnusableAnswerError,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import TracebackType

    from loyalty_tui.identifiers import Identifier

BUDGET = 20.0
"""Seconds one look-up may take, all tries and pauses together."""
PAUSES = (0.4, 1.0, 2.5)
"""Seconds before the second, third and fourth try, before jitter."""
TRIES = 1 + len(PAUSES)
TIMEOUTS = httpx.Timeout(connect=5.0, read=8.0, write=5.0, pool=5.0)
"""Seconds to connect, and to wait for the next bytes."""
BODY_LIMIT = 5_000_000
"""Bytes; a longer body is refused while it streams in."""

_SENDABLE_KEY = re.compile(r"[!-~]([ -~]*[!-~])?")
_REDACTED = b"[redacted]"
_HIGHEST_PORT = 65535
_FAILURES = (httpx.TransportError, ssl.SSLError)
"""What breaks a connection; errors of TLS after the handshake reach us as they are."""
_BEGINNING = 4096
"""Bytes of a refusal that are read for its first words."""
_BUSY = {
    HTTPStatus.TOO_MANY_REQUESTS: "it is being asked too often (429)",
    HTTPStatus.BAD_GATEWAY: "its gateway got no answer (502)",
    HTTPStatus.SERVICE_UNAVAILABLE: "it is not available just now (503)",
    HTTPStatus.GATEWAY_TIMEOUT: "its gateway waited in vain (504)",
}
_CAUSES: tuple[tuple[type[BaseException], str], ...] = (
    (socket.gaierror, "the name {host} is not known (DNS)"),
    (ssl.SSLError, "no secure connection (TLS) with {host} came about"),
    (ConnectionRefusedError, "{host} refused the connection"),
)
"""What lies behind a failed connection, most telling first."""


class ApiKey(Protocol):
    """A key that shows itself only when asked."""

    def reveal(self) -> str:
        """Return the key itself."""


class _TransientError(Exception):
    """A failure that another try may mend."""

    def __init__(self, cause: str, retry_after: float | None = None) -> None:
        super().__init__(cause)
        self.cause = cause
        self.retry_after = retry_after


class CrowdManager:
    """A client of one organization's CrowdManager.

    The API key travels verbatim after `Basic ` and to this base URL only: redirects are not
    followed, the base URL is https (loopback excepted, which is also never sent to a proxy).
    Connections are kept for the next look-up; close it, or use it as a context manager.
    """

    def __init__(
        self, base_url: str, organization: str, api_key: ApiKey, *, budget: float = BUDGET
    ) -> None:
        url = _checked(base_url)
        self._host = url.host
        self._url = (
            f"{base_url.rstrip('/')}/v2/{quote(organization, safe='')}/mypage/loyaltysummary"
        )
        self._api_key = api_key
        self._budget = budget
        self._http = _http_client(url, self._authorize)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Close all connections."""
        await self._http.aclose()

    async def loyalty_summary(
        self, identifier: Identifier, on_try: models.OnTry = lambda _: None
    ) -> models.LoyaltySummary:
        """Fetch the loyalty summary of the member behind an identifier.

        Cancelling it closes the connection at once. `on_try` is called when a try starts, and
        when one has failed and the next is waiting.

        Raises:
            NoSuchMemberError: 404.
            CredentialsError: 401 or 403, or a key that no header can carry.
            UnreachableError: 429, 5xx, or no complete answer within the budget.
            UnusableAnswerError: Redirects, other 4xx, or a body that cannot be used.
        """
        if not _SENDABLE_KEY.fullmatch(self._api_key.reveal()):
            raise CredentialsError(
                "The API key is empty, or has characters that no request can carry.",
                "Store it again (loyalty-tui login), exactly as CrowdManager shows it.",
            )
        try:
            return await self._within_budget(identifier, on_try)
        except LoyaltyError as error:
            # The frames below held the answer, which may repeat the request and its key.
            failure = error.with_traceback(None)
        raise failure

    async def _within_budget(
        self, identifier: Identifier, on_try: models.OnTry
    ) -> models.LoyaltySummary:
        clock = asyncio.get_running_loop().time
        deadline = clock() + self._budget
        cause, retry_after = "", None
        number = 0
        try:
            async with asyncio.timeout_at(deadline):
                for number in range(1, TRIES + 1):
                    on_try(models.Try(number, TRIES, cause=cause))
                    try:
                        body = await self._fetch(identifier)
                        return await asyncio.to_thread(models.decode, body, self._redact)
                    except _TransientError as failure:
                        cause, retry_after = failure.cause, failure.retry_after
                    if number == TRIES:
                        break
                    pause = _pause(number, retry_after)
                    if clock() + pause >= deadline:
                        break
                    on_try(models.Try(number + 1, TRIES, pause, cause))
                    await asyncio.sleep(pause)
        except TimeoutError:
            cause = f"no complete answer within {waiting.counted(self._budget, 'second')}"
        raise self._unreachable(cause, retry_after, number)

    async def _fetch(self, identifier: Identifier) -> bytes:
        url = f"{self._url}?type={identifier.type}&value={quote(identifier.value, safe='')}"
        streams: list[Any] = []

        async def trace(event: str, about: dict[str, Any]) -> None:
            if event == "connection.connect_tcp.complete":
                streams.append(about["return_value"])

        failure: Exception
        try:
            async with self._http.stream("GET", url, extensions={"trace": trace}) as response:
                if response.is_success:
                    return await _body(response)
                raise await self._refusal(response)
        except asyncio.CancelledError:
            # httpcore leaves a connection open that is cancelled during its TLS handshake.
            for stream in streams:
                await stream.aclose()
            raise
        except httpx.DecodingError:
            failure = UnusableAnswerError(
                "CrowdManager's answer cannot be used: it is compressed in a broken way."
            )
        except _FAILURES as error:
            failure = self._transport_failure(error)
        # Raised out here: httpx's errors hold the request, and the request holds the key.
        raise failure

    def _authorize(self, request: httpx.Request) -> httpx.Request:
        """Put the key on a request; nowhere else is it held as text."""
        request.headers["Authorization"] = f"Basic {self._api_key.reveal()}"
        return request

    def _redact(self, body: bytes) -> bytes:
        return body.replace(self._api_key.reveal().encode(), _REDACTED)

    async def _refusal(self, response: httpx.Response) -> Exception:
        status = response.status_code
        if status == HTTPStatus.NOT_FOUND:
            return NoSuchMemberError(
                "CrowdManager knows no member by this identifier.",
                "Check it for a slip, or try the member's other phone number or e-mail address.",
            )
        if status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
            return CredentialsError(
                f"CrowdManager refused the request ({status}).",
                "One of three: the API key is wrong, the key has no permission for this module, "
                "or this computer's IP address is not on the organization's whitelist.",
            )
        if status in _BUSY:
            headers = response.headers
            return _TransientError(
                _BUSY[HTTPStatus(status)],
                waiting.asked_for(headers.get("Retry-After", ""), headers.get("Date", "")),
            )
        if response.is_server_error:
            return UnreachableError(
                f"CrowdManager answered with an error: it failed inside ({status}).",
                "Try again in a moment; if it stays so, tell CrowdManager's support.",
            )
        if response.is_redirect:
            return UnusableAnswerError(
                f"CrowdManager answered with a redirect ({status}), which is not followed, so "
                "that the API key goes nowhere else.",
                "Check the base URL in the settings.",
            )
        words = models.first_words(self._redact(await _beginning(response)))
        return UnusableAnswerError(
            f"CrowdManager did not accept the request ({status}).",
            f"It says: {words}" if words else "It says nothing more.",
        )

    def _transport_failure(self, error: Exception) -> Exception:
        causes = list(_chain(error))
        for cause in causes:
            if isinstance(cause, ssl.SSLCertVerificationError):
                return UnreachableError(
                    f"CrowdManager could not be reached: the certificate of {self._host} is not "
                    f"trusted ({cause.verify_message}).",
                    "Check the clock of this computer and the base URL; behind a company proxy, "
                    "name its certificate in the environment variable SSL_CERT_FILE.",
                )
        return _TransientError(_in_words(error, causes, self._host))

    def _unreachable(self, cause: str, retry_after: float | None, tries: int) -> UnreachableError:
        count = "1 try" if tries == 1 else f"{tries} tries"
        if cause not in _BUSY.values():
            return UnreachableError(
                f"CrowdManager could not be reached: {cause} ({count}).",
                f"Check the network and the base URL ({self._host}), or try again in a moment.",
            )
        when = "a moment"
        if retry_after:
            when = waiting.in_words(retry_after)
            cause += f" and asks to be left alone for {when}"
        return UnreachableError(
            f"CrowdManager answered with an error: {cause} ({count}).", f"Try again in {when}."
        )


async def _body(response: httpx.Response) -> bytes:
    body = bytearray()
    async for chunk in response.aiter_bytes():
        body += chunk
        if len(body) > BODY_LIMIT:
            raise UnusableAnswerError(
                "CrowdManager's answer cannot be used: it is larger than "
                f"{BODY_LIMIT // 1_000_000} MB."
            )
    return bytes(body)


async def _beginning(response: httpx.Response) -> bytes:
    """Return the first bytes of a refusal's body; it counts no less when they do not come."""
    beginning = bytearray()
    with suppress(httpx.DecodingError, *_FAILURES):
        async for chunk in response.aiter_bytes():
            beginning += chunk
            if len(beginning) >= _BEGINNING:
                break
    return bytes(beginning)


def _pause(number: int, retry_after: float | None) -> float:
    """Return the seconds to wait after a failed try: backoff with jitter, or as asked for."""
    jittered = PAUSES[number - 1] * random.uniform(0.5, 1.5)  # noqa: S311 - no secret
    return jittered if retry_after is None else max(retry_after, jittered)


def _checked(base_url: str) -> httpx.URL:
    """Return a base URL that the API key may be sent to."""
    try:
        url = httpx.URL(base_url)
        url.host.encode("idna")  # what the name service will do to it
    except (httpx.InvalidURL, UnicodeError):
        url = httpx.URL()
    is_whole = url.host and (url.port or 0) <= _HIGHEST_PORT
    if not is_whole or url.userinfo or not {"?", "#"}.isdisjoint(base_url):
        raise SettingsError(
            "The base URL is not the address of a service.",
            "Correct `base_url` in the settings, or --base-url: "
            "it is written like https://api.crowdmanager.io.",
        )
    if url.scheme != "https" and not (url.scheme == "http" and _is_loopback(url.host)):
        raise SettingsError(
            "The base URL is not https, so the API key is not sent to it.",
            "Correct `base_url` in the settings, or --base-url.",
        )
    return url


def _http_client(
    url: httpx.URL, authorize: Callable[[httpx.Request], httpx.Request]
) -> httpx.AsyncClient:
    try:
        return httpx.AsyncClient(
            auth=authorize,
            timeout=TIMEOUTS,
            follow_redirects=False,
            event_hooks={"response": [_forget_location]},
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
            headers={"Accept": "application/json", "Accept-Encoding": "identity"},
            transport=httpx.AsyncHTTPTransport(verify=url.scheme == "https")
            if _is_loopback(url.host)
            else None,
        )
    except (ImportError, ValueError, httpx.InvalidURL):
        problem = "The proxy that the environment names (HTTPS_PROXY, ALL_PROXY) cannot be used."
        remedy = "Correct or unset it; it is written like http://proxy.example:3128."
    except OSError:
        problem = "The certificates that SSL_CERT_FILE or SSL_CERT_DIR names cannot be read."
        remedy = "Correct or unset it; it names a file of certificates in PEM form."
    raise SettingsError(problem, remedy)


async def _forget_location(response: httpx.Response) -> None:
    """Keep httpx from preparing the redirect, which fails where the address is no address."""
    response.headers.pop("Location", None)


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """Yield an error and everything that led to it, groups included."""
    while error is not None:
        yield error
        if isinstance(error, BaseExceptionGroup):
            for part in error.exceptions:
                yield from _chain(part)
        error = error.__cause__ or error.__context__


def _in_words(error: Exception, causes: list[BaseException], host: str) -> str:
    if isinstance(error, httpx.ConnectTimeout):
        return f"{host} did not take the connection within {TIMEOUTS.connect:g} seconds"
    if isinstance(error, httpx.TimeoutException):
        return f"{host} sent nothing for {TIMEOUTS.read:g} seconds"
    if isinstance(error, httpx.ProxyError):
        return "the proxy refused the connection"
    for cause in causes:
        for kind, words in _CAUSES:
            if isinstance(cause, kind):
                return words.format(host=host)
    if isinstance(error, httpx.ConnectError):
        return f"no connection to {host} came about"
    return "the connection broke off before the answer was complete"
