#!/usr/bin/env bash
# Installs QGIS, LibreOffice and GDAL's programs from Debian (900 MB) and lets them read the site. Arguments go to pytest.
set -euo pipefail
cd "$(dirname "$0")/.."
packages=(python3-qgis qgis-providers gdal-bin libreoffice-calc-nogui)
missing=()
for package in "${packages[@]}"; do dpkg -s "$package" >/dev/null 2>&1 || missing+=("$package"); done
if [ "${#missing[@]}" -gt 0 ]; then
  root=()
  if [ "$(id -u)" != 0 ]; then root=(sudo -n); fi
  echo "Installing ${missing[*]} …" >&2
  "${root[@]}" apt-get update -qq
  DEBIAN_FRONTEND=noninteractive "${root[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
fi
CLIENTS=1 .venv/bin/python -m pytest -q tests/clients "$@"
