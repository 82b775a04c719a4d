#!/bin/sh
# What Lighthouse, in its mobile profile, says of the first view of the map, how many bytes go over the wire, and how
# quickly the map answers its reader (map_speed.py).
# It is no dependency of this project (185 MB): npx fetches it. Usage: scripts/lighthouse.sh [ADDRESS]
set -eu
cd "$(dirname "$0")/.."
address=${1:-http://127.0.0.1:8000/}
report=$(mktemp -d)
trap 'rm -rf "$report"' EXIT
CHROME_PATH=${CHROMIUM:-$(command -v chromium)} scripts/node.sh npx --yes lighthouse@12.8.2 "$address" --quiet \
  --chrome-flags="--headless=new --no-sandbox --disable-background-networking" \
  --only-categories=performance,accessibility,best-practices --output=json --output-path="$report/report.json"
scripts/node.sh node -e '
  const { categories, audits } = JSON.parse(require("fs").readFileSync(process.argv[1]));
  for (const { title, score } of Object.values(categories)) console.log(`${title}: ${Math.round(score * 100)}`);
  for (const name of ["first-contentful-paint", "largest-contentful-paint", "total-blocking-time", "cumulative-layout-shift"])
    console.log(`${audits[name].title}: ${audits[name].displayValue}`);
  const bytes = audits["network-requests"].details.items.reduce((sum, { transferSize }) => sum + transferSize, 0);
  console.log(`Over the wire: ${(bytes / 1000).toFixed(0)} kB`);
' "$report/report.json"
.venv/bin/python -m scripts.map_speed "$address"
