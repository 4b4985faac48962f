#!/usr/bin/env bash
# build.sh DIR makes DIR/libcuda.so.1, a driver with one device that runs
# kernels.cu on the host. With it, and no GPU, the tests of the tag cuda go all
# the way from Go to the kernels:
#
#     bash gpu/cuda/emulator/build.sh DIR
#     LD_LIBRARY_PATH=DIR go test -tags cuda ./gpu/...
#
# DIR is prepared by headers.sh (its cuda.h is used); needs g++.
set -euo pipefail
[ $# -eq 1 ] || { echo "usage: build.sh DIR" >&2; exit 2; }
here=$(cd "$(dirname "$0")" && pwd)
${CXX:-g++} -std=c++17 -O2 -Wall -Wno-unknown-pragmas -ffp-contract=off -shared -fPIC \
	-I"$1/include" -o "$1/libcuda.so.1" "$here/driver.cc"
