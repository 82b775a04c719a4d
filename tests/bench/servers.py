"""The servers that bench_api compares, started and ended here: this one, nginx with files, the peers."""

import json
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import unquote, urlsplit

from scripts.collect_static import ROOT
from scripts.collect_static import main as collect_static
from scripts.demo_server import free_port
from tests.front import nginx

PATIENCE = 60  # seconds until a server must answer
PEERS = ROOT / "var" / "bench-peers"
# tipg as its documentation starts it, pygeoapi under gunicorn as its own image does; both with what speeds them up.
REQUIREMENTS = ("tipg>=1.0,<2", "uvicorn", "uvloop", "httptools", "pygeoapi>=0.20,<0.30", "psycopg2-binary")
REQUIREMENTS_OF_SERVING = ("gunicorn", "sqlalchemy", "geoalchemy2")
MOST_FEATURES = 20_000


@contextmanager
def served(command: list[str], ready: str, environment: Mapping[str, str], log: Path) -> Iterator[int]:
    """The process id of a server that runs; it is gone after the block. Raises RuntimeError with the end of its log."""
    with log.open("wb") as said:
        server = subprocess.Popen(
            command, cwd=ROOT, env={**os.environ, **environment}, stdout=said, stderr=subprocess.STDOUT
        )
    try:
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                urllib.request.urlopen(ready, timeout=5).close()
                break
            except OSError:
                if server.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError(f"{ready} does not answer:\n{log.read_text()[-2000:]}") from None
                time.sleep(0.2)
        yield server.pid
    finally:
        server.terminate()
        server.wait()


def folders(folder: Path) -> dict[str, str]:
    """Settings by which what this server writes lies in ``folder``, unless the environment says where."""
    names = {f"{name.upper()}_DIR": str(folder / name) for name in ("exports", "media", "tiles")}
    return {name: os.environ.get(name, path) for name, path in names.items()}


@contextmanager
def this_site(database_url: str, folder: Path) -> Iterator[tuple[str, int]]:
    """The address of this server as it is run in service, and the id of its first process."""
    collect_static()
    address = f"127.0.0.1:{free_port()}"
    options = ["--bind", address, "--workers", "2", "--threads", "2", "--keep-alive", "75", "--preload"]
    environment = {
        "DATABASE_URL": database_url,
        "SITE_URL": f"http://{address}",
        **folders(folder),
        "RATE_LIMIT_ANONYMOUS": str(10**9),  # counted as in service, and never reached
    }
    command = [sys.executable, "-m", "gunicorn", "sok_site.wsgi", *options, "--log-level", "error"]
    with served(command, f"http://{address}/readyz", environment, folder / "site.log") as pid:
        yield f"http://{address}", pid


@contextmanager
def files(folder: Path) -> Iterator[tuple[str, Path]]:
    """The address of nginx with nothing but files, and the folder of which it serves them."""
    listen = f"127.0.0.1:{free_port()}"
    root = folder / "files"
    root.mkdir(parents=True)
    inside = f"server {{ listen {listen}; root {root}; sendfile on; tcp_nopush on; open_file_cache max=100; }}"
    with nginx(inside, folder / "nginx-files", listen):
        yield f"http://{listen}", root


# --- Peers ----------------------------------------------------------------------------------------------------------


def install_peers() -> str:
    """Why the peers cannot be run here; "" where they can. They live in an environment of their own."""
    python = PEERS / "bin" / "python"
    stamp, wanted = PEERS / "installed", "\n".join((*REQUIREMENTS, *REQUIREMENTS_OF_SERVING))
    if stamp.exists() and stamp.read_text() == wanted:
        return ""
    print("installing tipg and pygeoapi into var/bench-peers …", flush=True)
    pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *wanted.split("\n")]
    for command in ([sys.executable, "-m", "venv", str(PEERS)], pip):
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            return (done.stderr or done.stdout).strip().splitlines()[-1]
    stamp.write_text(wanted)
    return ""


def versions_of_peers() -> dict[str, str]:
    """The versions that are installed."""
    command = [str(PEERS / "bin" / "python"), "-m", "pip", "list", "--format", "json", "--disable-pip-version-check"]
    listed = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    return {package["name"]: package["version"] for package in listed if package["name"] in ("tipg", "pygeoapi")}


