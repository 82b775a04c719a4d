"""A demo of its own, served as in production while it is needed: for the README picture and the browser tests."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


@contextmanager
def demo_server(database_url: str) -> Iterator[str]:
    """The address of a server with the demo, loaded into the empty database at ``database_url``."""
    environment = {**os.environ, "DATABASE_URL": database_url}
    for command in ("migrate --verbosity 0", "load_demo", "collectstatic --noinput --verbosity 0"):
        subprocess.run(
            [sys.executable, "manage.py", *command.split()],
            cwd=ROOT,
            env=environment,
            check=True,
            stdout=subprocess.DEVNULL,
        )
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    options = ["--bind", address, "--threads", "4", "--log-level", "error"]
    server = subprocess.Popen([sys.executable, "-m", "gunicorn", "sok_site.wsgi", *options], cwd=ROOT, env=environment)
    try:
        _wait_for(f"http://{address}/readyz")
        yield f"http://{address}"
    finally:
        server.terminate()
        server.wait()


def _wait_for(url: str) -> None:
    """Until the server answers, half a minute at most."""
    for _ in range(120):
        try:
            urllib.request.urlopen(url, timeout=5).close()
            return
        except OSError:
            time.sleep(0.25)
    raise RuntimeError(f"{url} does not answer")
