"""A question that comes again and again, planned by PostgreSQL once for each connection. What is asked: features.py."""

from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b
from typing import Any
from weakref import WeakKeyDictionary

from django.db import DatabaseError, connection
from psycopg2.errors import DuplicatePreparedStatement, InvalidSqlStatementName
from psycopg2.extensions import AsIs

_prepared: WeakKeyDictionary[Any, set[str]] = WeakKeyDictionary()  # by connection of psycopg2: names


@dataclass(frozen=True)
class Question:
    """``statement`` with %s, first for what is ``fixed``, then for what is given each time, of these ``types``."""

    statement: str
    fixed: tuple[Any, ...]
    types: tuple[str, ...]

    @cached_property
    def name(self) -> str:
        """The same for the same question only."""
        return f"question_{blake2b(repr(self).encode(), digest_size=12).hexdigest()}"

    def rows(self, *given: Any) -> list[tuple[Any, ...]]:
        """The answer. A pooler may lead to a connection that knows nothing of it; then it is asked the plain way."""
        with connection.cursor() as cursor:
            known = _prepared.setdefault(connection.connection, set())
            # In a transaction of one's own a name that is not known would end it
            if not connection.in_atomic_block:
                try:
                    if self.name not in known:
                        self._prepare(cursor)
                        known.add(self.name)
                    cursor.execute(f"EXECUTE {self.name} ({', '.join(['%s'] * len(given))})", given)
                    return list(cursor.fetchall())
                except DatabaseError as error:
                    if not isinstance(error.__cause__, InvalidSqlStatementName | DuplicatePreparedStatement):
                        raise
                    known.discard(self.name)
            cursor.execute(self.statement, (*self.fixed, *given))
            return list(cursor.fetchall())

    def _prepare(self, cursor: Any) -> None:
        numbered = [AsIs(f"${number}") for number in range(1, len(self.types) + 1)]
        text = cursor.mogrify(self.statement, (*self.fixed, *numbered)).decode()
        cursor.execute(f"PREPARE {self.name} ({', '.join(self.types)}) AS {text}")
