"""Static files as they are served: collected, hashed, and every import of a module points at a hashed name."""

import re
from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import override_settings

IMPORT = re.compile(r"""(?:\bfrom\s*|\bimport\s*\(?\s*)["'](\.{1,2}/[^"']+)["']""")
HASHED = re.compile(r"\.[0-9a-f]{12}\.(?:js|css|svg|png|woff2)$")


@pytest.fixture(scope="module")
def collected(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("static")
    with override_settings(STATIC_ROOT=folder):
        call_command("collectstatic", interactive=False, verbosity=0)
    return folder


def test_every_module_imports_hashed_names_only(collected: Path) -> None:
    modules = [path for path in (collected / "js").rglob("*.js") if HASHED.search(path.name)]
    assert modules
    unhashed = [
        f"{module.relative_to(collected)}: {target}"
        for module in modules
        for target in IMPORT.findall(module.read_text(encoding="utf-8"))
        if not HASHED.search(target)
    ]
    assert unhashed == []
