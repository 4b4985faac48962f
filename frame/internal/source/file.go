package source

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"
)

// File is a source opened for reading at any offset.
type File struct {
	io.ReaderAt
	Path  string // as it was given to Open
	Size  int64
	close func() error

	modified time.Time
}

// Version changes when the file does, as far as its size and the time of its
// last change tell.
func (f *File) Version() string { return fmt.Sprintf("%d@%d", f.Size, f.modified.UnixNano()) }

// Close releases the file.
func (f *File) Close() error { return f.close() }

var schemes struct {
	sync.RWMutex
	fs map[string]fs.FS
}

// RegisterFS makes the files of fsys readable as scheme://name by this
// process. Every process of a cluster must register the same, before it reads.
// Registering a scheme twice panics, as does "file".
func RegisterFS(scheme string, fsys fs.FS) {
	schemes.Lock()
	defer schemes.Unlock()
	if _, taken := schemes.fs[scheme]; taken || scheme == "file" || scheme == "" {
		panic(fmt.Sprintf("source: scheme %q is registered twice or reserved", scheme))
	}
	if schemes.fs == nil {
		schemes.fs = map[string]fs.FS{}
	}
	schemes.fs[scheme] = fsys
}

// locate splits a path into the file system it names (nil for the local one)
// and the name there.
func locate(name string) (fsys fs.FS, rest string, err error) {
	scheme, rest, found := strings.Cut(name, "://")
	if !found {
		return nil, name, nil
	}
	if scheme == "file" {
		return nil, rest, nil
	}
	schemes.RLock()
	defer schemes.RUnlock()
	fsys, ok := schemes.fs[scheme]
	if !ok {
		known := []string{"file"}
		for s := range schemes.fs {
			known = append(known, s)
		}
		slices.Sort(known)
		return nil, "", fmt.Errorf("%w: %s: %q is none of %s", ErrScheme, name, scheme, strings.Join(known, ", "))
	}
	return fsys, path.Clean(rest), nil
}

// Open opens a local path, a file:// path or a path of a registered scheme.
// Errors name the path and wrap fs.ErrNotExist, ErrScheme or what the file
// system says.
func Open(name string) (*File, error) {
	fsys, rest, err := locate(name)
	if err != nil {
		return nil, err
	}
	var f fs.File
	if fsys == nil {
		f, err = os.Open(rest)
	} else {
		f, err = fsys.Open(rest)
	}
	if err != nil {
		return nil, fmt.Errorf("source: cannot open %s: %w", name, bare(err))
	}
	opened, err := newFile(name, f)
	if err != nil {
		f.Close()
		return nil, fmt.Errorf("source: cannot read %s: %w", name, bare(err))
	}
	return opened, nil
}

// bare drops the path that an fs.PathError repeats.
func bare(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}

func newFile(name string, f fs.File) (*File, error) {
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if info.IsDir() {
		return nil, errors.New("it is a directory (name a file, or a pattern such as dir/*.parquet)")
	}
	if at, ok := f.(io.ReaderAt); ok {
		return &File{ReaderAt: at, Path: name, Size: info.Size(), close: f.Close, modified: info.ModTime()}, nil
	}
	// A file system without random access: keep the file in memory.
	all, err := io.ReadAll(f)
	if err != nil {
		return nil, err
	}
	return &File{ReaderAt: bytes.NewReader(all), Path: name, Size: int64(len(all)), close: f.Close, modified: info.ModTime()}, nil
}

// Glob returns the paths that match a pattern of path.Match (filepath.Match
// for local ones), sorted, each as Open takes it. A path without any of *?[ is
// returned as it is, existing or not. A pattern that matches nothing is
// ErrNoMatch.
func Glob(pattern string) ([]string, error) {
	fsys, rest, err := locate(pattern)
	if err != nil {
		return nil, err
	}
	if !strings.ContainsAny(rest, "*?[") {
		return []string{pattern}, nil
	}
	var found []string
	if fsys == nil {
		found, err = filepath.Glob(rest)
	} else {
		found, err = fs.Glob(fsys, rest)
	}
	if err != nil {
		return nil, fmt.Errorf("source: pattern %s: %w", pattern, err)
	}
	if len(found) == 0 {
		return nil, fmt.Errorf("%w: %s", ErrNoMatch, pattern)
	}
	slices.Sort(found)
	if prefix, _, has := strings.Cut(pattern, "://"); has {
		for i := range found {
			found[i] = prefix + "://" + found[i]
		}
	}
	return found, nil
}

// Create creates or truncates a local file for writing. Registered schemes are
// read-only.
func Create(name string) (*os.File, error) {
	fsys, rest, err := locate(name)
	if err != nil {
		return nil, err
	}
	if fsys != nil {
		return nil, fmt.Errorf("source: cannot write %s: its scheme is read-only", name)
	}
	f, err := os.Create(rest)
	if err != nil {
		return nil, fmt.Errorf("source: cannot write %s: %w", name, bare(err))
	}
	return f, nil
}
