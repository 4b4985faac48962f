package sched

import "fmt"

// checkThefts recounts what workers are asked to give back, and for whom.
func (m *Machine) checkThefts([]uint32) error {
	asked, coming := map[WorkerID]int{}, map[WorkerID]int{}
	for i, th := range m.thefts { // order-free: any fault will do
		t := m.tasks.hot(i)
		if t.state != StateProcessing || m.tasks.cold(i).attempt != th.attempt {
			return fmt.Errorf("task %v is asked for, and is %v, attempt %d", m.id(i), t.state, m.tasks.cold(i).attempt)
		}
		asked[m.workerID(t.holder)]++
		coming[th.thief]++
	}
	laden := map[*worker]int{}
	for _, w := range m.laden {
		laden[w]++
	}
	for _, w := range m.inOrder() {
		if w.asked != asked[w.id] || w.coming != coming[w.id] {
			return fmt.Errorf("worker %s counts %d tasks asked for and %d coming, has %d and %d", w.name, w.asked, w.coming, asked[w.id], coming[w.id])
		}
		if w.laden != (laden[w] == 1) || w.proc.n > w.threads && !w.laden {
			return fmt.Errorf("worker %s has %d tasks and %d threads, and is found %d times among the laden", w.name, w.proc.n, w.threads, laden[w])
		}
	}
	return nil
}
