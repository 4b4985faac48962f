package sched

// A tree is a tournament of the members of a group: its root is the least
// loaded one that can be given a task, in the order of lighter.
type tree struct {
	all  bool            // of the group of all workers, who know their leaves themselves
	at   map[*worker]int // leaf of each member
	node []*worker       // 1 is the root; leaves from len/2 on; nil: none that is open
	free []int           // leaves of nobody
}

func newTree() tree { return tree{at: map[*worker]int{}, node: make([]*worker, 2), free: []int{1}} }

// leaf returns that of w, or 0 if it is no member.
func (tr *tree) leaf(w *worker) int {
	if tr.all {
		return w.leaf
	}
	return tr.at[w]
}

func (tr *tree) has(w *worker) bool { return tr.leaf(w) > 0 }

// seat makes k the leaf of w; 0 is none.
func (tr *tree) seat(w *worker, k int) {
	switch {
	case tr.all:
		w.leaf = k
	case k > 0:
		tr.at[w] = k
	default:
		delete(tr.at, w)
	}
}

func better(a, b *worker) *worker {
	if a == nil || b != nil && lighter(b, a) {
		return b
	}
	return a
}

func (tr *tree) least() *worker { return tr.node[1] }

func (tr *tree) add(g *group, w *worker) {
	if len(tr.free) == 0 {
		tr.grow(g)
	}
	n := len(tr.free) - 1
	tr.seat(w, tr.free[n])
	tr.free = tr.free[:n]
	tr.update(g, w)
}

// grow doubles the leaves.
func (tr *tree) grow(g *group) {
	n := len(tr.node) // leaves from now on
	tr.node = make([]*worker, 2*n)
	for k, w := range g.members {
		if tr.has(w) {
			tr.seat(w, n+k)
		}
	}
	for k := 2*n - 1; k >= n+n/2; k-- {
		tr.free = append(tr.free, k)
	}
	for _, w := range g.members {
		if tr.has(w) {
			tr.update(g, w)
		}
	}
}

func (tr *tree) remove(w *worker) {
	k := tr.leaf(w)
	tr.seat(w, 0)
	tr.free = append(tr.free, k)
	tr.set(k, nil, w)
}

// update puts w, whose load has changed, where it belongs.
func (tr *tree) update(g *group, w *worker) {
	if g.open(w) {
		tr.set(tr.leaf(w), w, w)
	} else {
		tr.set(tr.leaf(w), nil, w)
	}
}

// set gives leaf k to v, and plays the games again that w was in.
func (tr *tree) set(k int, v, w *worker) {
	tr.node[k] = v
	for k /= 2; k > 0; k /= 2 {
		win := better(tr.node[2*k], tr.node[2*k+1])
		if tr.node[k] == win && win != w {
			return
		}
		tr.node[k] = win
	}
}

// reweigh puts w where it belongs in all its groups.
func (m *Machine) reweigh(w *worker) {
	for _, g := range w.groups {
		g.loads.update(g, w)
	}
}
