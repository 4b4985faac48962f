package graph

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// A Spec says where and how a task may run. The zero Spec is: anywhere, once.
// It survives every optimisation: only tasks of equal Spec are fused.
type Spec struct {
	// Resources are taken from the worker while the task runs.
	Resources Resources
	// Workers and Hosts, where given, name the only workers (by name or
	// address) and hosts that may run the task; with Loose they are a
	// preference that yields when none of them is there.
	Workers []string
	Hosts   []string
	Loose   bool
	// Yields makes the resource GPU a preference: where no worker allowed has
	// it, the task runs on CPU threads, and takes none of Resources.
	Yields bool
	// Auto, where it is not nil, leaves it to cost whether the task runs on a
	// device: [Optimize] decides, and sets Resources and Yields. It is for who
	// plans, and does not travel.
	Auto *Processors
	// Priority goes before submission and graph order; higher runs first.
	Priority int32
	// Retries is how often the task runs again after an error of its own.
	Retries int32
	// Timeout bounds one execution; 0 is unbounded.
	Timeout time.Duration
	// Actor says that the value is the state of an actor: it stays on the
	// worker that made it, and is lost with that.
	Actor bool
}

// IsZero reports whether s restricts nothing.
func (s Spec) IsZero() bool { return s.Fingerprint() == Spec{}.Fingerprint() }

// Equal reports whether the two specs say the same.
func (s Spec) Equal(t Spec) bool {
	return slices.Equal(s.Resources, t.Resources) && slices.Equal(s.Workers, t.Workers) &&
		slices.Equal(s.Hosts, t.Hosts) && s.Loose == t.Loose && s.Priority == t.Priority &&
		s.Retries == t.Retries && s.Timeout == t.Timeout && s.Actor == t.Actor &&
		s.Yields == t.Yields && (s.Auto == t.Auto || s.Auto != nil && t.Auto != nil && *s.Auto == *t.Auto)
}

// Fingerprint returns a string that is equal for equal specs.
func (s Spec) Fingerprint() string {
	f := fmt.Sprintf("%q %q %q %t %d %d %d %t",
		s.Resources.String(), s.Workers, s.Hosts, s.Loose, s.Priority, s.Retries, s.Timeout, s.Actor)
	if s.Yields {
		f += " yields"
	}
	if s.Auto != nil {
		f += fmt.Sprintf(" auto %v", *s.Auto)
	}
	return f
}

// String names the restrictions, as error messages need them.
func (s Spec) String() string {
	var p []string
	if len(s.Resources) > 0 {
		p = append(p, "resources "+s.Resources.String())
		if s.Yields {
			p[0] += " or none"
		}
	}
	if len(s.Workers) > 0 {
		p = append(p, "workers "+strings.Join(s.Workers, " "))
	}
	if len(s.Hosts) > 0 {
		p = append(p, "hosts "+strings.Join(s.Hosts, " "))
	}
	if len(p) == 0 {
		return "no restriction"
	}
	return strings.Join(p, ", ")
}

// A Cost is what an op expects of one task before any has run. Zero fields are
// unknown.
type Cost struct {
	Flops   int64 // arithmetic operations
	Bytes   int64 // memory traffic, bytes
	Output  int64 // size of the result, bytes
	Scratch int64 // memory needed besides inputs and result, bytes
	// Sure says that Output is what the result takes, and no guess, and
	// SureScratch is as much of Scratch. They are for who plans, and do not
	// travel.
	Sure        bool
	SureScratch int64
}

// A Class is what many tasks of a graph have in common. A graph holds each
// distinct class once.
type Class struct {
	Op   string
	Spec Spec
	Cost Cost
	// Label is for people and for measuring durations, where Op alone says
	// too little, as in a fused chain; empty means Op.
	Label string
}

// Name returns the label, or the op if there is none.
func (c *Class) Name() string {
	if c.Label != "" {
		return c.Label
	}
	return c.Op
}
