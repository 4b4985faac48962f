package lint

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

var rewrite = flag.Bool("rewrite", false, "rewrite the wanted findings in testdata")

// TestRules runs all rules on the small trees in testdata. Each archive is a
// tree of sources, most of them bad, and last a file "want" with the findings.
// A go.mod is added where an archive has none.
func TestRules(t *testing.T) {
	archives, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(archives) == 0 {
		t.Fatalf("no archives in testdata (%v)", err)
	}
	for _, name := range archives {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			a, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			last := len(a.Files) - 1
			if last < 0 || a.Files[last].Name != "want" {
				t.Fatalf("%s: the last file must be named want", name)
			}
			got := findAll(t, a.Files[:last])
			if *rewrite {
				a.Files[last].Data = []byte(got)
				if err := os.WriteFile(name, txtar.Format(a), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if want := string(a.Files[last].Data); got != want {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
}

// findAll lays the files out as a module and prints what all rules find.
func findAll(t *testing.T, files []txtar.File) string {
	t.Helper()
	root := t.TempDir()
	files = append([]txtar.File{{Name: "go.mod", Data: []byte("module github.com/ashlar-go/ashlar\n\ngo 1.26.0\n")}}, files...)
	for _, f := range files {
		full := filepath.Join(root, filepath.FromSlash(f.Name))
		if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(full, f.Data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	tr, err := load(root)
	if err != nil {
		t.Fatal(err)
	}
	var found []finding
	for _, r := range rules {
		fs, err := r.check(tr)
		if err != nil {
			t.Fatal(err)
		}
		found = append(found, fs...)
	}
	sortFindings(found)
	var b strings.Builder
	for _, f := range found {
		b.WriteString(f.String() + "\n")
	}
	return b.String()
}
