#!/usr/bin/env bash
# What a machine does once a day (docs/operation.md). Each is safe to run twice; one that fails does not stop the others.
set -uo pipefail
cd "$(dirname "$0")/.."
python=python
[ -x .venv/bin/python ] && python=.venv/bin/python
failed=0
for command in "assess --if-changed" send_reminders send_digests send_webhooks apply_retention; do
  echo "manage.py $command"
  # shellcheck disable=SC2086  # command and option are two words
  "$python" manage.py $command || failed=1
done
exit "$failed"
