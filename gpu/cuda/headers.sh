#!/usr/bin/env bash
# headers.sh DIR installs into DIR what the build tag cuda needs on a machine
# without CUDA, and prints the lines that a shell evaluates to use it:
#
#     eval "$(bash gpu/cuda/headers.sh DIR)" && go build -tags cuda ./...
#
# The headers are those of CUDA 11.8 (PyPI package nvidia-cuda-runtime-cu11).
# The libcuda beside them is empty: driver.c has the functions, and opens the
# real library when the program runs. With CUDA installed in its usual place
# none of this is needed.
set -euo pipefail

package=nvidia-cuda-runtime-cu11==11.8.89
[ $# -eq 1 ] || { echo "usage: headers.sh DIR" >&2; exit 2; }
mkdir -p "$1"
dir=$(cd "$1" && pwd)

if [ ! -f "$dir/include/cuda.h" ]; then
	python3 -m pip --version >/dev/null || { echo "headers.sh: needs pip (Debian: apt-get install python3-pip)" >&2; exit 1; }
	tmp=$(mktemp -d "$dir/tmp.XXXXXX")
	trap 'rm -rf "$tmp"' EXIT
	python3 -m pip download -q --disable-pip-version-check --no-deps --only-binary=:all: -d "$tmp" "$package" >&2
	python3 - "$tmp" <<-'PYTHON'
		import glob, sys, zipfile
		with zipfile.ZipFile(glob.glob(sys.argv[1] + "/*.whl")[0]) as z:
		    z.extractall(sys.argv[1])
	PYTHON
	rm -rf "$dir/include"
	mv "$tmp/nvidia/cuda_runtime/include" "$dir/include"
fi
mkdir -p "$dir/lib"
[ -f "$dir/lib/libcuda.a" ] || ar rcs "$dir/lib/libcuda.a"

printf 'export CGO_ENABLED=1 CGO_CFLAGS=%q CGO_LDFLAGS=%q\n' "-O2 -g -I$dir/include" "-O2 -g -L$dir/lib"
