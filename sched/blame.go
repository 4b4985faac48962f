package sched

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/ashlar-go/ashlar/graph"
)

// When a worker is lost, what it was executing is not known: what it last said
// may have ended since, and something else begun. So all that was assigned to it
// is marked. That alone makes nothing err. But what has AllowedFailures marks is
// wary: it gets a worker to itself. When that one is lost too, there is no
// doubt, and the task errs. What seceded most likely waited, and is marked like
// the rest, but errs only without doubt, or after many times as many losses.

// solitude is how long a worker is kept from others for a wary task, before it
// has it and while it executes it: they may be what it, or what is before it,
// waits for.
const solitude = 10 * time.Second

// isWary reports whether i is to be executed alone.
func (m *Machine) isWary(i uint32) bool {
	return len(m.kills) > 0 && len(m.kills[i]) >= max(1, m.cfg.AllowedFailures)
}

// mark notes that w is lost at all that it may have been executing, and returns
// what errs for that.
func (m *Machine) mark(w *worker, cause string) (guilty []uint32) {
	death := fmt.Sprintf("%s: %s", w.name, cause)
	executing, away := m.queuedAt(w), m.tasks.all(&w.away)
	for _, i := range append(executing, away...) {
		m.kills[i] = append(m.kills[i], death)
		enough, alone := 2*m.cfg.AllowedFailures+1, len(executing) == 1
		if m.isAway(i) {
			enough, alone = awayFactor*(enough+1), len(executing)+len(away) == 1
		}
		if n := len(m.kills[i]); n > m.cfg.AllowedFailures && alone && m.isCertain(w) || n > enough {
			guilty = append(guilty, i)
		}
	}
	return guilty
}

// awayFactor is how many times as many workers as any other task, in doubt, one
// may take with it that seceded: others, which it waits for, come and go beside it.
const awayFactor = 4

// isCertain reports whether w executed nothing but what was assigned to it: neither
// something that it was told to stop, nor an actor.
func (m *Machine) isCertain(w *worker) bool {
	return w.ghosts == 0 && (len(m.actors) == 0 || !slices.ContainsFunc(m.tasks.all(&w.held), m.isActor))
}

func (m *Machine) isActor(i uint32) bool { return m.actorOf(i) != nil }

// convict is the error of what took too many workers with it.
func (m *Machine) convict(i uint32) {
	ks := m.kills[i]
	m.fail(i, m.newError(i, graph.KindKilled, fmt.Sprintf(
		"%d workers were lost that executed it, or may have: %s", len(ks), strings.Join(ks, "; "))))
}

// pacify notes what w says to be executing: what it was told to stop may take
// its time, and take the worker with it. A heartbeat may have been sent before
// the worker was told, the next hardly.
func (m *Machine) pacify(w *worker) {
	for _, id := range w.status.Running {
		if i := m.find(id); i == none || !m.worksAt(i, w) {
			w.ghosts = max(w.ghosts, 1)
			return
		}
	}
	w.ghosts = max(0, w.ghosts-1)
}

// isolate gives i, which is wary, to w as soon as that has nothing else to do,
// and until it ends nothing else.
func (m *Machine) isolate(i uint32, w *worker) {
	if w.vain && w.proc.n+w.ahead.n > 0 {
		m.assign(i, w, m.class(i)) // it waited for its like already
		return
	}
	m.disperse(&w.backlog)
	w.only, w.alone = i, m.now
	if !slices.Contains(m.solitary, w) {
		m.solitary = append(m.solitary, w)
	}
	m.postpone(i, w)
	m.goAlone(w)
}

// goAlone gives w what it is kept free for, if it is free by now, or others have
// waited for too long.
func (m *Machine) goAlone(w *worker) {
	i, free := w.only, w.proc.n+w.ahead.n == 0
	if i == none || m.tasks.hot(i).state != StateQueued || w.paused || w.retiring || w.gone || !free && !m.isOver(w) {
		return
	}
	m.dequeue(i)
	w.vain = !free
	if free {
		w.only = i // so it was until it left the backlog
	}
	m.assign(i, w, m.class(i))
}

func (m *Machine) isOver(w *worker) bool { return m.now-w.alone >= solitude }

// open lets others come to w again.
func (m *Machine) open(w *worker) {
	w.only = none
	m.reweigh(w)
	m.soil(w)
}

// endSolitude opens workers that were kept from others for too long.
func (m *Machine) endSolitude() {
	m.solitary = slices.DeleteFunc(m.solitary, func(w *worker) bool { return w.gone || w.only == none })
	for _, w := range m.solitary {
		switch {
		case !m.isOver(w):
		case m.worksAt(w.only, w):
			m.open(w)
		default:
			m.soil(w)
		}
	}
}

// checkSolitude: a worker is kept for one task, which it has or is to get.
func (m *Machine) checkSolitude([]uint32) error {
	for _, w := range m.inOrder() {
		i := w.only
		switch {
		case i == none:
		case !slices.Contains(m.solitary, w):
			return fmt.Errorf("worker %s is kept for %v and never looked at", w.name, m.id(i))
		case m.worksAt(i, w) && w.ahead.n+w.backlog.live == 0: // others may have come back from being away
		case m.tasks.hot(i).state != StateQueued || m.tasks.cold(i).queue != w.backlog.id || w.backlog.live != 1:
			return fmt.Errorf("worker %s is kept for %v, which is %v, and has %d tasks and a backlog of %d",
				w.name, m.id(i), m.tasks.hot(i).state, w.processing(), w.backlog.live)
		case w.proc.n+w.ahead.n == 0 && !w.paused && !w.retiring:
			return fmt.Errorf("worker %s idles, and is kept for %v", w.name, m.id(i))
		}
	}
	return nil
}
