"""Static files as they are served: collected, hashed, and every import of a module points at a hashed name."""

import json
import re
from pathlib import Path

from scripts import collect_static
from scripts.collect_static import COLLECTED

IMPORT = re.compile(r"""(?:\bfrom\s*|\bimport\s*\(?\s*)["'](\.{1,2}/[^"']+)["']""")
HASHED = re.compile(r"\.[0-9a-f]{12}\.(?:js|css|svg|png|woff2)$")


def modules() -> list[Path]:
    """Our modules as they are served, those of the browser tests too: collecting takes half a minute."""
    collect_static.main()
    names: dict[str, str] = json.loads(COLLECTED.read_text(encoding="utf-8"))["paths"]
    return [COLLECTED.parent / name for source, name in names.items() if re.match(r"js/.*\.js$", source)]


def test_every_module_imports_hashed_names_only() -> None:
    served = modules()
    assert any(module.parent.name == "map" for module in served)
    assert [module.name for module in served if not HASHED.search(module.name)] == []
    unhashed = [
        f"{module.name}: {target}"
        for module in served
        for target in IMPORT.findall(module.read_text(encoding="utf-8"))
        if not HASHED.search(target)
    ]
    assert unhashed == []
