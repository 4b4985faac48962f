package lint

import (
	"cmp"
	"fmt"
	"slices"
	"testing"
)

// finding is one broken rule in one place.
type finding struct {
	rule string
	path string
	line int
	// subject is what exempt.txt names: stable when lines move.
	subject string
	// size is how long the offender is, for the rules that measure.
	size int
	// text says what is wrong and what to do about it.
	text string
}

func (f finding) String() string {
	return fmt.Sprintf("%s:%d: %s: %s", f.path, f.line, f.rule, f.text)
}

// rules are checked in this order, each on the whole tree.
var rules = []struct {
	name  string
	check func(*tree) ([]finding, error)
}{
	{"imports", checkImports},
	{"purity", checkPurity},
	{"sizes", checkSizes},
	{"names", checkNames},
	{"layout", checkLayout},
	{"docs", checkDocs},
	{"workplace", checkWorkplace},
}

func sortFindings(fs []finding) {
	slices.SortFunc(fs, func(a, b finding) int {
		return cmp.Or(cmp.Compare(a.path, b.path), cmp.Compare(a.line, b.line), cmp.Compare(a.text, b.text))
	})
}

// TestTree holds this module to the rules.
func TestTree(t *testing.T) {
	tr, err := load("../..")
	if err != nil {
		t.Fatal(err)
	}
	text, err := tr.read("internal/lint/exempt.txt")
	if err != nil {
		t.Fatal(err)
	}
	ex, err := parseExempt("internal/lint/exempt.txt", string(text))
	if err != nil {
		t.Fatal(err)
	}
	if len(ex.entries) > maxExempt {
		t.Errorf("internal/lint/exempt.txt has %d entries, at most %d are allowed: mend the finding instead", len(ex.entries), maxExempt)
	}
	for _, r := range rules {
		t.Run(r.name, func(t *testing.T) {
			found, err := r.check(tr)
			if err != nil {
				t.Fatal(err)
			}
			found = ex.apply(found)
			sortFindings(found)
			for _, f := range found {
				t.Error(f)
			}
		})
	}
	for _, f := range ex.stale() {
		t.Error(f)
	}
}
