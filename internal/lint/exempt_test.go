package lint

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
)

// maxExempt is how many entries exempt.txt may have. It only goes down.
const maxExempt = 0

// excuse is one entry of exempt.txt.
type excuse struct {
	line int
	size int // for rules that measure: the size that is excused
	used bool
}

// exemptions are the findings excused for now, by rule and subject.
type exemptions struct {
	path    string
	order   []string
	entries map[string]*excuse
}

// parseExempt reads lines of the form RULE SUBJECT [SIZE].
func parseExempt(path, text string) (*exemptions, error) {
	ex := &exemptions{path: path, entries: map[string]*excuse{}}
	n := 0
	for line := range strings.Lines(text) {
		n++
		line, _, _ = strings.Cut(line, "#")
		fields := strings.Fields(line)
		if len(fields) == 0 {
			continue
		}
		e := &excuse{line: n}
		if len(fields) == 3 {
			size, err := strconv.Atoi(fields[2])
			if err != nil {
				return nil, fmt.Errorf("%s:%d: the size %q is not a number", path, n, fields[2])
			}
			e.size = size
		} else if len(fields) != 2 {
			return nil, fmt.Errorf("%s:%d: want RULE SUBJECT [SIZE], got %q", path, n, line)
		}
		key := fields[0] + " " + fields[1]
		if _, twice := ex.entries[key]; twice {
			return nil, fmt.Errorf("%s:%d: %s is there twice", path, n, key)
		}
		ex.entries[key] = e
		ex.order = append(ex.order, key)
	}
	return ex, nil
}

// apply drops the findings that are excused. An offender that grew past its
// excuse stays a finding; one that shrank asks for the entry to follow it.
func (ex *exemptions) apply(found []finding) []finding {
	var left []finding
	for _, f := range found {
		e := ex.entries[f.rule+" "+f.subject]
		if e == nil || f.size > e.size {
			left = append(left, f)
			continue
		}
		e.used = true
		if f.size < e.size {
			left = append(left, finding{rule: "exempt", path: ex.path, line: e.line,
				text: fmt.Sprintf("%s shrank to %d; lower its entry from %d", f.subject, f.size, e.size)})
		}
	}
	return left
}

// stale names the entries that excused nothing.
func (ex *exemptions) stale() []finding {
	var left []finding
	for _, key := range ex.order {
		if e := ex.entries[key]; !e.used {
			left = append(left, finding{rule: "exempt", path: ex.path, line: e.line,
				text: fmt.Sprintf("%q excuses nothing any more; remove it", key)})
		}
	}
	return left
}

func TestExemptOnlyShrinks(t *testing.T) {
	found := []finding{
		{rule: "func-length", subject: "a.go:Grown", size: 90},
		{rule: "func-length", subject: "a.go:Same", size: 80},
		{rule: "func-length", subject: "a.go:Shrunk", size: 75},
		{rule: "imports", subject: "a.go:net"},
	}
	ex, err := parseExempt("exempt.txt", strings.Join([]string{
		"func-length a.go:Grown 85",
		"func-length a.go:Same 80",
		"func-length a.go:Shrunk 99 # a long one",
		"imports a.go:net",
		"names a.go",
	}, "\n"))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range append(ex.apply(found), ex.stale()...) {
		got = append(got, strings.TrimSpace(f.rule+" "+f.subject+" "+f.text))
	}
	want := []string{
		"func-length a.go:Grown",
		"exempt  a.go:Shrunk shrank to 75; lower its entry from 99",
		`exempt  "func-length a.go:Grown" excuses nothing any more; remove it`,
		`exempt  "names a.go" excuses nothing any more; remove it`,
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestExemptMalformed(t *testing.T) {
	for text, want := range map[string]string{
		"imports":           "exempt.txt:1: want RULE SUBJECT [SIZE]",
		"\nsizes a.go many": `exempt.txt:2: the size "many" is not a number`,
		"names a\nnames a":  "exempt.txt:2: names a is there twice",
	} {
		if _, err := parseExempt("exempt.txt", text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got error %v, want %q", text, err, want)
		}
	}
}
