"""nginx in front of a server, as docker-compose.yml has it: deploy/nginx.conf.template, filled in and started here."""

import os
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent.parent
TEMPLATE = ROOT / "deploy" / "nginx.conf.template"
PATIENCE = 20  # seconds until nginx must listen

# Around the template, as the official image has it; every file that nginx writes lies in its own folder.
AROUND = """
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/error.log warn;
worker_processes 2;
{user}
events {{ worker_connections 1024; }}
http {{
    include /etc/nginx/mime.types;
    default_type application/octet-stream;
    access_log off;
    keepalive_requests 1000000;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    {inside}
}}
"""


def program() -> str | None:
    """Where nginx is; Debian has it in a folder that is not on everybody's PATH. None where it is not installed."""
    return shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")


@contextmanager
def front(site: str, folder: Path, *, port: int = 0, exports: Path | None = None) -> Iterator[str]:
    """The address of nginx in front of the server at the address ``site``. ``folder``: for its cache and logs."""
    listen = f"127.0.0.1:{port or _free_port()}"
    values = {
        "ATLAS_SITE": urlsplit(site).netloc,
        "ATLAS_LISTEN": listen,
        "ATLAS_CACHE": str(folder / "cache"),
        "ATLAS_EXPORTS": str(exports or folder / "exports"),
    }
    with nginx(filled_in(values), folder, listen):
        yield f"http://{listen}"


def filled_in(values: dict[str, str]) -> str:
    """The template as the official image fills it in. Raises KeyError for a name that it does not know."""
    return re.sub(r"\$\{(ATLAS_\w+)\}", lambda found: values[found[1]], TEMPLATE.read_text(encoding="utf-8"))


@contextmanager
def nginx(inside: str, folder: Path, listen: str) -> Iterator[None]:
    """A running nginx with ``inside`` as its `http { … }`. Raises RuntimeError with its own words where it fails."""
    found = program()
    if found is None:
        raise RuntimeError("nginx is not installed. On Debian: apt install nginx-light")
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "nginx.conf"
    user = "user root;" if os.geteuid() == 0 else ""  # the folder is nobody else's
    file.write_text(AROUND.format(folder=folder, user=user, inside=inside), encoding="utf-8")
    command = [found, "-p", str(folder), "-c", str(file)]
    tested = subprocess.run([*command, "-t"], capture_output=True, text=True, check=False)
    if tested.returncode:
        raise RuntimeError(tested.stderr)
    server = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    try:
        _wait_for(listen, server, folder / "error.log")
        yield
    finally:
        server.terminate()
        server.wait()


def _wait_for(listen: str, server: "subprocess.Popen[bytes]", log: Path) -> None:
    host, port = listen.split(":")
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and server.poll() is None:
        try:
            socket.create_connection((host, int(port)), timeout=1).close()
            return
        except OSError:
            time.sleep(0.05)
    raise RuntimeError(f"nginx does not listen at {listen}: {log.read_text() if log.exists() else ''}")


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port
