"""Very many rows out of the database and into it, as one stream: PostgreSQL's COPY. Elsewhere they go the usual way.
What is asked for and what is stored is said where it is needed (inputs.py, assessment.py).
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
_HEAD, _END = 19, 2


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
    count = (len(read) - _HEAD - _END) // row.itemsize
    found = np.frombuffer(read, row, count, offset=_HEAD)["cells"]["number"]
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
