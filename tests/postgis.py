"""Runs a command beside a private PostGIS: ``python -m tests.postgis pytest tests/database``. Nothing of it stays.

The cluster lives in a temporary folder, listens on a Unix socket only and knows one superuser. PostgreSQL refuses to
run as root, so under root it runs as ``postgres`` (or ``nobody``).
"""

import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg2

DATABASE = "sok_atlas"
MISSING = "PostGIS is missing. On Debian 12: apt install postgresql-15-postgis-3"
# Nothing here outlives the run, so nothing needs to reach the disk.
FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "listen_addresses=", "max_connections=100")
SECONDS_TO_START = 60


class PostgisMissingError(Exception):
    """No PostgreSQL server with PostGIS is installed here; the message says what to install."""


def programs() -> Path:
    """The folder of initdb and postgres: the newest version that has PostGIS, Debian's place first, then PATH."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: _version(path), reverse=True)
    for initdb in debian:
        if Path(f"/usr/share/postgresql/{_version(initdb)}/extension/postgis.control").exists():
            return initdb.parent
    if debian:
        raise PostgisMissingError(f"PostgreSQL {_version(debian[0])} is here without PostGIS. {MISSING}")
    on_path = shutil.which("initdb")
    if on_path is None:
        raise PostgisMissingError(MISSING)
    return Path(on_path).parent


def _version(initdb: Path) -> int:
    name = initdb.parent.parent.name
    return int(name) if name.isdigit() else 0


def unprivileged() -> dict[str, Any]:
    """How to start a process that is not root; nothing where we are not root."""
    if os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        try:
            account = pwd.getpwnam(name)
        except KeyError:
            continue
        return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
    raise PostgisMissingError("PostgreSQL does not run as root, and there is neither a user postgres nor nobody.")


@contextmanager
def private_postgis() -> Iterator[str]:
    """A running cluster with an empty PostGIS database; gives its DATABASE_URL, stops and removes it afterwards."""
    binaries, account = programs(), unprivileged()
    folder = Path(tempfile.mkdtemp(prefix="sok-postgis-"))
    server: subprocess.Popen[bytes] | None = None
    try:
        if account:
            os.chown(folder, account["user"], account["group"])
        folder.chmod(0o755)  # whoever runs the command reaches the socket
        initdb = (str(binaries / "initdb"), "--pgdata=data", "--username=postgres", "--auth=trust", "--no-sync")
        subprocess.run(
            (*initdb, "--encoding=UTF8", "--locale=C"), cwd=folder, check=True, stdout=subprocess.DEVNULL, **account
        )
        settings = [part for setting in FAST for part in ("-c", setting)]
        with (folder / "log").open("wb") as log:
            server = subprocess.Popen(
                (str(binaries / "postgres"), "-D", "data", "-k", str(folder), *settings),
                cwd=folder,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C reaches the command first, then us; we stop the server
                **account,
            )
        _create_database(server, folder)
        yield f"postgis://postgres@{quote(str(folder), safe='')}/{DATABASE}"
    finally:
        if server is not None and server.poll() is None:
            server.send_signal(signal.SIGINT)  # PostgreSQL's "fast shutdown"
            try:
                server.wait(timeout=30)
            except subprocess.TimeoutExpired:
                server.kill()
        shutil.rmtree(folder, ignore_errors=True)


def _create_database(server: "subprocess.Popen[bytes]", folder: Path) -> None:
    deadline = time.monotonic() + SECONDS_TO_START
    while True:
        try:
            connection = psycopg2.connect(host=str(folder), user="postgres", dbname="postgres")
            break
        except psycopg2.OperationalError:
            if server.poll() is not None or time.monotonic() > deadline:
                raise SystemExit(f"PostgreSQL did not start:\n{(folder / 'log').read_text()}") from None
            time.sleep(0.1)
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {DATABASE}")
    connection.close()
    connection = psycopg2.connect(host=str(folder), user="postgres", dbname=DATABASE)
    connection.autocommit = True
    with connection.cursor() as cursor:
        try:
            cursor.execute("CREATE EXTENSION postgis")
        except psycopg2.Error as error:
            raise PostgisMissingError(f"{error}\n{MISSING}") from error
    connection.close()


def main(command: list[str]) -> int:
    """Run ``command`` with DATABASE_URL set; its exit code."""
    if not command:
        print(f"usage: {Path(sys.executable).name} -m tests.postgis COMMAND…", file=sys.stderr)  # noqa: T201
        return 2
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        with private_postgis() as url:
            return subprocess.run(command, env={**os.environ, "DATABASE_URL": url}).returncode
    except PostgisMissingError as missing:
        print(missing, file=sys.stderr)  # noqa: T201
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
