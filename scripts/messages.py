"""Collects the interface's strings (German) into the English catalogue; `make messages`. Needs GNU gettext."""

import os
from pathlib import Path

import django
from django.core.management import call_command

CATALOGUE = Path("sok_site/locale/en/LC_MESSAGES/django.po")


def main() -> None:
    """Update the catalogue: new strings empty, those that are gone dropped, no line numbers (they only make noise)."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sok_site.settings")
    django.setup()
    CATALOGUE.parent.mkdir(parents=True, exist_ok=True)
    call_command(
        "makemessages",
        locale=["en"],
        no_location=True,
        no_obsolete=True,
        no_wrap=True,
        ignore_patterns=["node_modules", "var", ".venv", "tests"],
        verbosity=0,
    )
    kept = [line for line in CATALOGUE.read_text(encoding="utf-8").splitlines() if "Creation-Date" not in line]
    CATALOGUE.write_text("\n".join(kept) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
