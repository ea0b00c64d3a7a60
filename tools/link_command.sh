#!/bin/sh
# Puts the checkout on the environment's path and the `needlepoint` command beside its Python, without a build step.
set -eu
cd "$(dirname "$0")/.."
site=$(.venv/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
pwd > "$site/needlepoint-checkout.pth"
cat > .venv/bin/needlepoint <<COMMAND
#!$(pwd)/.venv/bin/python
import sys
from needlepoint.cli.main import run
sys.exit(run())
COMMAND
chmod +x .venv/bin/needlepoint
