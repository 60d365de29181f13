#!/usr/bin/env bash
# Puts the peers of the check bench where the bench looks for them: .cache/peers (conftest from source, checkov in a virtual environment).
set -euo pipefail
cd "$(dirname "$0")/.."
peers="$PWD/.cache/peers"
mkdir -p "$peers/bin"
if [ ! -x "$peers/bin/conftest" ]; then
  GOBIN="$peers/bin" go install github.com/open-policy-agent/conftest@v0.69.0
fi
if [ ! -x "$peers/venv/bin/checkov" ]; then
  python3 -m venv "$peers/venv"
  "$peers/venv/bin/pip" install --quiet checkov==3.3.13
fi
