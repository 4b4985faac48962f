package sched

// A tree is a tournament of the members of a group: its root is the least
// loaded one that can be given a task, in the order of lighter.
type tree struct {
	at   map[*worker]int // leaf of each member
	node []*worker       // 1 is the root; leaves from len/2 on; nil: none that is open
	free []int           // leaves of nobody
}

func newTree() tree { return tree{at: map[*worker]int{}, node: make([]*worker, 2), free: []int{1}} }

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
	tr.at[w] = tr.free[n]
	tr.free = tr.free[:n]
	tr.update(g, w)
}

// grow doubles the leaves.
func (tr *tree) grow(g *group) {
	n := len(tr.node) // leaves from now on
	tr.node = make([]*worker, 2*n)
	for k, w := range g.members {
		if _, in := tr.at[w]; in {
			tr.at[w] = n + k
		}
	}
	for k := 2*n - 1; k >= n+n/2; k-- {
		tr.free = append(tr.free, k)
	}
	for _, w := range g.members {
		if _, in := tr.at[w]; in {
			tr.update(g, w)
		}
	}
}

func (tr *tree) remove(w *worker) {
	k := tr.at[w]
	delete(tr.at, w)
	tr.free = append(tr.free, k)
	tr.set(k, nil, w)
}

// update puts w, whose load has changed, where it belongs.
func (tr *tree) update(g *group, w *worker) {
	if g.open(w) {
		tr.set(tr.at[w], w, w)
	} else {
		tr.set(tr.at[w], nil, w)
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
