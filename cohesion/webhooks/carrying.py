"""Hands one message over to an address that a stranger chose: to public addresses only, once, and not for long.

What is answered decides nothing here. No database.
"""

import socket
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from threading import Timer
from typing import Any
from urllib.parse import urlsplit

import requests
from django.conf import settings
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NameResolutionError, NewConnectionError

CONNECTING = 5.0  # seconds
WAITING = 10.0  # for each part of the answer
ALTOGETHER = 20.0  # however slowly it trickles in
READ = 1000  # bytes of the answer, for the log
AGENT = "SOK-Atlas-Webhooks/1"
_NAT64 = IPv6Network("64:ff9b::/96")


class ForbiddenAddressError(OSError):
    """The host has no address in the public Internet."""


@dataclass(frozen=True)
class Answer:
    """What came of an attempt: a status, or else what went wrong."""

    status: int | None
    error: str = ""
    text: str = ""
    retry_after: str = ""
    milliseconds: int = 0


def fault_of(url: str) -> str:
    """Why nothing can be sent to ``url``, as a word: form, scheme, user, private; empty where it can.

    Names are looked up when something is sent, so a name that leads to a private address is found only then.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return "form"
    if not parts.hostname or port == 0 or any(sign.isspace() or not sign.isprintable() for sign in url):
        return "form"
    if parts.scheme != "https" and not (parts.scheme == "http" and settings.WEBHOOKS_PRIVATE):
        return "scheme"
    if parts.username is not None or parts.password is not None:
        return "user"
    if not settings.WEBHOOKS_PRIVATE and _is_private_name(parts.hostname):
        return "private"
    return ""


def carry(url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
    """POST ``body`` to ``url``. Follows no redirect, takes no proxy, sends no cookie and no password. Never raises for
    what the other side does."""
    began = time.monotonic()
    if fault := fault_of(url):
        return Answer(None, error=f"Refused: {fault}")
    adapter = _PublicOnly()
    watch = Timer(ALTOGETHER, adapter.hang_up)
    watch.daemon = True
    watch.start()
    try:
        with requests.Session() as session:
            session.trust_env = False  # neither proxies nor passwords of this machine
            session.mount("https://", adapter)
            session.mount("http://", adapter)
            response = session.post(
                url,
                data=body,
                headers={**headers, "Content-Type": "application/json", "User-Agent": AGENT, "Accept": "*/*"},
                timeout=(CONNECTING, WAITING),
                allow_redirects=False,
                stream=True,
            )
            answer = Answer(
                response.status_code, text=_beginning(response), retry_after=response.headers.get("Retry-After", "")
            )
            response.close()
    except (requests.RequestException, HTTPError, OSError, ValueError) as error:
        answer = Answer(None, error="Timeout" if adapter.has_hung_up else _why(error))
    finally:
        watch.cancel()
        adapter.let_go()
    return Answer(
        answer.status, answer.error, answer.text, answer.retry_after, round((time.monotonic() - began) * 1000)
    )


def _beginning(response: requests.Response) -> str:
    """The first bytes of the answer, for its owner to see; nothing of what an intranet says to others."""
    try:
        read = response.raw.read(READ, decode_content=False)
    except (HTTPError, OSError, ValueError):
        return ""
    if settings.WEBHOOKS_PRIVATE and settings.PUBLIC_HOSTS:
        return ""
    text: str = read.decode("utf-8", "replace")
    return "".join(sign if sign.isprintable() or sign in "\n\t" else " " for sign in text).strip()


def _why(error: BaseException) -> str:
    """What went wrong, in a few words and without addresses of the network that this machine is in."""
    causes = [error]
    while len(causes) < 10 and (deeper := _cause(causes[-1])) is not None:
        causes.append(deeper)
    for cause in causes:
        if isinstance(cause, ForbiddenAddressError):
            return "No public address"
        if isinstance(cause, NameResolutionError | socket.gaierror):
            return "Unknown host"
    for cause in reversed(causes):
        if isinstance(cause, requests.exceptions.SSLError):
            return f"TLS: {cause}"[:300]
        if isinstance(cause, requests.Timeout | ConnectTimeoutError | TimeoutError):
            return "Timeout"
        if isinstance(cause, ConnectionRefusedError):
            return "Connection refused"
    return type(causes[-1]).__name__


def _cause(error: BaseException) -> BaseException | None:
    reason = getattr(error, "reason", None)
    if isinstance(reason, BaseException):
        return reason
    inner = next((part for part in error.args if isinstance(part, BaseException)), None)
    return inner or error.__cause__ or error.__context__


# --- To public addresses only ----------------------------------------------------------------------------------------


def is_public(address: str) -> bool:
    """Whether an IP address is one of the public Internet, also where it is wrapped in another."""
    found = ip_address(address.split("%")[0])
    if isinstance(found, IPv6Address):
        wrapped = found.ipv4_mapped or found.sixtofour or (found.teredo or (None, None))[1]
        if wrapped is None and found in _NAT64:
            wrapped = IPv4Address(int(found) & 0xFFFFFFFF)
        if wrapped is not None:
            found = wrapped
    return found.is_global and not found.is_multicast


def _is_private_name(host: str) -> bool:
    try:
        return not is_public(host)
    except ValueError:
        name = host.lower().rstrip(".")
        return name == "localhost" or name.endswith((".localhost", ".local", ".internal")) or "." not in name


def _open(host: str, port: int, timeout: float | None) -> socket.socket:
    """A connection to the first address of ``host`` that answers; the very address that was looked at, so that a name
    which leads somewhere else a moment later gains nothing. Raises OSError."""
    error: OSError = ForbiddenAddressError(host)
    for family, kind, protocol, _name, where in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM):
        if not settings.WEBHOOKS_PRIVATE and not is_public(str(where[0])):
            continue
        line = socket.socket(family, kind, protocol)
        try:
            line.settimeout(timeout)
            line.connect(where)
        except OSError as problem:
            line.close()
            error = problem
        else:
            return line
    raise error


class _Checked:
    """A connection of urllib3 that is opened by ``_open``, and can be cut by whoever is told of it."""

    _dns_host: str
    host: str
    port: int
    timeout: Any

    def __init__(self, *args: Any, opened: Callable[[socket.socket], None], **options: Any) -> None:
        super().__init__(*args, **options)
        self._opened = opened

    def _new_conn(self) -> socket.socket:
        try:
            line = _open(self._dns_host, self.port, self.timeout)
        except socket.gaierror as error:
            raise NameResolutionError(self.host, self, error) from error  # type: ignore[arg-type]
        except TimeoutError as error:
            raise ConnectTimeoutError(self, "timed out") from error
        except OSError as error:
            raise NewConnectionError(self, "not connected") from error  # type: ignore[arg-type]
        self._opened(line)
        return line


class _Plain(_Checked, HTTPConnection):
    pass


class _Encrypted(_Checked, HTTPSConnection):
    pass


class _PlainPool(HTTPConnectionPool):
    ConnectionCls = _Plain


class _EncryptedPool(HTTPSConnectionPool):
    ConnectionCls = _Encrypted


class _PublicOnly(HTTPAdapter):
    """Carries one request by connections that are checked when they are opened."""

    def __init__(self) -> None:
        self._lines: list[socket.socket] = []
        self.has_hung_up = False
        super().__init__(max_retries=0)
        self.poolmanager.pool_classes_by_scheme = {"http": _PlainPool, "https": _EncryptedPool}

    def get_connection_with_tls_context(self, *args: Any, **options: Any) -> HTTPConnectionPool:
        pool: Any = super().get_connection_with_tls_context(*args, **options)
        pool.conn_kw["opened"] = self._keep
        return pool  # type: ignore[no-any-return]

    def hang_up(self) -> None:
        """End whatever is going on: who waits for it gets an error."""
        self.has_hung_up = True
        for line in self._lines:
            try:
                line.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue  # it is over already

    def let_go(self) -> None:
        """Forget the connections."""
        for line in self._lines:
            line.close()

    def _keep(self, line: socket.socket) -> None:
        self._lines.append(line.dup())  # TLS takes the socket itself away
