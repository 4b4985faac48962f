package server

// order says once a message where the tasks of a run go that was submitted from
// inside a task.
func (w *worker) order(run uint32, order uint64) {
	o := &w.out
	if o.orders[run] {
		return
	}
	if o.orders == nil {
		o.orders = map[uint32]bool{}
	}
	o.orders[run] = true
	o.m.OrderRun = append(o.m.OrderRun, run)
	o.m.Order = append(o.m.Order, order)
}
