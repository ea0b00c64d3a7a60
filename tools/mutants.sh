#!/bin/sh
# Changes the screening by a hair, in a copy under var/, and says which changes no test notices. Interrupted, it goes on where
# it stopped. Names narrow it down: sh tools/mutants.sh "needlepoint.core.conditions*"
set -eu
cd "$(dirname "$0")/.."
room=var/mutants
mkdir -p "$room"
tar -c --exclude=__pycache__ needlepoint tests manage.py pyproject.toml | tar -x -C "$room"
ln -sfn "$PWD/.venv" "$room/.venv"
cd "$room"
.venv/bin/mutmut run --max-children "${CHILDREN:-1}" "$@" || true
.venv/bin/mutmut results
