"""Takes the README's picture anew from a fresh demo, served as in production; `make screenshots`."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parent.parent
PICTURE = ROOT / "docs" / "map.png"
PORT = 8099


def main() -> None:
    """Write docs/map.png."""
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "DATABASE_URL": f"spatialite:///{folder}/demo.sqlite3"}
        for command in ("migrate --verbosity 0", "load_demo", "collectstatic --noinput --verbosity 0"):
            subprocess.run(
                [sys.executable, "manage.py", *command.split()],
                cwd=ROOT,
                env=environment,
                check=True,
                stdout=subprocess.DEVNULL,
            )
        server = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "sok_site.wsgi", "--bind", f"127.0.0.1:{PORT}", "--log-level", "error"],
            cwd=ROOT,
            env=environment,
        )
        try:
            wait_for(f"http://127.0.0.1:{PORT}/readyz")
            photograph(f"http://127.0.0.1:{PORT}/")
        finally:
            server.terminate()
            server.wait()
    print(PICTURE.relative_to(ROOT))


def wait_for(url: str) -> None:
    """Until the server answers, half a minute at most."""
    for _ in range(60):
        try:
            urllib.request.urlopen(url, timeout=5).close()
            return
        except OSError:
            time.sleep(0.5)
    raise SystemExit(f"{url} does not answer")


def photograph(url: str) -> None:
    """The map in English, as wide as a README shows it."""
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-background-networking"]
        )
        page = browser.new_page(viewport={"width": 1280, "height": 800}, locale="en")
        page.goto(url, wait_until="networkidle")
        page.wait_for_timeout(1000)
        page.screenshot(path=PICTURE)
        browser.close()


if __name__ == "__main__":
    main()
