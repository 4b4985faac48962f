package table

import (
	"fmt"
	"runtime"
	"testing"
	"time"

	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"
)

func rememberOne(t *testing.T) {
	b := array.NewStringBuilder(memory.DefaultAllocator)
	defer b.Release()
	for i := range remembered {
		b.Append(fmt.Sprint("lexicon", i))
	}
	words := b.NewArray()
	defer words.Release()
	if first := lexiconOf(words); lexiconOf(words) != first {
		t.Error("the same dictionary was looked at twice")
	}
	if n := lexiconCount(); n == 0 {
		t.Error("nothing is remembered")
	}
}

func lexiconCount() int {
	n := 0
	lexicons.Range(func(any, any) bool { n++; return true })
	return n
}

// What is known of a dictionary is forgotten when nobody has the dictionary.
func TestLexiconsAreForgotten(t *testing.T) {
	rememberOne(t)
	for deadline := time.Now().Add(20 * time.Second); lexiconCount() > 0; {
		if time.Now().After(deadline) {
			t.Fatalf("%d lexicons are left", lexiconCount())
		}
		runtime.GC()
		time.Sleep(time.Millisecond)
	}
}
