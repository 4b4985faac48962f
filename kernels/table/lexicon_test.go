package table

import (
	"bytes"
	"fmt"
	"runtime"
	"slices"
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

// TestLexiconsOfSharedBuffers: two dictionaries may share the buffer that says where
// texts end, or all but what is null, and nothing else.
func TestLexiconsOfSharedBuffers(t *testing.T) {
	b := array.NewStringBuilder(memory.DefaultAllocator)
	defer b.Release()
	for i := range remembered {
		b.Append(fmt.Sprintf("lower%05d", i))
	}
	lower := b.NewArray()
	defer lower.Release()
	ends, text := lower.Data().Buffers()[1], lower.Data().Buffers()[2]
	first := lexiconOf(lower)
	for name, buffers := range map[string][]*memory.Buffer{
		"other texts": {nil, ends, memory.NewBufferBytes(bytes.ToUpper(text.Bytes()))},
		"nulls":       {memory.NewBufferBytes(make([]byte, remembered/8)), ends, text},
	} {
		data := array.NewData(lower.DataType(), lower.Len(), buffers, nil, map[string]int{"nulls": remembered}[name], 0)
		other := array.MakeFromData(data)
		if second := lexiconOf(other); second == first || slices.Equal(second.hashes, first.hashes) {
			t.Errorf("%s: what is known of another dictionary is taken for what is known of this one", name)
		}
		other.Release()
		data.Release()
	}
}
