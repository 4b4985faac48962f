package source

import (
	"errors"
	"fmt"
	"runtime"
)

var (
	// ErrFormat marks a file that is not what its reader expects: damaged, cut
	// short, or of another format.
	ErrFormat = errors.New("source: malformed file")
	// ErrColumn marks a column that does not exist or whose type is not read.
	ErrColumn = errors.New("source: no such column")
	// ErrScheme marks a path whose scheme nobody registered.
	ErrScheme = errors.New("source: unknown scheme")
	// ErrNoMatch marks a glob that matches no file.
	ErrNoMatch = errors.New("source: no file matches")
)

// guard turns a panic of a third-party decoder on damaged bytes into an error.
// It is used only around such decoders, and a runtime.Error of ours would be
// one of the few things it could hide: the text of the panic is kept.
func guard(path string, err *error) {
	switch p := recover().(type) {
	case nil:
	case runtime.Error:
		*err = fmt.Errorf("%w: %s: decoder failed: %w", ErrFormat, path, p)
	default:
		*err = fmt.Errorf("%w: %s: decoder failed: %v", ErrFormat, path, p)
	}
}

// errWide is a value that its column cannot hold.
var errWide = errors.New("a decimal or timestamp is out of range")
