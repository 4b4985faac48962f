package sim

import (
	"fmt"
	"slices"

	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/sched"
)

// useCatalog publishes, opens what others made known, fires and forgets, and now
// and then restarts the cluster.
func (c *client) useCatalog() {
	w := c.w
	name := fmt.Sprint("dataset ", c.rng.IntN(4))
	some := c.some()
	switch c.rng.IntN(8) {
	case 0, 1:
		if len(some) > 0 {
			w.res.Published++
			c.say(sched.Publish{Client: c.id, Name: name, Keys: c.keys(some), Lineage: c.keys(c.lineage(some))})
		}
	case 2:
		c.say(sched.Unpublish{Name: name})
	case 3, 4:
		if len(some) > 0 {
			w.res.Forgotten++
			c.say(sched.Forget{Client: c.id, Keys: c.keys(some)})
			c.release(some)
		}
	case 5, 6:
		if d, has := w.m.Dataset(name); has {
			w.res.Opened++
			for _, k := range d.Keys {
				c.wants[w.byKey[k]] = &want{}
			}
			c.say(sched.Want{Client: c.id, Keys: d.Keys})
		}
	case 7:
		if w.faults&Cancel != 0 && c.chance(20) {
			w.res.Restarts++
			c.say(sched.Restart{Why: "a client wants it"})
			w.after(w.delay(), w.restartWorkers)
		}
	}
}

// lineage is what is brought for some things.
func (c *client) lineage(some []int) (data []int) {
	for j, t := range c.w.things {
		if t.data && slices.ContainsFunc(some, func(i int) bool { return c.w.things[i].over(j) }) {
			data = append(data, j)
		}
	}
	return data
}

// restartWorkers has all workers join anew, as the server does.
func (w *world) restartWorkers() {
	for _, n := range w.nodes {
		if n.dead || n.hung || n.link == nil || n.link.cut {
			continue
		}
		l := n.link
		n.disconnect("the cluster was restarted", true)
		w.after(w.delay(), func() { n.reset(l) })
	}
}

// unsettled returns a published key that has neither value nor error, and its
// task.
func (w *world) unsettled() (k graph.Key, id graph.TaskID, is bool) {
	for _, name := range w.m.Datasets() {
		d, _ := w.m.Dataset(name)
		for _, k := range d.Keys {
			id, known := w.m.Lookup(k)
			if s := w.m.State(id); !known || s != sched.StateMemory && s != sched.StateErred {
				return k, id, true
			}
		}
	}
	return k, id, false
}

// verifyDatasets: what is published has a value, or an error, in the end.
func (w *world) verifyDatasets() {
	if k, id, is := w.unsettled(); is {
		w.fail("%v is published, and %s", k, w.why(id))
	}
}

// emptyCatalog ends all publications.
func (w *world) emptyCatalog() {
	for _, name := range w.m.Datasets() {
		w.toSched(sched.Unpublish{At: w.now, Name: name})
	}
}
