#!/bin/sh
# Fill a virtual environment with exactly what a lock file lists, and put the project itself there as editable:
#
#     sh requirements/install.sh .venv requirements/run.txt
#
# What pip cannot bring is looked for first: Python 3.11 to 3.13 and, on Linux, two libraries that OpenCV's wheel
# links but does not hold. On Debian they are installed where that needs no password. PYTHON names an interpreter
# to use instead of the one found.
set -eu

env=$1
lock=$2
cd "$(dirname "$0")/.."

fits() { "$1" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null; }
lacks() { ! "$python" -c "$1" 2>/dev/null; }
fail() { echo "$*" >&2; exit 1; }

python=
for name in ${PYTHON:-python3 python3.13 python3.12 python3.11}; do
    if fits "$name"; then python=$name; break; fi
done
[ "$python" ] || fail "Doorman needs Python 3.11, 3.12 or 3.13: install one, or name yours by PYTHON=/path/to/it"

missing=
if lacks 'import ensurepip, venv'; then missing="$missing ${python##*/}-venv"; fi
if [ "$(uname)" = Linux ]; then
    if lacks 'import ctypes; ctypes.CDLL("libGL.so.1")'; then missing="$missing libgl1"; fi
    if lacks 'import ctypes; ctypes.CDLL("libgthread-2.0.so.0")'; then missing="$missing libglib2.0-0"; fi
fi
if [ "$missing" ]; then
    install="apt-get install --yes --no-install-recommends$missing"
    if ! command -v apt-get >/dev/null; then fail "Doorman needs what Debian calls$missing: install it, then try again."
    elif [ "$(id -u)" = 0 ]; then sudo=
    elif sudo -n true 2>/dev/null; then sudo=sudo
    else fail "Doorman needs$missing: run 'sudo $install', then try again."
    fi
    echo "Installing the system packages$missing"
    $sudo apt-get update -qq
    $sudo $install -qq >/dev/null
fi

echo "Installing $lock into $env"
[ -x "$env/bin/python" ] || "$python" -m venv "$env"
"$env/bin/python" -m pip install --quiet --no-deps --require-hashes --requirement "$lock"
"$env/bin/python" -m pip install --quiet --no-deps --no-build-isolation --editable .
