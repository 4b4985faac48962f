package graph

import "context"

// A Library is a [Runner] that keeps values under names, for whoever asks for
// them by name: the client of a cluster is one.
type Library interface {
	Runner
	// PublishKeys keeps the values of keys, which the caller holds, under a name,
	// with a note for whoever opens them.
	PublishKeys(ctx context.Context, name string, note []byte, keys ...Key) error
	// OpenHeld returns what was published under a name, held, and the note.
	OpenHeld(ctx context.Context, name string) (held []Held, note []byte, err error)
}
