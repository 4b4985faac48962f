#!/usr/bin/env bash
# check.sh checks Ashlar on a machine that has a GPU and need not have Go.
#
#   bash gpu/check.sh build DIR   here, with Go, cgo and the headers that
#                                 gpu/cuda/headers.sh gets: fills DIR with programs
#                                 for the machine and with this script
#   bash DIR/check.sh             there: prints one line a check, and at the end
#                                 "N passed, M failed"; exit status 1 if one failed,
#                                 or none passed, or there is no device
#
# What runs there: the suite of devices and the conformance suites of kernels
# (gpu/devicetest, kernels/kerneltest), residency, limits and faults of lanes, each
# op against the CPU's (`ashlar gpu`), and the demo with the device as its GPU
# worker. With compute-sanitizer in the PATH its memcheck watches the suite of
# devices as well.
set -euo pipefail

packages=(./gpu ./gpu/cuda ./gpu/check)

build() {
	local dir=$1 root p
	root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
	mkdir -p "$dir"
	dir=$(cd "$dir" && pwd)
	for p in "${packages[@]}"; do
		(cd "$root" && CGO_ENABLED=1 go test -c -tags cuda -o "$dir/$(basename "$p").test" "$p")
	done
	(cd "$root" && CGO_ENABLED=1 go build -tags cuda -o "$dir/ashlar" ./cmd/ashlar)
	cp "${BASH_SOURCE[0]}" "$dir/check.sh"
	echo "carry $dir to the machine, and run there: bash check.sh"
}

passed=0 failed=0

# verdict STATUS NAME [WHY] prints a line and counts it.
verdict() {
	if [ "$1" = ok ]; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
	fi
	printf '%-5s %s%s\n' "$1" "$2" "${3:+: $3}"
}

# suite NAME COMMAND… runs a test program and counts its tests and their parts.
suite() {
	local name=$1 log=$work/$1.log status
	shift
	if "$@" -test.v >"$log" 2>&1; then status=0; else status=$?; fi
	while read -r how what; do
		case $how in
		PASS) verdict ok "$name $what" ;;
		FAIL) verdict FAIL "$name $what" "see below" ;;
		SKIP) printf '%-5s %s\n' skip "$name $what" ;;
		esac
	done < <(sed -n 's/^ *--- \(PASS\|FAIL\|SKIP\): \([^ ]*\).*/\1 \2/p' "$log")
	if [ "$status" != 0 ]; then
		verdict FAIL "$name" "exit status $status"
		tail -n 40 "$log" >&2
	fi
}

demo() {
	local n
	if ./ashlar demo >"$work/demo.log" 2>&1 && n=$(sed -n 's/.*all \([0-9]*\) checks agree with gonum.*/\1/p' "$work/demo.log") && [ -n "$n" ]; then
		verdict ok "demo, $n checks"
	else
		verdict FAIL demo "$(tail -n 1 "$work/demo.log")"
		tail -n 20 "$work/demo.log" >&2
	fi
}

sanitizer() {
	if ! command -v compute-sanitizer >/dev/null; then
		echo "skip  memcheck: there is no compute-sanitizer"
		return
	fi
	if compute-sanitizer --tool memcheck --error-exitcode 9 ./cuda.test >"$work/memcheck.log" 2>&1; then
		verdict ok memcheck
	else
		verdict FAIL memcheck "$(grep -m 1 '=========' "$work/memcheck.log" || tail -n 1 "$work/memcheck.log")"
	fi
}

run() {
	cd "$(dirname "${BASH_SOURCE[0]}")"
	work=$(mktemp -d)
	trap 'rm -rf "$work"' EXIT
	./ashlar gpu -list || { echo "0 passed, 1 failed"; exit 1; }
	for p in "${packages[@]}"; do
		suite "$(basename "$p")" "./$(basename "$p").test"
	done
	if ./ashlar gpu -quiet ${ASHLAR_GPU_FLAGS:-} >"$work/gpu.log" 2>&1; then
		verdict ok "ashlar gpu"
	else
		verdict FAIL "ashlar gpu" "$(tail -n 1 "$work/gpu.log")"
	fi
	cat "$work/gpu.log"
	demo
	sanitizer
	echo "$passed passed, $failed failed"
	[ "$failed" = 0 ] && [ "$passed" -gt 0 ]
}

case "${1:-run}" in
build)
	[ $# = 2 ] || { echo "usage: check.sh build DIR" >&2; exit 2; }
	build "$2"
	;;
run) run ;;
*)
	echo "usage: check.sh [build DIR]" >&2
	exit 2
	;;
esac
