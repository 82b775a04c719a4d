"""Takes the README's picture anew from a fresh demo, served as in production; `make screenshots`."""

import os
import shutil
import tempfile

from playwright.sync_api import sync_playwright

from scripts.collect_static import ROOT
from scripts.demo_server import demo_server

PICTURE = ROOT / "docs" / "map.png"


def main() -> None:
    """Write docs/map.png."""
    with tempfile.TemporaryDirectory() as folder, demo_server(f"spatialite:///{folder}/demo.sqlite3") as address:
        photograph(f"{address}/")
    print(PICTURE.relative_to(ROOT))


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
