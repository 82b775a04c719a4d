"""System checks: a wrong installation is told with its remedy, not with a traceback."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig, apps
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.db import connection
from django.db.utils import DatabaseError


@register(Tags.database)
def spatial_database_works(
    app_configs: Sequence[AppConfig] | None, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """SpatiaLite's extension or PostGIS answers."""
    from django.core.exceptions import ImproperlyConfigured

    if not databases:
        return []
    # PostGIS need not be switched on yet: the first migration does that. It must be there to be switched on.
    question = (
        "SELECT 1 FROM pg_available_extensions WHERE name = 'postgis'"
        if connection.vendor == "postgresql"
        else "SELECT ST_AsText(ST_Point(1, 2))"
    )
    try:
        with connection.cursor() as cursor:
            cursor.execute(question)
            if cursor.fetchone() is None:
                raise DatabaseError("PostGIS is not installed on the server")
    except ImproperlyConfigured as error:
        return [
            Error(
                f"SpatiaLite cannot be loaded: {error}",
                hint="apt-get install libsqlite3-mod-spatialite; where Python's sqlite3 cannot load extensions: "
                "pip install pysqlite3-binary.",
                id="sok.E001",
            )
        ]
    except DatabaseError as error:
        return [
            Error(
                f"The database has no spatial functions: {error}",
                hint="Check DATABASE_URL; install PostGIS on the server (Debian: postgresql-15-postgis-3).",
                id="sok.E002",
            )
        ]
    return []


@register(Tags.database)
def changes_are_noticed(
    app_configs: Sequence[AppConfig] | None, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """Every table that the public reads has the triggers by which kept answers notice a change."""
    from places.data_version import unwatched

    found = []
    if databases and "places_datachange" in connection.introspection.table_names():
        found = [table for app in apps.get_app_configs() if hasattr(app, "published") for table in unwatched(app)]
    if not found:
        return []
    return [
        Warning(
            f"Changes of these tables would not be noticed by what is kept of them: {', '.join(found)}.",
            hint="manage.py migrate",
            id="sok.W003",
        )
    ]


@register(Tags.staticfiles)
def browser_libraries_installed(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """npm has installed what the pages load."""
    missing = [str(folder) for _, folder in settings.STATICFILES_DIRS[1:] if not folder.is_dir()]
    if missing:
        return [
            Error(
                f"Browser libraries are missing: {', '.join(missing)}",
                hint="make setup (or: npm ci --omit=dev).",
                id="sok.E003",
            )
        ]
    return []


@register(Tags.security, deploy=True)
def production_is_named(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """In production the hosts are named and somebody answers for the site."""
    found: list[CheckMessage] = []
    if not settings.PUBLIC_HOSTS:
        found.append(
            Error("ALLOWED_HOSTS is not set: only this machine is served.", hint="docs/settings.md", id="sok.E004")
        )
    if settings.PUBLIC_HOSTS:
        found.extend(_public_site())
    if not settings.OPERATOR["name"] or not settings.OPERATOR["email"]:
        found.append(
            Warning(
                "The imprint names nobody.",
                hint="Set OPERATOR_NAME and OPERATOR_EMAIL (docs/settings.md).",
                id="sok.W001",
            )
        )
    return found


def _public_site() -> list[CheckMessage]:
    """What must not be where others are served, and what is missing there."""
    found: list[CheckMessage] = []
    if not settings.SECOND_FACTOR_REQUIRED:
        found.append(
            Error(
                "Reviewers and administrators sign in without a second factor.",
                hint="Leave SECOND_FACTOR_REQUIRED out, or set it to 1 (docs/settings.md).",
                id="sok.E005",
            )
        )
    if settings.TODAY is not None:
        found.append(
            Error(
                "TODAY is set: the public site would live in another day.",
                hint="Leave TODAY out; it is for tests and trials.",
                id="sok.E006",
            )
        )
    if not settings.MAIL_LEAVES:
        found.append(
            Warning(
                "No mail leaves: nobody can confirm an address or sign in by a code.",
                hint="Set EMAIL_URL and EMAIL_FROM (docs/settings.md).",
                id="sok.W002",
            )
        )
    return found
