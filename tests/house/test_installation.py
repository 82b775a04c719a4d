"""The installation as an operator meets it: production passes every check, a wrong one is told in words."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def manage(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        # What the browser tests tell their own process is not meant for others.
        env={**os.environ, "DJANGO_ALLOW_ASYNC_UNSAFE": "", **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_production_settings_pass_every_check_of_a_deployment(tmp_path: Path) -> None:
    result = manage(
        *("check", "--deploy", "--fail-level", "WARNING", "--database", "default"),
        DATABASE_URL=f"spatialite:///{tmp_path / 'production.sqlite3'}",
        SECRET_KEY="p" * 30 + "r0duct1on-secret-of-the-operator!",
        ALLOWED_HOSTS="atlas.example.org",
        OPERATOR_NAME="Landkreis Beispiel",
        OPERATOR_EMAIL="atlas@example.org",
        EMAIL_URL="smtp+tls://mail.example.org",
    )
    assert (result.returncode, result.stderr.strip()) == (0, ""), result.stderr
    assert "no issues" in result.stdout


def test_a_deployment_that_names_no_host_and_no_operator_is_told_so() -> None:
    result = manage("check", "--deploy", ALLOWED_HOSTS="", OPERATOR_NAME="", OPERATOR_EMAIL="")
    assert result.returncode != 0
    assert "sok.E004" in result.stderr
    assert "sok.W001" in result.stderr


def test_a_public_site_without_a_second_factor_without_mail_or_in_another_day_is_told_so() -> None:
    result = manage(
        *("check", "--deploy"),
        ALLOWED_HOSTS="atlas.example.org",
        SECOND_FACTOR_REQUIRED="0",
        TODAY="2027-11-23",
        EMAIL_URL="",
    )
    assert result.returncode != 0
    for told in ("sok.E005", "sok.E006", "sok.W002"):
        assert told in result.stderr


def test_a_wrong_database_url_is_told_by_its_name_and_without_a_password() -> None:
    result = manage("check", DATABASE_URL="mysql://user:hush@host/name")
    assert result.returncode != 0
    assert "DATABASE_URL: expected spatialite:///" in result.stderr
    assert "hush" not in result.stderr


def test_models_and_migrations_agree() -> None:
    result = manage("makemigrations", "--check", "--dry-run")
    assert result.returncode == 0, result.stdout


def test_make_alone_lists_every_target() -> None:
    listed = subprocess.run(["make"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for target in ("setup", "demo", "run", "test", "lint", "bench", "messages"):
        assert f"\n{target} " in f"\n{listed}"


@pytest.mark.parametrize("processes", ["0", "1"])  # here, or in a process that reports to this one
def test_in_ci_a_skipped_test_fails_the_run(tmp_path: Path, processes: str) -> None:
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    (tmp_path / "test_skipped.py").write_text('import pytest\n\n\ndef test_it():\n    pytest.skip("missing")\n')
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-n", processes, "-p", "tests.conftest", str(tmp_path)],
        cwd=ROOT,
        env={**os.environ, "CI": "1", "DJANGO_SETTINGS_MODULE": "sok_site.settings"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 1, run.stdout + run.stderr
    assert "skipped tests count as failed" in run.stdout
