package worker

import (
	"slices"

	"github.com/ashlar-go/ashlar/graph"
)

// A table has something for items, of which most are whole values.
type table[V any] struct {
	wholes graph.TaskMap[*V]
	parts  map[Item]*V
}

func (t *table[V]) get(it Item) *V {
	if it.Part < 0 {
		return t.wholes.Get(it.Task)
	}
	return t.parts[it]
}

func (t *table[V]) set(it Item, v *V) {
	if it.Part < 0 {
		t.wholes.Set(it.Task, v)
		return
	}
	if t.parts == nil {
		t.parts = map[Item]*V{}
	}
	t.parts[it] = v
}

func (t *table[V]) remove(it Item) {
	if it.Part < 0 {
		t.wholes.Delete(it.Task)
		return
	}
	delete(t.parts, it)
}

func (t *table[V]) len() int { return t.wholes.Len() + len(t.parts) }

// each yields what is there, in no order.
func (t *table[V]) each(yield func(*V) bool) {
	for _, v := range t.wholes.All() {
		if !yield(v) {
			return
		}
	}
	for _, v := range t.parts { // order-free: it is said so
		if !yield(v) {
			return
		}
	}
}

// items returns what is there, in order.
func (t *table[V]) items() []Item {
	its := make([]Item, 0, t.len())
	for id := range t.wholes.All() {
		its = append(its, Item{id, -1})
	}
	for it := range t.parts { // sorted below
		its = append(its, it)
	}
	slices.SortFunc(its, compareItems)
	return its
}
