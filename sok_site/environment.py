"""Reads settings from environment variables and refuses a wrong value with the variable's name. Pure: no Django app."""

import os
import secrets
from datetime import date
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

import dj_database_url
from django.core.exceptions import ImproperlyConfigured

_TRUE = ("1", "true", "yes", "on")
_FALSE = ("", "0", "false", "no", "off")


def text(name: str, default: str = "") -> str:
    """The variable as it is, without surrounding space; ``\\n`` stands for a line break."""
    return os.environ.get(name, default).strip().replace("\\n", "\n")


def flag(name: str, default: bool) -> bool:
    """1/true/yes/on or 0/false/no/off."""
    value = os.environ.get(name)
    if value is None:
        return default
    lowered = value.strip().lower()
    if lowered in _TRUE:
        return True
    if lowered in _FALSE:
        return False
    raise ImproperlyConfigured(f"{name}: expected 1 or 0, not {value!r}")


def number(name: str, default: int) -> int:
    """A whole number, 0 or more."""
    value = text(name)
    if not value:
        return default
    if not (value.isascii() and value.isdigit()):
        raise ImproperlyConfigured(f"{name}: expected a whole number, not {value!r}")
    return int(value)


def items(name: str) -> list[str]:
    """A comma-separated list."""
    return [item.strip() for item in os.environ.get(name, "").split(",") if item.strip()]


def origin(name: str) -> str:
    """The scheme and host of an http(s) URL, or nothing where the variable is empty."""
    value = text(name)
    if not value:
        return ""
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise ImproperlyConfigured(f"{name}: expected a URL like https://tiles.example.org/…, not {value!r}")
    return f"{parts.scheme}://{parts.netloc}".replace("{s}", "*")


# The open ones of http://dcat-ap.de/def/licenses/, by the end of their addresses.
LICENCES = ("dl-by-de/2.0", "dl-zero-de/2.0", "cc-by/4.0", "cc-by-sa/4.0", "cc-zero", "odbl")


def one_of(name: str, values: dict[str, str]) -> str:
    """What the chosen word stands for; the first one where the variable is empty."""
    word = text(name) or next(iter(values))
    if word not in values:
        raise ImproperlyConfigured(f"{name}: expected {' or '.join(values)}, not {word!r}")
    return values[word]


def day(name: str) -> date | None:
    """A day as YYYY-MM-DD; None where the variable is empty."""
    value = text(name)
    try:
        return date.fromisoformat(value) if value else None
    except ValueError:
        raise ImproperlyConfigured(f"{name}: expected a day like 2027-11-23, not {value!r}") from None


class MailServer(NamedTuple):
    """How to reach an SMTP server."""

    host: str
    port: int
    user: str
    password: str
    use_tls: bool  # STARTTLS
    use_ssl: bool


MAIL_SCHEMES = {"smtp": 25, "smtp+tls": 587, "smtps": 465}


def mail_server(name: str) -> MailServer | None:
    """An SMTP server from ``smtp+tls://user:password@host:port``; None where the variable is empty."""
    value = text(name)
    if not value:
        return None
    parts = urlsplit(value)
    if parts.scheme not in MAIL_SCHEMES or not parts.hostname:
        schemes = ", ".join(f"{scheme}://…" for scheme in MAIL_SCHEMES)
        raise ImproperlyConfigured(f"{name}: expected {schemes} with a host, not {parts.scheme}://…")
    return MailServer(
        parts.hostname,
        parts.port or MAIL_SCHEMES[parts.scheme],
        unquote(parts.username or ""),
        unquote(parts.password or ""),
        use_tls=parts.scheme == "smtp+tls",
        use_ssl=parts.scheme == "smtps",
    )


def secret(name: str, file: Path) -> str:
    """The variable, or else a random key that is made once and kept in ``file``, readable by its owner only."""
    value = os.environ.get(name, "").strip()
    if value:
        return value
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch(mode=0o600)
        file.write_text(secrets.token_urlsafe(50))
    return file.read_text().strip()


def database(name: str, default: str) -> dj_database_url.DBConfig:
    """A GeoDjango database from ``spatialite:///path`` or ``postgis://user:password@host/name``."""
    url = os.environ.get(name, "").strip() or default
    scheme = url.split(":", 1)[0]
    if scheme not in ("spatialite", "postgis"):
        raise ImproperlyConfigured(
            f"{name}: expected spatialite:///path/to/file or postgis://user:password@host:port/name, not {scheme}://…"
        )
    try:
        config = dj_database_url.parse(url, conn_max_age=60, conn_health_checks=True)
    except ValueError as error:
        raise ImproperlyConfigured(f"{name}: {error}") from error
    if not config.get("NAME"):
        raise ImproperlyConfigured(f"{name}: no database is named; expected {scheme}://…/name")
    if scheme == "postgis":
        # Many short questions: to compile one, or to spread it over processes, takes longer than to answer it.
        config.setdefault("OPTIONS", {}).setdefault("options", "-c jit=off -c max_parallel_workers_per_gather=0")
    if scheme == "spatialite":
        config["ENGINE"] = "sok_site.spatialite"
        config["TEST"] = {"NAME": ":memory:"}  # said, so that each process of a parallel test run has its own
        # Readers do not wait for a writer (WAL), a writer waits for the other (IMMEDIATE + timeout).
        config["OPTIONS"] = {
            "transaction_mode": "IMMEDIATE",
            "timeout": 30,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
        }
    return config
