"""A site of its own, served as in production while it is needed: for the README picture and the browser tests."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from scripts import collect_static
from scripts.collect_static import ROOT

PATIENCE = 120  # seconds until the server must answer


@contextmanager
def demo_server(database_url: str, **environment: str) -> Iterator[str]:
    """The address of a server with the demo, loaded into the empty database at ``database_url``."""
    load_demo(database_url, **environment)
    with serve(database_url, environment) as address:
        yield address


def load_demo(database_url: str, **environment: str) -> None:
    """Migrate the database and load the demo into it."""
    manage("migrate", "--verbosity", "0", database_url=database_url, **environment)
    manage("load_demo", database_url=database_url, **environment)


def manage(*command: str, database_url: str, **environment: str) -> str:
    """Run a management command there; what it prints."""
    return subprocess.run(
        [sys.executable, "manage.py", *command],
        cwd=ROOT,
        env=_environment(database_url, environment),
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    ).stdout


@contextmanager
def serve(database_url: str, environment: Mapping[str, str], *, port: int = 0) -> Iterator[str]:
    """The address of a server on a database as it is; the server is gone after the block, the database stays.

    With the ``port`` of an earlier one the links in its mails still lead here. ``environment``: TODAY, EMAIL_URL,
    MEDIA_DIR and whatever else docs/settings.md names.
    """
    collect_static.main()
    address = f"127.0.0.1:{port or free_port()}"
    options = ["--bind", address, "--threads", "4", "--log-level", "error"]
    server = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "sok_site.wsgi", *options],
        cwd=ROOT,
        env=_environment(database_url, {"SITE_URL": f"http://{address}", **environment}),
    )
    try:
        _wait_for(f"http://{address}/readyz", server)
        yield f"http://{address}"
    finally:
        server.terminate()
        server.wait()


def free_port() -> int:
    """A port at which nobody listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


def _environment(database_url: str, environment: Mapping[str, str]) -> dict[str, str]:
    return {**os.environ, **environment, "DATABASE_URL": database_url}


def _wait_for(url: str, server: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and server.poll() is None:
        try:
            urllib.request.urlopen(url, timeout=5).close()
            return
        except OSError:
            time.sleep(0.25)
    raise RuntimeError(f"{url} does not answer")
