package sim

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/ashlar-go/ashlar/graph"
)

// A Load is work whose tasks take a known time and yield values of a known
// size. The attribute of each task is its number in Took and Bytes.
type Load struct {
	Name  string
	Graph *graph.Graph
	Took  []time.Duration
	Bytes []int64
	parts int64 // how many parts a value has that is split
}

// A planner builds a Load.
type planner struct {
	b graph.Builder
	l Load
}

// add adds a task, whose class says what the op's own estimate would: the time
// at the rate that an unmeasured thread is taken to have.
func (p *planner) add(op string, took time.Duration, bytes int64, deps ...graph.Dep) graph.Ref {
	n := uint32(len(p.l.Took))
	p.l.Took = append(p.l.Took, took)
	p.l.Bytes = append(p.l.Bytes, bytes)
	class := graph.Class{Op: op, Cost: graph.Cost{Flops: int64(took.Seconds() * 5e9), Output: bytes}}
	return p.b.Add(class, binary.LittleEndian.AppendUint32(nil, n), deps...)
}

func (p *planner) output(r graph.Ref) {
	p.b.Output(r, graph.NewKey(fmt.Sprintf("out%d", r.Index())))
}

func (p *planner) load(name string) *Load {
	p.l.Name, p.l.Graph = name, graph.Order(p.b.Graph())
	return &p.l
}

func (l *Load) work() (sum time.Duration) {
	for i := range l.Graph.Len() {
		sum += l.Took[l.thing(i)]
	}
	return sum
}

func (l *Load) thing(row int) int { return int(binary.LittleEndian.Uint32(l.Graph.TaskAttr(row))) }

// critical is the longest path.
func (l *Load) critical() (longest time.Duration) {
	end := make([]time.Duration, l.Graph.Len())
	for i := range end {
		for _, d := range l.Graph.TaskDeps(i) {
			end[i] = max(end[i], end[d.Ref.Index()])
		}
		end[i] += l.Took[l.thing(i)]
		longest = max(longest, end[i])
	}
	return longest
}

func (l *Load) size(thing int, part int32) int64 {
	if part < 0 {
		return l.Bytes[thing]
	}
	return l.Bytes[thing] / l.parts
}

// Cholesky is the tiled factorisation of a matrix of n × n tiles, of which one
// product takes gemm; the others take what their operations do, at half the
// rate.
func Cholesky(n int, gemm time.Duration, tile int64) *Load {
	p := &planner{}
	at := make([][]graph.Ref, n) // the lower triangle as it is now
	for i := range n {
		at[i] = make([]graph.Ref, i+1)
		for j := range at[i] {
			at[i][j] = p.add("tile", gemm/20, tile)
		}
	}
	for k := range n {
		at[k][k] = p.add("potrf", gemm/3, tile, at[k][k].Whole())
		p.output(at[k][k])
		for i := k + 1; i < n; i++ {
			at[i][k] = p.add("trsm", gemm, tile, at[i][k].Whole(), at[k][k].Whole())
			p.output(at[i][k])
		}
		for i := k + 1; i < n; i++ {
			for j := k + 1; j < i; j++ {
				at[i][j] = p.add("gemm", gemm, tile, at[i][j].Whole(), at[i][k].Whole(), at[j][k].Whole())
			}
			at[i][i] = p.add("syrk", gemm, tile, at[i][i].Whole(), at[i][k].Whole())
		}
	}
	return p.load(fmt.Sprintf("cholesky %d×%d", n, n))
}

// Stencil is so many steps of a row of cells, each of which needs itself and
// its neighbours of the step before. Of what a neighbour is needed for, the
// edge, is edge bytes; the cell itself is bytes.
func Stencil(cells, steps int, took time.Duration, bytes, edge int64) *Load {
	p := &planner{}
	cell, rim := make([]graph.Ref, cells), make([]graph.Ref, cells)
	for i := range cell {
		cell[i] = p.add("init", took/10, bytes)
		rim[i] = p.add("edge", took/100, edge, cell[i].Whole())
	}
	for range steps {
		next := make([]graph.Ref, cells)
		for i := range cell {
			deps := []graph.Dep{cell[i].Whole()}
			if i > 0 {
				deps = append(deps, rim[i-1].Whole())
			}
			if i+1 < cells {
				deps = append(deps, rim[i+1].Whole())
			}
			next[i] = p.add("step", took, bytes, deps...)
		}
		cell = next
		for i := range cell {
			rim[i] = p.add("edge", took/100, edge, cell[i].Whole())
		}
	}
	for _, r := range cell {
		p.output(r)
	}
	return p.load(fmt.Sprintf("stencil %d×%d", cells, steps))
}

// Line is the one-dimensional stencil of the Task Bench paper: so many steps of a
// row of cells whose small values are needed by the next ones and their neighbours.
func Line(cells, steps int, took time.Duration) *Load {
	p := &planner{}
	cell := make([]graph.Ref, cells)
	for s := range steps {
		next := make([]graph.Ref, cells)
		for i := range cell {
			var deps []graph.Dep
			for j := max(0, i-1); s > 0 && j <= min(i+1, cells-1); j++ {
				deps = append(deps, cell[j].Whole())
			}
			next[i] = p.add("cell", took, 8, deps...)
		}
		cell = next
	}
	for _, r := range cell {
		p.output(r)
	}
	return p.load(fmt.Sprintf("line %d×%d of %v", cells, steps, took))
}

// Tree reduces leaves by twos.
func Tree(leaves int, took time.Duration, bytes int64) *Load {
	p := &planner{}
	var level []graph.Ref
	for range leaves {
		level = append(level, p.add("leaf", took, bytes))
	}
	for len(level) > 1 {
		var next []graph.Ref
		for i := 0; i+1 < len(level); i += 2 {
			next = append(next, p.add("join", took, bytes, level[i].Whole(), level[i+1].Whole()))
		}
		level = append(next, level[len(level)&^1:]...)
	}
	p.output(level[0])
	return p.load(fmt.Sprintf("tree of %d", leaves))
}

// Random is a DAG of n tasks, each of which needs up to four of the thousand
// before it.
func Random(n int, took time.Duration, bytes int64) *Load {
	rng := rand.New(rand.NewPCG(uint64(n), 1))
	p := &planner{}
	for i := range n {
		var deps []graph.Dep
		for range rng.IntN(5) {
			if i > 0 {
				deps = append(deps, graph.TaskRef(max(0, i-1-rng.IntN(1000+n/50))).Whole())
			}
		}
		r := p.add(fmt.Sprintf("op%d", i%4), took/2+time.Duration(rng.Int64N(int64(took))), rng.Int64N(2*bytes), deps...)
		if i >= n-1000 {
			p.output(r)
		}
	}
	return p.load(fmt.Sprintf("random %d", n))
}

// Shuffle splits each of n values into n parts and merges them.
func Shuffle(n int, took time.Duration, bytes int64) *Load {
	p := &planner{}
	p.l.parts = int64(n)
	var split []graph.Ref
	for range n {
		split = append(split, p.add("split", took, bytes, p.add("read", took, bytes).Whole()))
	}
	for i := range n {
		deps := make([]graph.Dep, n)
		for k, s := range split {
			deps[k] = s.Part(i)
		}
		p.output(p.add("merge", took, bytes, deps...))
	}
	return p.load(fmt.Sprintf("shuffle %d→%d", n, n))
}
