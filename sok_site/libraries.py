"""Finds the native libraries GeoDjango needs: an sqlite3 that loads extensions, GDAL, GEOS. First import of settings.

GDAL and GEOS are the ones inside the pyogrio and shapely wheels, so that pip alone installs them and both Python
worlds (geopandas, GeoDjango) compute with the same version. Only mod_spatialite comes from the system.
"""

import importlib.util
import sqlite3
import sys
from pathlib import Path


def use_sqlite_with_extensions() -> None:
    """Let pysqlite3 stand in where this interpreter's sqlite3 cannot load extensions (pyenv, python.org builds)."""
    if hasattr(sqlite3.Connection, "enable_load_extension"):
        return
    try:
        import pysqlite3
        import pysqlite3.dbapi2
    except ImportError:
        return  # The system check in checks.py says what is missing, in words.
    sys.modules["sqlite3"] = pysqlite3
    sys.modules["sqlite3.dbapi2"] = pysqlite3.dbapi2


def bundled_library(package: str, pattern: str) -> str | None:
    """Path of the shared library that the wheel of ``package`` brings along, or None where it brings none."""
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        return None
    site_packages = Path(spec.origin).parent.parent
    folders = (site_packages / f"{package}.libs", Path(spec.origin).parent / ".dylibs")
    found = sorted(path for folder in folders if folder.is_dir() for path in folder.glob(pattern))
    return str(found[0]) if found else None


def gdal_library() -> str | None:
    """libgdal of pyogrio's wheel; importing pyogrio tells it where its projection data is."""
    import pyogrio  # noqa: F401

    return bundled_library("pyogrio", "libgdal*")


def geos_library() -> str | None:
    """libgeos_c of shapely's wheel."""
    return bundled_library("shapely", "libgeos_c*")
