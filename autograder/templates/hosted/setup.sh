#!/usr/bin/env bash
# Gradescope runs this once, as root, when it builds the machine: a Python with what requirements.lock names.
# AUTOGRADER_ROOT and AUTOGRADER_PYTHON (an interpreter that has all that already) are for trying it elsewhere.
set -eu
root="${AUTOGRADER_ROOT:-/autograder}"
cd "$root/source"

usable() {
  "$1" -c 'import sys, ensurepip, venv; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1
}
find_python() {
  for name in python3.14 python3.13 python3.12 python3.11 python3; do
    if usable "$name"; then command -v "$name"; return 0; fi
  done
  return 1
}

if [ -n "${AUTOGRADER_PYTHON:-}" ]; then
  python="$AUTOGRADER_PYTHON"
else
  if ! find_python >/dev/null; then
    export DEBIAN_FRONTEND=noninteractive
    apt-get update
    apt-get install -y python3 python3-venv
    find_python >/dev/null || apt-get install -y python3.11 python3.11-venv
  fi
  base="$(find_python)" || { echo 'This image has no Python 3.11 or newer: choose a newer base image.'; exit 1; }
  "$base" -m venv .venv
  .venv/bin/python -m pip install --quiet --no-cache-dir --no-deps -r requirements.lock
  python="$root/source/.venv/bin/python"
fi
printf '%s' "$python" > python.path

# A machine that cannot grade fails here, when it is built, and not at a student's submission.
"$python" -I run.py "$root" --self-test
