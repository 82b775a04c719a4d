"""Very many rows out of the database and into it, as one stream: PostgreSQL's COPY. Elsewhere they go the usual way.
What is asked for and what is stored is said where it is needed (importers/population.py, cohesion/inputs.py).
"""

import csv
import json
from collections.abc import Sequence
from io import BytesIO, StringIO
from typing import Any, TypeVar

import numpy as np
from django.db import connection
from django.db.models import JSONField, Manager, Model, QuerySet
from numpy.typing import NDArray

Row = TypeVar("Row", bound=Model)

# COPY … (FORMAT binary): signature, flags and length of an extension; at the end a row of -1 columns
_HEAD, _END = b"PGCOPY\n\xff\r\n\0" + bytes(8), b"\xff\xff"
_WHOLE_NUMBERS = {"bigint": ">i8", "integer": ">i4", "smallint": ">i2"}


def numbers(rows: QuerySet[Any, Any]) -> NDArray[np.float64]:
    """The rows (n, k) of a ``values_list`` of k columns of numbers, in whatever order; NaN for NULL."""
    width = len(rows.query.values_select) + len(rows.query.annotation_select)
    if connection.vendor != "postgresql":
        return np.array(list(rows), dtype=np.float64).reshape(-1, width)
    query, given = rows.order_by().query.sql_with_params()
    names = [f"c{at}" for at in range(width)]
    cells = ", ".join(f"coalesce({name}::float8, 'NaN')" for name in names)
    with connection.cursor() as cursor:
        asked = cursor.mogrify(
            f"SELECT {cells} FROM ({query}) AS asked ({', '.join(names)})",  # noqa: S608 (a query of the ORM)
            given,
        ).decode()
        answer = BytesIO()
        cursor.copy_expert(f"COPY ({asked}) TO STDOUT (FORMAT binary)", answer)
    row = np.dtype([("columns", ">i2"), ("cells", [("bytes", ">i4"), ("number", ">f8")], width)])
    read = answer.getbuffer()
    count = (len(read) - len(_HEAD) - len(_END)) // row.itemsize
    found = np.frombuffer(read, row, count, offset=len(_HEAD))["cells"]["number"]
    return found.astype(np.float64).reshape(-1, width)


def store(objects: Manager[Row], rows: Sequence[Row]) -> None:
    """Write new rows of one model. They are not told their keys."""
    if connection.vendor != "postgresql":
        objects.bulk_create(rows, batch_size=2000)
        return
    fields = [field for field in objects.model._meta.concrete_fields if not field.primary_key]
    names = {field: connection.ops.quote_name(str(field.column)) for field in fields}
    never_null = ", ".join(name for field, name in names.items() if not field.null)
    stream = StringIO()
    csv.writer(stream).writerows(
        [
            json.dumps(value) if isinstance(field, JSONField) and value is not None else value
            for field in fields
            for value in [getattr(row, field.attname)]
        ]
        for row in rows
    )
    stream.seek(0)
    table, columns = connection.ops.quote_name(objects.model._meta.db_table), ", ".join(names.values())
    with connection.cursor() as cursor:
        cursor.copy_expert(f"COPY {table} ({columns}) FROM STDIN (FORMAT csv, FORCE_NOT_NULL ({never_null}))", stream)


def store_numbers(objects: Manager[Row], names: Sequence[str], rows: NDArray[np.int64]) -> None:
    """Write new rows (n, k) whose k columns are the fields ``names``, all of them whole numbers or keys."""
    quote, model = connection.ops.quote_name, objects.model
    fields: list[Any] = [model._meta.get_field(name) for name in names]
    table, columns = quote(model._meta.db_table), ", ".join(quote(field.column) for field in fields)
    if connection.vendor != "postgresql":
        with connection.cursor() as cursor:
            values = ", ".join(["%s"] * len(fields))
            cursor.executemany(f"INSERT INTO {table} ({columns}) VALUES ({values})", rows.tolist())  # noqa: S608
        return
    kinds = [np.dtype(_WHOLE_NUMBERS[field.db_type(connection)]) for field in fields]
    cells = [part for at, kind in enumerate(kinds) for part in ((f"bytes{at}", ">i4"), (f"number{at}", kind))]
    packed = np.empty(len(rows), dtype=[("columns", ">i2"), *cells])
    packed["columns"] = len(fields)
    for at, kind in enumerate(kinds):
        packed[f"bytes{at}"], packed[f"number{at}"] = kind.itemsize, rows[:, at]
    stream = BytesIO(b"".join((_HEAD, packed.tobytes(), _END)))
    with connection.cursor() as cursor:
        cursor.copy_expert(f"COPY {table} ({columns}) FROM STDIN (FORMAT binary)", stream)
