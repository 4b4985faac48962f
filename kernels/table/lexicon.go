package table

import (
	"runtime"
	"sync"
	"weak"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/memory"
)

// A lexicon is what is known of a dictionary of strings.
type lexicon struct {
	hashes  []uint64 // of each entry, 0 for a null
	numbers []uint32 // of each entry, equal for equal ones; nil if no two are equal
	size    int      // numbers are below it
}

// A lexiconKey names the strings of a dictionary by where they are: columns may
// share where texts end and not the texts, or those and not which are null. The
// buffers are held weakly: an entry goes when the dictionary does.
type lexiconKey struct {
	valid, ends, text weak.Pointer[memory.Buffer]
	offset, len       int
}

// lexicons are those of larger dictionaries, which many batches share and many
// operations look at.
var lexicons sync.Map // lexiconKey → *lexicon

// remembered is how many entries a dictionary has for its lexicon to be kept.
const remembered = 256

// lexiconOf returns the lexicon of a plain column of strings, which is a
// dictionary and so never changes.
func lexiconOf(words arrow.Array) *lexicon {
	data := words.Data()
	if words.Len() < remembered || data.Buffers()[1] == nil {
		return newLexicon(words)
	}
	ends := data.Buffers()[1]
	key := lexiconKey{weak.Make(data.Buffers()[0]), weak.Make(ends), weak.Make(data.Buffers()[2]), data.Offset(), data.Len()}
	if lex, ok := lexicons.Load(key); ok {
		return lex.(*lexicon)
	}
	lex, known := lexicons.LoadOrStore(key, newLexicon(words))
	if !known {
		runtime.AddCleanup(ends, func(k lexiconKey) { lexicons.Delete(k) }, key)
	}
	return lex.(*lexicon)
}

func newLexicon(words arrow.Array) *lexicon {
	t := newTextTable()
	lex := &lexicon{hashes: textHashes(words)}
	numbers := t.addAll(words)
	if lex.size = t.size(); lex.size < len(numbers) {
		lex.numbers = numbers
	}
	return lex
}
