package main

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestMistakesOnTheCommandLine(t *testing.T) {
	t.Chdir("..") // the root of the repository, as for go run ./bench
	for args, want := range map[string]string{
		"":                               "-suite is missing; there are sched, tasks, taskbench, gemm",
		"-suite gem":                     `there is no suite "gem"; there are sched, tasks, taskbench, gemm`,
		"-suite gemm -peers some":        `-peers is "some", but it is auto or none`,
		"-suite gemm -runs 3":            "-runs is 3, but a row is the median of at least 5",
		"-suite gemm -case (":            "missing closing )",
		"-suite gemm more":               `unexpected argument "more"`,
		"-suite gemm -jsn x":             "flag provided but not defined: -jsn",
		"-suite gemm -json /no/such/dir": "-json: open /no/such/dir",
	} {
		err := run(t.Context(), strings.Fields(args), &strings.Builder{}, &strings.Builder{})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("bench %s: got error %v, want %q", args, err, want)
		}
	}
}

func TestHelpListsSuites(t *testing.T) {
	var help strings.Builder
	if err := run(t.Context(), []string{"-h"}, &strings.Builder{}, &help); err == nil {
		t.Error("help ran something")
	}
	if !strings.Contains(help.String(), "gemm       C = A·B") {
		t.Errorf("help:\n%s", help.String())
	}
}

func TestOursAloneToJSON(t *testing.T) {
	file := filepath.Join(t.TempDir(), "rows.json")
	var table strings.Builder
	args := []string{"-suite", "gemm", "-quick", "-peers=none", "-case", "^f64/n=256/threads=1$", "-json", file}
	if err := run(t.Context(), args, &table, &strings.Builder{}); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	n := 0
	for ; lines.Scan(); n++ {
		var row map[string]any
		if err := json.Unmarshal(lines.Bytes(), &row); err != nil {
			t.Fatal(err)
		}
		if row["case"] != "f64/n=256/threads=1" || row["peer"] != nil || row["runs"] != 5.0 {
			t.Errorf("row %v", row)
		}
	}
	if n != 1 || !strings.Contains(table.String(), "f64/n=256/threads=1") {
		t.Errorf("%d rows in the file, table:\n%s", n, table.String())
	}
}
