package client

import (
	"log/slog"
	"time"
)

// An Option changes how Connect connects.
type Option func(*settings)

type settings struct {
	name      string
	observer  bool
	dial      time.Duration
	reconnect time.Duration
	log       *slog.Logger
	checksums bool
	compress  string
}

// Name is what the scheduler calls this client in its log.
func Name(name string) Option { return func(s *settings) { s.name = name } }

// Observer connects to look, not to work: the program may be another than that
// of the workers, and can ask for Info but not submit.
func Observer() Option { return func(s *settings) { s.observer = true } }

// DialTimeout bounds the first connecting; default 5 s.
func DialTimeout(d time.Duration) Option { return func(s *settings) { s.dial = d } }

// Reconnect is how long a broken connection may take to come back before
// everything that waits gets ErrDisconnected; default 3 s. The scheduler's
// lease bounds it too.
func Reconnect(d time.Duration) Option { return func(s *settings) { s.reconnect = d } }

// Log is told about lost connections; default nobody.
func Log(l *slog.Logger) Option { return func(s *settings) { s.log = l } }

// Checksums has results from other hosts compared with a checksum of their
// worker's. What was damaged on its way is fetched elsewhere, or computed again.
func Checksums() Option { return func(s *settings) { s.checksums = true } }

// Compress has results from other hosts made smaller by "lz4" or "zstd", where the
// link, as measured, is slower than that. Connect fails for any other name.
func Compress(method string) Option { return func(s *settings) { s.compress = method } }

func newSettings(opts []Option) settings {
	s := settings{dial: 5 * time.Second, reconnect: 3 * time.Second, log: slog.New(slog.DiscardHandler)}
	for _, o := range opts {
		o(&s)
	}
	return s
}