@contextmanager
def tipg(database_url: str, folder: Path) -> Iterator[str]:
    """The address of tipg over the tables of the schema ``peers``."""
    port = free_port()
    environment = {
        "DATABASE_URL": database_url.replace("postgis://", "postgresql://"),
        "TIPG_DB_SCHEMAS": '["peers"]',
        "TIPG_DB_EXCLUDE_FUNCTION_SCHEMAS": '["public", "peers"]',
        "TIPG_MAX_FEATURES_PER_QUERY": str(MOST_FEATURES),
        "TIPG_CATALOG_TTL": "0",  # the tables stay: it need not look again
    }
    command = [str(PEERS / "bin" / "uvicorn"), "tipg.main:app", "--port", str(port), "--workers", "2"]
    command += ["--loop", "uvloop", "--http", "httptools", "--no-access-log"]
    with served(command, f"http://127.0.0.1:{port}/collections", environment, folder / "tipg.log"):
        yield f"http://127.0.0.1:{port}"


@contextmanager
def pygeoapi(database_url: str, folder: Path) -> Iterator[str]:
    """The address of pygeoapi over the tables of the schema ``peers``."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    configuration, openapi = folder / "pygeoapi.yml", folder / "pygeoapi-openapi.json"
    configuration.write_text(json.dumps(_pygeoapi(database_url, address, port)))  # JSON is YAML
    environment = {"PYGEOAPI_CONFIG": str(configuration), "PYGEOAPI_OPENAPI": str(openapi)}
    made = subprocess.run(
        [str(PEERS / "bin" / "pygeoapi"), "openapi", "generate", str(configuration), "--format", "json"],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    if made.returncode:
        raise RuntimeError(made.stderr[-2000:])
    openapi.write_text(made.stdout[made.stdout.index("{") :])
    command = [str(PEERS / "bin" / "gunicorn"), "pygeoapi.flask_app:APP", "--bind", f"127.0.0.1:{port}"]
    command += ["--workers", "2", "--threads", "4", "--log-level", "error"]
    with served(command, f"{address}/collections?f=json", environment, folder / "pygeoapi.log"):
        yield address


def _pygeoapi(database_url: str, address: str, port: int) -> dict[str, object]:
    parts = urlsplit(database_url)
    database = {
        "host": unquote(parts.netloc.rpartition("@")[2]),
        "dbname": parts.path[1:],
        "user": "postgres",
        "password": "none",
        "search_path": ["peers", "public"],
    }

    def collection(table: str, key: str) -> dict[str, object]:
        provider = {
            "type": "feature",
            "name": "PostgreSQL",
            "data": database,
            "id_field": key,
            "table": table,
            "geom_field": "geometry",
            "storage_crs": "http://www.opengis.net/def/crs/OGC/1.3/CRS84",
        }
        box = {"spatial": {"bbox": [5.8, 47.2, 15.1, 55.1], "crs": "http://www.opengis.net/def/crs/OGC/1.3/CRS84"}}
        about = {"title": table, "description": table, "keywords": [table], "links": []}
        return {"type": "collection", **about, "extents": box, "providers": [provider]}

    contact = {"name": "none", "url": address}
    limits = {"default_items": 100, "max_items": MOST_FEATURES}
    return {
        "server": {
            "bind": {"host": "127.0.0.1", "port": port},
            "url": address,
            "mimetype": "application/json; charset=UTF-8",
            "encoding": "utf-8",
            "gzip": False,
            "languages": ["en-US"],
            "pretty_print": False,
            "limits": limits,
            "map": {"url": "https://tile.example.org/{z}/{x}/{y}.png", "attribution": "none"},
        },
        "logging": {"level": "ERROR"},
        "metadata": {
            "identification": {
                "title": "bench",
                "description": "bench",
                "keywords": ["bench"],
                "keywords_type": "theme",
                "terms_of_service": address,
                "url": address,
            },
            "license": {"name": "none", "url": address},
            "provider": contact,
            "contact": contact,
        },
        "resources": {"municipalities": collection("municipalities", "ags"), "places": collection("places", "id")},
    }
