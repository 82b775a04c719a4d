"""The import_* commands as they are typed: report, errors, exit code; and a killed one leaves nothing behind."""

import io
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from places.models import Municipality, Place
from tests.conftest import DATA, TESTS
from tests.factories import make_municipality

COMMANDS = {
    "import_boundaries": (DATA / "boundaries" / "two_squares.geojson", "--edition", "2022-12-31"),
    "import_municipalities": (DATA / "municipalities" / "all_columns.csv",),
    "import_places": (DATA / "places" / "two_points.geojson",),
}


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def run(command: str, *arguments: str | Path, stderr: io.StringIO | None = None) -> tuple[str, str]:
    """What the command prints, and what it prints as errors."""
    out, err = io.StringIO(), stderr or io.StringIO()
    call_command(command, *map(str, arguments), stdout=out, stderr=err, no_color=True)
    return out.getvalue(), err.getvalue()


@pytest.mark.django_db
def test_the_four_commands_in_a_row_fill_the_atlas(tmp_path: Path) -> None:
    file = tmp_path / "grid.csv"
    file.write_text("x_mp_1km;y_mp_1km;Einwohner\n4254500;3101500;12\n")  # 9.05° east, 51.02° north
    reports = [run(command, *arguments)[0] for command, arguments in COMMANDS.items()]
    report, _ = run("import_population", file, "--source", "Test", "--attribution", "© Test")
    assert "  2 created\n" in reports[0]
    assert "  2 updated\n" in reports[1]
    assert "  2 created\n" in reports[2]
    assert "Residents in resident points: 12\n" in report
    assert Municipality.objects.filter(zok_tier="grundzentrum", resident_points__residents=12).count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("command", COMMANDS)
def test_a_dry_run_says_so(command: str) -> None:
    make_municipality("06635001")
    make_municipality("06635002")
    before = list(Municipality.objects.order_by("pk").values())
    out, _ = run(command, *COMMANDS[command], "--dry-run")
    assert out.startswith(f"{COMMANDS[command][0]} (dry run, nothing was written)\n")
    assert list(Municipality.objects.order_by("pk").values()) == before
    assert not Place.objects.exists()


@pytest.mark.django_db
def test_a_refused_file_is_an_error_that_names_every_row(tmp_path: Path) -> None:
    make_municipality("06635001")
    err = io.StringIO()
    with pytest.raises(CommandError, match=r"^1 error; nothing was written\.$"):
        run("import_places", DATA / "places" / "rating_7.csv", stderr=err)
    assert f"{DATA}/places/rating_7.csv:3: engaged_actors: not between 0 and 4: '7'\n" in err.getvalue()


@pytest.mark.django_db
@pytest.mark.parametrize(("option", "shown"), [((), 50), (("--max-errors", "3"), 3), (("--max-errors", "0"), 70)])
def test_of_many_errors_some_are_printed_and_all_are_counted(
    tmp_path: Path, option: tuple[str, ...], shown: int
) -> None:
    make_municipality("06635001")
    file = tmp_path / "many.csv"
    file.write_text("ags,population\n" + "06635001,x\n" * 70)
    err = io.StringIO()
    with pytest.raises(CommandError, match=r"^70 errors; nothing was written\.$"):
        run("import_municipalities", file, *option, stderr=err)
    assert err.getvalue().count("not a whole number: 'x'") == shown
    assert (f"… and {70 - shown} more" in err.getvalue()) is (shown < 70)


@pytest.mark.django_db
def test_skipped_rows_are_all_printed_and_no_failure(tmp_path: Path) -> None:
    make_municipality("06635001")
    file = tmp_path / "many.csv"
    file.write_text("ags,population\n" + "0663500x,1\n" * 70 + "06635001,8\n")
    out, err = run("import_municipalities", file, "--skip-invalid")
    assert err.count(": ags: not an AGS (8 digits): '0663500x'") == 70
    assert "70 rows skipped" in out
    assert Municipality.objects.get().population == 8


@pytest.mark.django_db
def test_progress_is_a_bar_on_a_terminal_and_plain_lines_elsewhere(capsys: pytest.CaptureFixture[str]) -> None:
    make_municipality("06635001")
    make_municipality("06635002")
    _, lines = run("import_places", *COMMANDS["import_places"])
    assert lines.splitlines() == [
        "reading places …",
        "locating places …",
        "writing places (2)",
        "writing involvements (2)",
        "writing the record (2)",
    ]
    Place.objects.all().delete()
    run("import_places", *COMMANDS["import_places"], stderr=Terminal())
    assert "writing places:   0%|" in capsys.readouterr().err


# --- Killed ---------------------------------------------------------------------------------------------------------

# Runs in a process of its own. Its child imports and kills itself, not to be caught, at its last step: by then all rows
# but the last are in the database, and the transaction is open. Then the parent tells how it ended and what is left.
KILLED = """
import os, signal, sys
import django
django.setup()
from datetime import date
from pathlib import Path
from django.core.management import call_command
from django.db import connection
from places.importers.boundaries import import_boundaries
from places.importers.places import import_places
from places.models import BoundaryEdition, Municipality, Place, Region

data = Path(sys.argv[1])
call_command("migrate", verbosity=0)
for last_step in sys.argv[2:]:

    def deadly(items, doing, total=None):
        if doing == last_step:
            print(Municipality.objects.count(), Place.objects.count(), flush=True)
            os.kill(os.getpid(), signal.SIGKILL)
        return items

    connection.close()  # what the child opens is its own
    if not (child := os.fork()):
        import_boundaries(data / "boundaries" / "two_squares.geojson", edition=date(2020, 12, 31), progress=deadly)
        import_places(data / "places" / "two_points.geojson", today=date(2026, 11, 22), progress=deadly)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    print(os.waitstatus_to_exitcode(status))
    print(*(model.objects.count() for model in (BoundaryEdition, Region, Municipality, Place)), flush=True)
"""


@pytest.mark.django_db(transaction=True)
def test_a_killed_import_leaves_the_database_as_it_was(own_database_url: str) -> None:
    # By the last step: what the imports had written by then, and what is left of it.
    steps = {"cutting tiles": ("2 0", "0 0 0 0"), "writing involvements": ("2 2", "1 2 2 0")}
    done = subprocess.run(
        (sys.executable, "-c", KILLED, str(DATA), *steps),
        cwd=TESTS.parent,
        env=os.environ | {"DATABASE_URL": own_database_url, "DJANGO_SETTINGS_MODULE": "sok_site.settings"},
        capture_output=True,
        text=True,
        timeout=120,
    )
    killed = str(-signal.SIGKILL)
    assert done.stdout.splitlines() == [line for before, left in steps.values() for line in (before, killed, left)], (
        done.stderr
    )
