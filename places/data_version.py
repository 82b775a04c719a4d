"""Which version of the published data is there: one small query. Whatever changes what the public reads changes it too,
whoever writes: verbs, imports, the administration, SQL by hand. For that, triggers of the database stand on every table
that is read; AppConfig.published names them. What is kept by the version: sok_site/kept_answers.py, exports, tiles.

A version is seen exactly when the data of its transaction are: on PostgreSQL every writing transaction leaves a row
with a random number of its own, so no writer waits for another, and the version is the sum of all that are visible. Who
reads the version *before* the data never keeps old data under a new version. In a transaction of one's own nothing may
be kept.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, cast

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, InterfaceError, OperationalError, connection, connections
from django.http import HttpRequest

from places import clock

ASK = "SELECT SUM(token), MAX(at) FROM places_datachange"
KEPT_ROWS = 64  # of transactions: whoever writes removes what is older and nobody else is writing
PACKAGES = ("places", "cohesion", "sok_site", "templates")

_Value = TypeVar("_Value")


@dataclass(frozen=True)
class Version:
    """``token`` differs whenever the data do; ``at``: when they changed last, None before there are any."""

    token: str
    at: datetime | None

    def key(self, today: date | None = None) -> str:
        """What an answer depends on beside the question: the data, the day (confirmations run out), the program.

        Fit for a file's name and for an ETag."""
        return f"{self.token}-{today or clock.today()}-{code_version()}"


def current_version() -> Version:
    """The version of what a query would read from now on. Ask before the data are read."""
    outside = not connection.in_atomic_block
    try:
        if outside and connection.connection is not None:
            # This question finds out as well whether the database is there
            connection.health_check_done = True  # type: ignore[attr-defined]
        return _asked()
    except (OperationalError, InterfaceError):
        if not outside:
            raise
        connection.close()  # it was open since an earlier request and has been cut since
        return _asked()


def _asked() -> Version:
    with connection.cursor() as cursor:
        cursor.execute(ASK)
        token, at = cursor.fetchone()
    if isinstance(at, str):  # SQLite
        at = datetime.fromisoformat(at).replace(tzinfo=UTC)
    return Version("" if token is None else str(token), at)


def may_be_kept() -> bool:
    """Whether what is read now may be kept by the version: not what a transaction of our own has not stored yet."""
    return not connection.in_atomic_block


def keep(request: HttpRequest) -> None:
    """Say that the answer to ``request`` follows from its address and the version alone, not from whom or when."""
    request.is_kept = True  # type: ignore[attr-defined]


def is_kept(request: HttpRequest) -> bool:
    """Whether its view has said so."""
    return getattr(request, "is_kept", False)


def version_for(request: HttpRequest) -> Version:
    """The version that was there when the request came."""
    version: Version | None = getattr(request, "data_version", None)
    if version is None:
        version = current_version()
        request.data_version = version  # type: ignore[attr-defined]
    return version


@cache
def code_version() -> str:
    """A digest of the program, so that what an older one made is not taken for its own."""
    digest = hashlib.sha256()
    for package in PACKAGES:
        for file in sorted(Path(settings.BASE_DIR, package).rglob("*")):
            if file.suffix in (".py", ".html", ".txt", ".xml"):
                digest.update(file.read_bytes())
    return digest.hexdigest()[:12]


# --- Facts that are looked up once per version ------------------------------------------------------------------------


MOST_FACTS = 1000


class _Facts(threading.local):
    """Of each thread: the version for which they hold, and what was found."""

    key: str = ""
    found: dict[Any, Any]


_facts = _Facts()


def once_per_version(version: Version, name: Any, find: Callable[[], _Value]) -> _Value:
    """What ``find`` finds, asked once as long as the data and the day stay as they are. For small things of which there
    are few; ``name`` is theirs alone. ``version`` was read before."""
    if not (version.token and may_be_kept()):
        return find()
    key = version.key()
    if _facts.key != key:
        _facts.key, _facts.found = key, {}
    if name not in _facts.found:
        found = find()
        if _facts.key != key:  # find has asked for a later version
            return found
        if len(_facts.found) >= MOST_FACTS:
            _facts.found.clear()
        _facts.found[name] = found
    return cast(_Value, _facts.found[name])


