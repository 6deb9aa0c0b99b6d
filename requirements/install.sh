#!/bin/sh
# Fills a virtual environment with exactly what a lock file lists, and puts the project itself there as editable:
#
#     sh requirements/install.sh .venv requirements/run.txt
#
# What pip cannot bring is looked for first: Python 3.11 to 3.13 and, on Linux, two libraries that the wheel of
# OpenCV links but does not hold. On Debian they are installed where that needs no password. PYTHON names the
# interpreter to use instead of the one found.
set -eu

env=$1
lock=$2
cd "$(dirname "$0")/.."

fits() { "$1" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null; }
loads() { "$python" -c "$1" 2>/dev/null; }
fail() { echo "$*" >&2; exit 1; }

python=
for name in ${PYTHON:-python3 python3.13 python3.12 python3.11}; do
    if fits "$name"; then python=$name; break; fi
done
[ "$python" ] || fail "Doorman needs Python 3.11, 3.12 or 3.13: install one, or name it: make PYTHON=/path/to/python3.11"

missing=
loads 'import ensurepip, venv' || missing="$missing ${python##*/}-venv"
if [ "$(uname)" = Linux ]; then
    loads 'import ctypes; ctypes.CDLL("libGL.so.1")' || missing="$missing libgl1"
    loads 'import ctypes; ctypes.CDLL("libgthread-2.0.so.0")' || missing="$missing libglib2.0-0"
fi
if [ "$missing" ]; then
    command="apt-get install -y --no-install-recommends$missing"
    if ! command -v apt-get >/dev/null; then
        fail "Doorman needs what Debian calls$missing: install your system's packages of them, then try again."
    elif [ "$(id -u)" = 0 ]; then
        sudo=
    elif sudo -n true 2>/dev/null; then
        sudo="sudo -n"
    else
        fail "Doorman needs$missing: run 'sudo $command', then try again."
    fi
    echo "Installing$missing"
    $sudo apt-get update -q && $sudo $command
fi

[ -x "$env/bin/python" ] || "$python" -m venv "$env"
"$env/bin/python" -m pip install --quiet --no-deps --require-hashes --requirement "$lock"
"$env/bin/python" -m pip install --quiet --no-deps --no-build-isolation --editable .
