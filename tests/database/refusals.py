"""How the import tests hold a file against what must be said of it. The files: tests/data, one per defect."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from places.importers.report import Report
from places.importers.rows import RefusedError
from tests.conftest import DATA

Import = Callable[..., Report]


def errors_of(importer: Import, file: Path, **options: Any) -> list[str]:
    """What the importer says when it refuses the file, without the file's folder."""
    with pytest.raises(RefusedError) as refused:
        importer(file, **options)
    assert refused.value.count == len(refused.value.errors)
    return [str(error).removeprefix(f"{file.parent}/") for error in refused.value.errors]


def files_without_defect(folder: str, defects: dict[str, Any], sound: set[str]) -> set[str]:
    """Files in tests/data/``folder`` that no test speaks of, and the other way round: has to be empty."""
    return {file.name for file in (DATA / folder).iterdir()} ^ (defects.keys() | sound)
