package graph

import (
	"testing"

	"pgregory.net/rapid"
)

// A TaskMap is a map.
func TestTaskMapIsAMap(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var m TaskMap[int]
		model := map[TaskID]int{}
		ids := rapid.Custom(func(t *rapid.T) TaskID {
			run := rapid.SampledFrom([]uint32{0, 1, 2, 1 << 20, 1<<32 - 1}).Draw(t, "run")
			return NewTaskID(run, rapid.Uint32Range(0, 150).Draw(t, "index"))
		})
		t.Repeat(map[string]func(*rapid.T){
			"set": func(t *rapid.T) {
				id, v := ids.Draw(t, "id"), rapid.Int().Draw(t, "v")
				m.Set(id, v)
				model[id] = v
			},
			"delete": func(t *rapid.T) {
				id := ids.Draw(t, "id")
				m.Delete(id)
				delete(model, id)
			},
			"get": func(t *rapid.T) {
				if id := ids.Draw(t, "id"); m.Get(id) != model[id] {
					t.Fatalf("%v is %d, want %d", id, m.Get(id), model[id])
				}
			},
			"": func(t *rapid.T) {
				n, last := 0, TaskID(0)
				for id, v := range m.All() {
					if want, ok := model[id]; !ok || v != want || n > 0 && id <= last {
						t.Fatalf("%v is %d after %v; want %d, there: %t", id, v, last, want, ok)
					}
					n, last = n+1, id
				}
				if n != len(model) || m.Len() != n {
					t.Fatalf("%d are yielded, counted %d, want %d", n, m.Len(), len(model))
				}
			},
		})
	})
}

// What is deleted is not kept.
func TestTaskMapForgets(t *testing.T) {
	var m TaskMap[*int]
	for round := range 3 {
		for i := range uint32(5000) {
			m.Set(NewTaskID(uint32(round), i), new(int))
		}
		for i := range uint32(5000) {
			m.Delete(NewTaskID(uint32(round), i))
		}
	}
	if len(m.blocks) > 0 || len(m.spare) > spareBlocks {
		t.Fatalf("an empty map has %d blocks and %d spare ones", len(m.blocks), len(m.spare))
	}
	for _, b := range append(m.spare, m.recent[:]...) {
		if b != nil && b.values != [blockSize]*int{} {
			t.Fatal("a spare block keeps what was in it")
		}
	}
}

// One step is what a worker does for a task: it is assigned, and freed 10⁵
// tasks later.
func BenchmarkTaskMap(b *testing.B) {
	v := new(int)
	const live = 100_000
	b.Run("TaskMap", func(b *testing.B) {
		var m TaskMap[*int]
		for i := range b.N {
			m.Set(TaskID(2*i), v)
			if m.Get(TaskID(2*i)) != v {
				b.Fatal("lost")
			}
			if i >= live {
				m.Delete(TaskID(2 * (i - live)))
			}
		}
	})
	b.Run("map", func(b *testing.B) {
		m := map[TaskID]*int{}
		for i := range b.N {
			m[TaskID(2*i)] = v
			if m[TaskID(2*i)] != v {
				b.Fatal("lost")
			}
			if i >= live {
				delete(m, TaskID(2*(i-live)))
			}
		}
	})
}
