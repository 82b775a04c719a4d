"""Settings from the environment: a wrong value is refused with the variable's name."""

import stat
from datetime import date
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from sok_site import environment


@pytest.mark.parametrize(("value", "expected"), [("1", True), ("yes", True), ("On", True), ("0", False), ("", False)])
def test_a_flag_is_read(monkeypatch: pytest.MonkeyPatch, value: str, expected: bool) -> None:
    monkeypatch.setenv("DEBUG", value)
    assert environment.flag("DEBUG", not expected) is expected


def test_a_flag_that_is_not_set_has_its_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DEBUG", raising=False)
    assert environment.flag("DEBUG", True) is True


def test_a_wrong_flag_is_refused_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEBUG", "maybe")
    with pytest.raises(ImproperlyConfigured, match=r"DEBUG: .*'maybe'"):
        environment.flag("DEBUG", False)


@pytest.mark.parametrize(("value", "expected"), [("2", 2), ("0", 0), ("", 1)])
def test_a_number_is_read_or_has_its_default(monkeypatch: pytest.MonkeyPatch, value: str, expected: int) -> None:
    monkeypatch.setenv("PROXIES", value)
    assert environment.number("PROXIES", 1) == expected


@pytest.mark.parametrize("value", ["-1", "one", "1.5", "²"])
def test_a_wrong_number_is_refused_by_name(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("PROXIES", value)
    with pytest.raises(ImproperlyConfigured, match="PROXIES: "):
        environment.number("PROXIES", 1)


@pytest.mark.parametrize("url", ["mysql://x/y", "spatialite://", "postgres://host/name", "/tmp/file.sqlite3"])
def test_a_wrong_database_is_refused_by_name(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("DATABASE_URL", url)
    with pytest.raises(ImproperlyConfigured, match="DATABASE_URL: "):
        environment.database("DATABASE_URL", "spatialite:////tmp/default.sqlite3")


def test_a_refused_database_does_not_betray_its_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgres://user:hush@host/name")
    with pytest.raises(ImproperlyConfigured) as refused:
        environment.database("DATABASE_URL", "spatialite:////tmp/default.sqlite3")
    assert "hush" not in str(refused.value)


def test_both_databases_are_understood(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgis://user:pass@host:5433/name")
    config = environment.database("DATABASE_URL", "")
    assert (config["ENGINE"], config["HOST"], config["PORT"], config["NAME"]) == (
        "django.contrib.gis.db.backends.postgis",
        "host",
        5433,
        "name",
    )
    monkeypatch.delenv("DATABASE_URL")
    config = environment.database("DATABASE_URL", "spatialite:////var/lib/atlas.sqlite3")
    assert (config["ENGINE"], config["NAME"]) == ("sok_site.spatialite", "/var/lib/atlas.sqlite3")


def test_a_list_is_split_at_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALLOWED_HOSTS", " atlas.example.org, www.example.org ,")
    assert environment.items("ALLOWED_HOSTS") == ["atlas.example.org", "www.example.org"]


def test_the_origin_of_a_tile_url_is_what_the_policy_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BASEMAP_URL", "https://{s}.tiles.example.org/{z}/{x}/{y}.png")
    assert environment.origin("BASEMAP_URL") == "https://*.tiles.example.org"
    monkeypatch.setenv("BASEMAP_URL", "tiles.example.org")
    with pytest.raises(ImproperlyConfigured, match="BASEMAP_URL: "):
        environment.origin("BASEMAP_URL")


def test_a_secret_is_made_once_and_kept_from_others(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("SECRET_KEY", raising=False)
    file = tmp_path / "var" / "secret-key"
    made = environment.secret("SECRET_KEY", file)
    assert len(made) >= 50
    assert environment.secret("SECRET_KEY", file) == made
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    monkeypatch.setenv("SECRET_KEY", "from outside")
    assert environment.secret("SECRET_KEY", file) == "from outside"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("smtp://mail.example.org", ("mail.example.org", 25, "", "", False, False)),
        ("smtp+tls://atlas:p%40ss@mail.example.org", ("mail.example.org", 587, "atlas", "p@ss", True, False)),
        ("smtps://mail.example.org:4465", ("mail.example.org", 4465, "", "", False, True)),
    ],
)
def test_a_mail_server_is_understood(monkeypatch: pytest.MonkeyPatch, url: str, expected: tuple[object, ...]) -> None:
    monkeypatch.setenv("EMAIL_URL", url)
    assert environment.mail_server("EMAIL_URL") == expected


def test_without_a_mail_server_there_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("EMAIL_URL", raising=False)
    assert environment.mail_server("EMAIL_URL") is None


@pytest.mark.parametrize("url", ["mail.example.org", "imap://mail.example.org", "smtp://:25"])
def test_a_wrong_mail_server_is_refused_without_its_password(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("EMAIL_URL", url.replace("://", "://user:hush@"))
    with pytest.raises(ImproperlyConfigured, match="EMAIL_URL: expected smtp://") as refused:
        environment.mail_server("EMAIL_URL")
    assert "hush" not in str(refused.value)


def test_a_day_and_a_choice_are_read_or_refused_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TODAY", "2027-11-23")
    assert environment.day("TODAY") == date(2027, 11, 23)
    monkeypatch.setenv("TODAY", "tomorrow")
    with pytest.raises(ImproperlyConfigured, match="TODAY: "):
        environment.day("TODAY")
    monkeypatch.setenv("TASKS", "later")
    with pytest.raises(ImproperlyConfigured, match="TASKS: expected immediate or database, not 'later'"):
        environment.one_of("TASKS", {"immediate": "a", "database": "b"})
    monkeypatch.delenv("TASKS")
    assert environment.one_of("TASKS", {"immediate": "a", "database": "b"}) == "a"


def test_postgis_is_asked_many_short_questions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgis://user:pass@host/name")
    options = environment.database("DATABASE_URL", "")["OPTIONS"]["options"]
    assert "jit=off" in options
    assert "max_parallel_workers_per_gather=0" in options
