#!/bin/sh
# Build the wheel, install it in an environment of its own, and coach from a folder where no checkout is near.
set -eu
python=${PYTHON:-python3} uv=$(cd "$(dirname "${UV:-.venv/bin/uv}")" && pwd)/uv
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$uv" build --quiet --wheel --out-dir "$work/dist"
"$python" -m venv "$work/env"
"$uv" pip install --quiet --python "$work/env/bin/python" "$(ls "$work"/dist/*.whl)"
cd "$work"
"$work/env/bin/cuecoach" --version
"$work/env/bin/cuecoach" cues check
"$work/env/bin/cuecoach" demo --no-play --out demo.wav >timeline.txt
test -s demo.wav
grep -q "Run tall" timeline.txt
echo "the wheel coaches on its own: $(wc -c <demo.wav) bytes of sound"
