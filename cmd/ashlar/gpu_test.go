package main

import (
	"strings"
	"testing"
)

// TestGPU shows what the command says of the device in host memory, and of a
// machine that has none.
func TestGPU(t *testing.T) {
	out, err := ashlar("gpu", "-fake", "-gemm", "64", "-copy", "1MiB").CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, want := range []string{"gpu0", "fake", "ok    gemm float64 129×65×257", "ok    memory given back", "GB/s to the device", "products of 64×64", "for a choice by cost: the device ", " 0 failed"} {
		if !strings.Contains(string(out), want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
	quiet, err := ashlar("gpu", "-fake", "-list").CombinedOutput()
	if err != nil || strings.Count(string(quiet), "\n") != 3 || !strings.Contains(string(quiet), "products: own kernels, in Go") {
		t.Errorf("-list: %v\n%s", err, quiet)
	}
	if out := failure(t, "gpu", "-fake", "-copy", "7"); !strings.Contains(out, "multiple of 8") {
		t.Errorf("-copy 7: %s", out)
	}
}
