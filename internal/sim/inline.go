package sim

import (
	"encoding/binary"

	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/sched"
	"github.com/ashlar-go/ashlar/worker"
)

// inlineLimit is up to which size values travel with what is said of them:
// about half of them do.
const inlineLimit = 70_000

func encode(v uint64) string { return string(binary.LittleEndian.AppendUint64(nil, v)) }

func (w *world) decode(e string) uint64 {
	if len(e) != 8 {
		w.fail("%q is no inlined value", e)
		return 0
	}
	return binary.LittleEndian.Uint64([]byte(e))
}

// inlined is the encoding of a dependency as the worker gets it.
func inlined(e string) []byte {
	if e == "" {
		return nil
	}
	return []byte(e)
}

// small returns the encodings of those results that a reports, and that are
// small.
func (n *node) small(a worker.Action) map[graph.TaskID]string {
	es := map[graph.TaskID]string{}
	if r, ok := a.(worker.Report); ok {
		for _, t := range r.Tasks {
			if v, has := n.store[worker.Item{Task: t.Task, Part: -1}]; has && t.Bytes <= inlineLimit {
				es[t.Task] = encode(v.value)
			}
		}
	}
	return es
}

// came takes the value that came with the news that it is there, if it did.
func (c *client) came(a sched.Ready, wt *want) bool {
	if a.Inline == "" {
		return false
	}
	if v := c.w.decode(a.Inline); v != c.w.things[c.w.byKey[a.Key]].value {
		c.w.fail("client %d was sent a wrong value of %v", c.id, a.Key)
	}
	wt.got = true
	c.w.res.Ready++
	c.w.res.Inlined++
	return true
}