# --- Triggers ---------------------------------------------------------------------------------------------------------

POSTGRESQL = """
CREATE OR REPLACE FUNCTION places_data_changed() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE
    this text := pg_current_xact_id()::text;
    own bigint;
BEGIN
    IF current_setting('sok_atlas.data_changed', true) IS DISTINCT FROM this THEN
        PERFORM set_config('sok_atlas.data_changed', this, true);
        INSERT INTO places_datachange (token, at)
            VALUES ((random() * 4e18)::bigint, clock_timestamp()) RETURNING id INTO own;
        DELETE FROM places_datachange WHERE id IN (
            SELECT id FROM places_datachange WHERE id <= own - %s FOR UPDATE SKIP LOCKED);
    END IF;
    RETURN NULL;
END $body$;
CREATE OR REPLACE FUNCTION places_data_change_ends() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    UPDATE places_datachange SET at = clock_timestamp() WHERE id = NEW.id;
    RETURN NULL;
END $body$;
"""
# When a change is seen, not when it began: an import takes minutes, and readers ask "since when".
AT_THE_END = (
    "CREATE CONSTRAINT TRIGGER places_datachange_ends AFTER INSERT ON places_datachange DEFERRABLE INITIALLY DEFERRED "
    "FOR EACH ROW EXECUTE FUNCTION places_data_change_ends()"
)
# Two statements, not INSERT OR REPLACE: what follows OR is taken from the statement that fires the trigger.
SQLITE = (
    "CREATE TRIGGER {name} AFTER {event} ON {table} BEGIN "
    "DELETE FROM places_datachange; "
    "INSERT INTO places_datachange (id, token, at) VALUES (1, random(), strftime('%Y-%m-%d %H:%M:%f', 'now')); END"
)


def watch(sender: Any, using: str = DEFAULT_DB_ALIAS, **signal: Any) -> None:
    """Put triggers on every table that ``sender`` (an AppConfig) has ``published``, where they are missing.

    After every ``migrate``: SQLite drops the triggers of a table that it rebuilds."""
    database = connections[using]
    with database.cursor() as cursor:
        there = database.introspection.table_names(cursor)
        if "places_datachange" not in there:
            return
        existing = _triggers(database)
        if database.vendor == "postgresql":
            cursor.execute(POSTGRESQL, [KEPT_ROWS])
            if "places_datachange_ends" not in existing:
                cursor.execute(AT_THE_END)
        for table in published_tables(sender):
            for name, statement in _statements(database.vendor, table):
                if table in there and name not in existing:
                    cursor.execute(statement)


def unwatched(sender: Any, using: str = DEFAULT_DB_ALIAS) -> list[str]:
    """Tables that ``sender`` has published and whose changes nobody would notice."""
    existing = _triggers(connections[using])
    return [
        table
        for table in published_tables(sender)
        if any(name not in existing for name, _ in _statements(connections[using].vendor, table))
    ]


def published_tables(sender: Any) -> list[str]:
    """The tables that ``sender`` (an AppConfig) says are read by the public."""
    return [sender.get_model(name)._meta.db_table for name in sender.published]


def _statements(vendor: str, table: str) -> Iterable[tuple[str, str]]:
    """The names of a table's triggers and what makes them."""
    if vendor == "postgresql":
        name = f"{table}_changes_data"
        yield (
            name,
            f"CREATE TRIGGER {name} AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION places_data_changed()",
        )
        return
    for event in ("INSERT", "UPDATE", "DELETE"):
        name = f"{table}_changes_data_{event.lower()}"
        yield name, SQLITE.format(name=name, event=event, table=table)


def _triggers(database: Any) -> set[str]:
    ask = (
        "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"
        if database.vendor == "postgresql"
        else "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    )
    with database.cursor() as cursor:
        cursor.execute(ask)
        return {name for (name,) in cursor.fetchall()}
