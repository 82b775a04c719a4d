"""Collects static files for serving, only when one is newer than the last time; one process at a time."""

import fcntl
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VAR = ROOT / "var"
COLLECTED = VAR / "static" / "staticfiles.json"
SOURCES = (
    "static",
    "sok_site/staticfiles.py",
    "sok_site/settings.py",
    "node_modules/.installed-run",
    ".venv/installed-run",
)


def main() -> None:
    """Collect if need be. Collecting compresses everything anew, so it is worth asking."""
    VAR.mkdir(exist_ok=True)
    with (VAR / "collect.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not COLLECTED.exists() or any(file.stat().st_mtime > COLLECTED.stat().st_mtime for file in _sources()):
            command = [sys.executable, "manage.py", "collectstatic", "--noinput", "--verbosity", "0"]
            subprocess.run(command, cwd=ROOT, check=True)


def _sources() -> Iterator[Path]:
    for name in SOURCES:
        source = ROOT / name
        yield from (source, *source.rglob("*")) if source.is_dir() else (source,) * source.exists()


if __name__ == "__main__":
    main()
