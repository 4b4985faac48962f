package sched

import (
	"fmt"

	"github.com/ashlar-go/ashlar/graph"
)

// catalogEvent reads the commands
//
//	want C KEY… | forget C KEY… | publish C NAME KEY… [lineage=(KEY,…)] [replace=yes] | unpublish NAME
//	restart WHY
//
// It returns nil if it is none of them.
func (s *script) catalogEvent() Event {
	switch s.d.Cmd {
	case "want":
		return Want{s.now, s.client(), keys(s.plain(1))}
	case "forget":
		return Forget{s.now, s.client(), keys(s.plain(1))}
	case "publish":
		e := Publish{At: s.now, Client: s.client(), Name: s.arg(1), Keys: keys(s.plain(2)), Lineage: keys(s.vals("lineage")), Replace: s.vals("replace") != nil}
		if err := s.m.MayPublish(e); err != nil {
			fmt.Fprintln(&s.said, err)
		}
		return e
	case "unpublish":
		return Unpublish{s.now, s.arg(0)}
	case "restart":
		return Restart{s.now, s.arg(0)}
	}
	return nil
}

// turnCatalog is a turn of the random world.
func (w *world) turnCatalog() {
	c, name := w.someClient(), fmt.Sprint("d", w.next(3))
	switch w.next(8) {
	case 0, 1:
		w.step(Want{w.now, c, []graph.Key{w.key(), w.key()}})
	case 2, 3:
		w.step(Publish{At: w.now, Client: c, Name: name, Keys: []graph.Key{w.key(), w.key()}, Lineage: []graph.Key{w.key()}, Replace: w.next(2) == 0})
	case 4:
		w.step(Unpublish{w.now, name})
	case 5, 6:
		w.step(Forget{w.now, c, []graph.Key{w.key(), w.key()}})
	case 7:
		if w.next(4) == 0 {
			w.step(Restart{w.now, "so it goes"})
		}
	}
}

// emptyCatalog ends all publications.
func (w *world) emptyCatalog() {
	for _, name := range w.m.Datasets() {
		w.step(Unpublish{w.now, name})
	}
}
