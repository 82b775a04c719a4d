"""Collected only by `make clients` (scripts/clients.sh), which installs the programs: they are large."""

import os

collect_ignore_glob = [] if os.environ.get("CLIENTS") else ["test_*.py"]
