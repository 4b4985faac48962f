package sched

import (
	"time"

	"github.com/ashlar-go/ashlar/graph"
)

type (
	// Want: a client wants keys that others made known. It is told how each of
	// them is; of an unknown one, that it is.
	Want struct {
		At     time.Duration
		Client ClientID
		Keys   []graph.Key
	}
	// Publish keeps known keys alive under a name, whoever leaves. Lineage are
	// brought values that the keys were computed from, kept with them as far as
	// they are known. With Replace it takes the place of what has the name. What
	// [Machine.MayPublish] refuses is ignored.
	Publish struct {
		At      time.Duration
		Client  ClientID
		Name    string
		Keys    []graph.Key
		Lineage []graph.Key
		Note    []byte // for whoever opens it
		Replace bool
	}
	// Unpublish ends a publication; a name that is not there is ignored.
	Unpublish struct {
		At   time.Duration
		Name string
	}
	// Forget: a client may release these keys, and their tasks are to run all
	// the same. What comes of them is kept no longer than others want it.
	Forget struct {
		At     time.Duration
		Client ClientID
		Keys   []graph.Key
	}
	// SetMetadata stores a small value for all clients; nil removes it. What
	// [Machine.MaySet] refuses is ignored.
	SetMetadata struct {
		At    time.Duration
		Path  string
		Value []byte
	}
	// LogEvent adds to the bounded log of a topic.
	LogEvent struct {
		At     time.Duration
		Topic  string
		Source string // who says so
		Value  []byte
	}
	// Restart forgets all tasks and publications: whoever wants a key is told
	// that it was cancelled, and why. The workers are to be replaced after it.
	Restart struct {
		At  time.Duration
		Why string
	}
)

func (Want) event()        {}
func (Publish) event()     {}
func (Unpublish) event()   {}
func (Forget) event()      {}
func (SetMetadata) event() {}
func (LogEvent) event()    {}
func (Restart) event()     {}

// handleCatalog does e and reports whether it is one of these events.
func (m *Machine) handleCatalog(e Event) bool {
	switch e := e.(type) {
	case Want:
		m.at(e.At)
		m.wantKnown(e)
	case Publish:
		m.at(e.At)
		m.publish(e)
	case Unpublish:
		m.at(e.At)
		m.unpublish(e.Name)
	case Forget:
		m.at(e.At)
		m.sendErrands(e)
	case SetMetadata:
		m.at(e.At)
		m.setMetadata(e)
	case LogEvent:
		m.at(e.At)
		m.logEvent(e)
	case Restart:
		m.at(e.At)
		m.restart(e)
	default:
		return false
	}
	return true
}
