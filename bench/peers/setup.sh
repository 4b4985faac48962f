#!/usr/bin/env bash
# Makes bench/peers/.venv with the pinned peers, so that `go run ./bench` has
# something to stand beside. Nothing outside that folder is touched.
#
#   bench/peers/setup.sh          numpy, pyarrow, polars, duckdb, dask
#   bench/peers/setup.sh --ray    the same and ray
#   bench/peers/setup.sh --mkl    the same and, in .venv-mkl, Intel's MKL
#   PYTHON=python3.12 bench/peers/setup.sh    with another interpreter (3.11 or newer)
set -euo pipefail
cd "$(dirname "$0")"

ray=no
mkl=no
for arg in "$@"; do
	case $arg in
	--ray) ray=yes ;;
	--mkl) mkl=yes ;;
	*)
		echo "setup.sh: unknown argument $arg; it takes --ray, --mkl or nothing" >&2
		exit 2
		;;
	esac
done

python=${PYTHON:-python3}
if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
	echo "setup.sh: $python is not a Python of 3.11 or newer; name one with PYTHON=" >&2
	exit 1
fi
if [ ! -x .venv/bin/python ] && ! "$python" -m venv .venv; then
	rm -rf .venv
	echo "setup.sh: $python cannot make virtual environments; on Debian: apt-get install python3-venv" >&2
	exit 1
fi

wanted=(-r requirements.txt)
if [ "$ray" = yes ]; then
	wanted+=(-r requirements-ray.txt)
fi
if [ "$mkl" = yes ]; then
	[ -x .venv-mkl/bin/python ] || "$python" -m venv .venv-mkl
	.venv-mkl/bin/python -m pip install --quiet --disable-pip-version-check -r requirements-mkl.txt
	.venv-mkl/bin/python -m pip list --disable-pip-version-check --format=freeze | grep -E '^mkl=='
fi
# The stamp holds the lists it was made from: a second run is free, and a
# changed pin is installed.
stamp=$(cat requirements.txt; [ "$ray" = no ] || cat requirements-ray.txt)
if [ ! -f .venv/installed ] || [ "$(cat .venv/installed)" != "$stamp" ]; then
	.venv/bin/python -m pip install --quiet --disable-pip-version-check "${wanted[@]}"
	printf '%s\n' "$stamp" >.venv/installed
fi
.venv/bin/python -m pip list --disable-pip-version-check --format=freeze |
	grep -E '^(numpy|pyarrow|polars|duckdb|dask|distributed|ray)=='
