package wire

import (
	"slices"
	"sync"
)

const (
	// mostStale is the default of DataOptions.Stale.
	mostStale = 64 << 20
	// staleParts bounds how many parts of files are remembered.
	staleParts = 4096
)

// A stale is what of holders' files is in the page tables of this process and is
// not read any more. It stays, so that what is handed over in the same place
// later, as holders use memory again, is not faulted in anew, until it is more
// than most bytes: then what was read first is taken out.
type stale struct {
	mu    sync.Mutex
	most  int64
	bytes int64
	parts []stalePart // of one file they do not overlap; what was read last comes last
}

// A stalePart is whole pages of a holder's file.
type stalePart struct {
	of      *shareConn
	at, end int64
}

// pagesOf are the pages of a part of the file of c.
func pagesOf(c *shareConn, at, size int64) stalePart {
	return stalePart{c, at &^ (sharePage - 1), min(int64(len(c.memory)), (at+size+sharePage-1)&^(sharePage-1))}
}

// reread takes out what is read now, and returns how many bytes of it were there.
func (s *stale) reread(p stalePart) (there int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.cut(p)
}

// cut takes the pages of p out. The caller of this and the following holds the
// lock.
func (s *stale) cut(p stalePart) (there int64) {
	for i := 0; i < len(s.parts); i++ {
		q := s.parts[i]
		if q.of != p.of || q.at >= p.end || p.at >= q.end {
			continue
		}
		there += min(p.end, q.end) - max(p.at, q.at)
		var rest []stalePart
		if q.at < p.at {
			rest = append(rest, stalePart{q.of, q.at, p.at})
		}
		if p.end < q.end {
			rest = append(rest, stalePart{q.of, p.end, q.end})
		}
		s.parts = slices.Replace(s.parts, i, i+1, rest...)
		i += len(rest) - 1
	}
	s.bytes -= there
	return there
}

// unread enters what was read.
func (s *stale) unread(p stalePart) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.cut(p)
	s.parts = append(s.parts, p)
	s.bytes += p.end - p.at
	s.shed()
}

// limit changes how much stays.
func (s *stale) limit(most int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.most = most
	s.shed()
}

// shed has connections take out of the page tables what is too much.
func (s *stale) shed() {
	n := 0
	for ; n < len(s.parts) && (s.bytes > s.most || len(s.parts)-n > staleParts); n++ {
		p := s.parts[n]
		s.bytes -= p.end - p.at
		p.of.drop(p)
	}
	s.parts = slices.Delete(s.parts, 0, n)
}

// forget follows the end of a mapping.
func (s *stale) forget(c *shareConn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.parts = slices.DeleteFunc(s.parts, func(p stalePart) bool {
		if p.of == c {
			s.bytes -= p.end - p.at
		}
		return p.of == c
	})
}
