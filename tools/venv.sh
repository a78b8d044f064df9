#!/bin/sh
# Make .venv, or bring it up to date: helenus itself (editable) and every development tool, pinned by constraints.txt.
# PYTHON=/path/to/python chooses the interpreter; else the first one that is new enough.
set -eu

new_enough='import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))'

find_python() {
    for candidate in ${PYTHON:-python3 python3.14 python3.13 python3.12 python3.11 python}; do
        if "$candidate" -c "$new_enough" >/dev/null 2>&1; then
            echo "$candidate"
            return
        fi
    done
    echo "helenus needs Python 3.11 or newer, with its venv module; none was found (tried: ${PYTHON:-python3, python3.11 to python3.14, python})." >&2
    echo "Install one (on Debian and Ubuntu: apt-get install python3 python3-venv), or name it: make PYTHON=/path/to/python test" >&2
    exit 1
}

if ! .venv/bin/python -c "$new_enough" >/dev/null 2>&1; then
    python=$(find_python)
    echo "Making .venv with $("$python" --version) ..."
    "$python" -m venv --clear .venv
fi

echo "Installing helenus and its development tools into .venv (a minute the first time) ..."
.venv/bin/python -m pip install --quiet --disable-pip-version-check --no-input --editable '.[dev]' --constraint constraints.txt

# The demo's cars. Only the data are wanted, not the dependencies of the wheel's own loader (pandas).
.venv/bin/python -m pip install --quiet --disable-pip-version-check --no-input --no-deps vega-datasets --constraint constraints.txt
