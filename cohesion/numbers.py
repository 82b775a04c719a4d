"""Many rows of numbers out of the database as one array: no Python object is made for a cell. What is asked for is said
where it is needed (inputs.py).
"""

from io import BytesIO
from typing import Any

import numpy as np
from django.db import connection
from django.db.models import QuerySet
from numpy.typing import NDArray

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
