package asm

import (
	"bufio"
	"os"
	"regexp"
	"strings"
	"testing"
)

// TestRegistersOfAVX2 reads the assembly: routines for AVX2 must do with its
// sixteen registers, which a machine that has AVX-512 does not tell.
func TestRegistersOfAVX2(t *testing.T) {
	wide := regexp.MustCompile(`\b([XY](1[6-9]|2\d|3[01])|Z\d+|K[1-7])\b`)
	for _, name := range []string{"kernels_amd64.s", "vector_amd64.s", "bitmaps_amd64.s", "codes_amd64.s"} {
		f, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		routine, seen := "", 0
		for lines := bufio.NewScanner(f); lines.Scan(); {
			switch line := lines.Text(); {
			case strings.HasPrefix(line, "TEXT"):
				routine = line
			case !strings.Contains(routine, "AVX2"):
			case wide.MatchString(line):
				t.Errorf("%s: %s\n%s", name, routine, line)
			default:
				seen++
			}
		}
		if seen == 0 {
			t.Errorf("%s has no routines for AVX2", name)
		}
	}
}
