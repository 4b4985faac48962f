package examples_test

import (
	"bytes"
	"context"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"
	"time"
)

// says is what each program prints, line by line among others.
var says = map[string][]string{
	"hello": {
		`^primes below 100: 25$`,
		`^primes below a million: 78498, counted in 20 calls$`,
		`^half of that: 39249$`,
		`^half of the first is an error: .*hello\.half.* on worker worker-\d: 25 is odd$`,
	},
	"linalg": {
		`^a: .*\[4000 60\] float64 in chunks \(8×500, 60\)$`,
		`^a·b: array: matmul \(main\.go:\d+\): .*4000`,
		`^aᵀa +60x60, differs from gonum by \de-1\d$`,
		`^cholesky\(aᵀa\) +60x60, differs from gonum by \de-1\d$`,
		`^normal equations +60x1, differs from gonum by \de-1\d$`,
		`^lstsq\(a, b\) +60x1, differs from gonum by \de-1\d$`,
		`^aᵀ\(ax - b\) \+ 1 +60x1, differs from gonum by \de-1\d$`,
		`^singular values +60x1, differs from gonum by \de-1\d$`,
	},
	"etl": {
		`in 11 partitions: date timestamp\[us\], delay int64`,
		`select \(main\.go:\d+\): .*did you mean "delay"`,
		`parquet data://flights-3m\.parquet: 2 of 11 row groups, .* columns date, delay, origin `,
		`^GA +21469 +0\.32 +4$`, // as DuckDB says: see the oracle test of ashlar demo for the larger tables
		`^flights in June: 502222$`,
		`^ +12 +30188 +0\.194$`,
		`^wrote and read 24 hours in \d+ file\(s\): \[hour flights share_late\]$`,
	},
	"larger": {
		`^kept: .*\[20480 2048\] float64 in chunks \(40×512, 4×512\)$`,
		`^sum of squares +(\d+\.\d+), here (\d+\.\d+)$`,
		`^sum of \|column sums\| +(\d+\.\d+), here (\d+\.\d+)$`,
		`^worker-0: \d+ MiB of 32 in memory at most, the process \d+; [1-9]\d+ MiB are on disk$`,
	},
	"gpu": {
		`^worker-0: no device, resources \[\]$`,
		`^worker-1: .*device.*, resources \[GPU=1\]$`,
		`^8 calls with GPU=1: 8 on worker-1, 0 elsewhere$`,
		`^a product on the device differs from gonum by \de-1\d$`,
	},
}

// TestPrograms builds and runs the programs, as processes that start their own
// workers.
func TestPrograms(t *testing.T) {
	dir := t.TempDir()
	build := exec.Command("go", "build", "-o", dir+string(filepath.Separator))
	for name := range says {
		build.Args = append(build.Args, "./"+name)
	}
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v: %v\n%s", build, err, out)
	}
	for name, lines := range says {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
			defer cancel()
			cmd := exec.CommandContext(ctx, filepath.Join(dir, name))
			var stderr bytes.Buffer
			cmd.Stderr = &stderr
			cmd.WaitDelay = time.Second // a worker that outlives its program would hold the pipe
			out, err := cmd.Output()
			if err != nil {
				t.Fatalf("%v\n%s%s", err, out, stderr.Bytes())
			}
			if stderr.Len() > 0 {
				t.Errorf("it complains: %s", stderr.Bytes())
			}
			for _, l := range lines {
				if !regexp.MustCompile("(?m)" + l).Match(out) {
					t.Errorf("no line matches %s", l)
				}
			}
			if t.Failed() {
				t.Logf("%s", out)
			}
		})
	}
}
