package sched

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/ashlar-go/ashlar/graph"
)

// Bounds of what the scheduler keeps for its clients.
const (
	MaxNote     = 64 << 10 // bytes of one value of metadata, of one event, of the note of a dataset
	maxMetadata = 4096     // values
	maxTopics   = 128
	maxLog      = 1024 // events a topic
)

// Why the catalogue refuses something.
var (
	ErrExists   = errors.New("exists already")
	ErrTooLarge = errors.New("too large")
	ErrUnknown  = errors.New("unknown")
)

// A catalog is what the scheduler keeps for its clients under names.
type catalog struct {
	pins     map[graph.Key]int32 // see pin.go
	errands  map[graph.Key]bool
	datasets map[string]*Dataset
	metadata map[string][]byte
	logs     map[string]*topicLog
	logged   int // events ever
}

func newCatalog() catalog {
	return catalog{
		pins: map[graph.Key]int32{}, errands: map[graph.Key]bool{},
		datasets: map[string]*Dataset{}, metadata: map[string][]byte{}, logs: map[string]*topicLog{},
	}
}

// A Dataset is keys kept alive under a name.
type Dataset struct {
	Name   string
	Keys   []graph.Key
	Note   []byte
	pinned []graph.Key // keys and lineage, each once
}

// A LoggedEvent is one entry of the log of a topic.
type LoggedEvent struct {
	At     time.Duration
	Source string
	Value  []byte
}

// A topicLog is the last events of a topic.
type topicLog struct {
	events []LoggedEvent
	used   int // when it was written last: see Machine.logged
}

// MayPublish returns why e would be ignored; nil if it would not.
func (m *Machine) MayPublish(e Publish) error {
	switch {
	case e.Name == "":
		return fmt.Errorf("sched: publish: a dataset has a name")
	case m.datasets[e.Name] != nil && !e.Replace:
		return fmt.Errorf("sched: publish: dataset %q %w: unpublish it first", e.Name, ErrExists)
	case len(e.Note) > MaxNote:
		return fmt.Errorf("sched: publish %q: a note of %d bytes is %w, %d are allowed", e.Name, len(e.Note), ErrTooLarge, MaxNote)
	}
	for _, k := range e.Keys {
		if m.names.find(k) == nil {
			return fmt.Errorf("sched: publish %q: key %v is %w here: it was released, or never submitted", e.Name, k, ErrUnknown)
		}
	}
	return nil
}

func (m *Machine) publish(e Publish) {
	if m.MayPublish(e) != nil {
		return
	}
	d := &Dataset{Name: e.Name, Keys: e.Keys, Note: e.Note}
	seen := map[graph.Key]bool{}
	for _, k := range slices.Concat(e.Keys, e.Lineage) {
		if n := m.names.find(k); n != nil && !seen[k] {
			seen[k] = true
			m.pin(n)
			d.pinned = append(d.pinned, k)
			if m.tasks.hot(n.task).state == StateReleased {
				m.activate(n.task)
			}
		}
	}
	m.unpublish(e.Name) // what both have is pinned by now, and stays
	m.datasets[e.Name] = d
}

func (m *Machine) unpublish(name string) {
	d := m.datasets[name]
	if d == nil {
		return
	}
	delete(m.datasets, name)
	for _, k := range d.pinned {
		m.unpin(k)
	}
}

// Dataset returns what is published under a name; it is not to be changed.
func (m *Machine) Dataset(name string) (*Dataset, bool) {
	d := m.datasets[name]
	return d, d != nil
}

// Datasets returns the names of all datasets, in order.
func (m *Machine) Datasets() []string { return slices.Sorted(maps.Keys(m.datasets)) }

// MaySet returns why e would be ignored; nil if it would not.
func (m *Machine) MaySet(e SetMetadata) error {
	_, has := m.metadata[e.Path]
	switch {
	case e.Path == "":
		return fmt.Errorf("sched: metadata: a value has a path")
	case len(e.Value) > MaxNote:
		return fmt.Errorf("sched: metadata %q: a value of %d bytes is %w, %d are allowed: scatter it, and publish the future", e.Path, len(e.Value), ErrTooLarge, MaxNote)
	case !has && len(m.metadata) >= maxMetadata:
		return fmt.Errorf("sched: metadata %q: %w: there are %d values already; remove some", e.Path, ErrTooLarge, maxMetadata)
	}
	return nil
}

func (m *Machine) setMetadata(e SetMetadata) {
	switch {
	case e.Value == nil:
		delete(m.metadata, e.Path)
	case m.MaySet(e) == nil:
		m.metadata[e.Path] = bytes.Clone(e.Value)
	}
}

// Metadata returns the value of a path, and whether there is one.
func (m *Machine) Metadata(path string) ([]byte, bool) {
	v, has := m.metadata[path]
	return v, has
}

// logEvent keeps the last events of the topics that were written to last.
func (m *Machine) logEvent(e LogEvent) {
	l := m.logs[e.Topic]
	if l == nil {
		if len(m.logs) >= maxTopics {
			delete(m.logs, m.stalest())
		}
		l = &topicLog{}
		m.logs[e.Topic] = l
	}
	m.logged++
	l.used = m.logged
	if len(l.events) == 2*maxLog {
		l.events = append(l.events[:0], l.events[maxLog:]...)
	}
	l.events = append(l.events, LoggedEvent{e.At, e.Source, bytes.Clone(e.Value)})
}

func (m *Machine) stalest() (topic string) {
	oldest := m.logged + 1
	for t, l := range m.logs { // order-free: no two were written at once
		if l.used < oldest {
			topic, oldest = t, l.used
		}
	}
	return topic
}

// Events returns the last events of a topic, oldest first.
func (m *Machine) Events(topic string) []LoggedEvent {
	l := m.logs[topic]
	if l == nil {
		return nil
	}
	return l.events[max(0, len(l.events)-maxLog):]
}

func (m *Machine) clientIDs() []ClientID { return slices.Sorted(maps.Keys(m.clients)) }

func sortedKeys[V any](set map[graph.Key]V) []graph.Key {
	return slices.SortedFunc(maps.Keys(set), func(a, b graph.Key) int {
		return cmp.Or(bytes.Compare(a.Hash[:], b.Hash[:]), cmp.Compare(a.Name, b.Name))
	})
}
