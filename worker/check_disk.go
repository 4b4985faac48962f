package worker

import "fmt"

// checkDisk verifies what the machine knows of spilled values.
func (m *Machine) checkDisk() error {
	d := &m.disk
	listed := map[*value]bool{}
	for v := d.oldest; v != nil; v = v.newer {
		if listed[v] = true; v.newer == nil && d.newest != v || v.place != inMemory || m.values.get(v.item) != v {
			return fmt.Errorf("worker: value %v stands in the list of what can be spilled, but is elsewhere", v.item)
		}
	}
	var bytes, going, read int64
	active, peeks := map[*value]int{}, map[*value]int{}
	for x := range m.execs.all() { // order-free: sums
		for _, u := range x.task.uses {
			if v := m.values.get(u.Item); u.part {
				peeks[v]++
			} else {
				active[v]++
			}
		}
	}
	for _, it := range m.values.items() {
		v := m.values.get(it)
		if v.place == onDisk {
			bytes += v.bytes
			read += int64(v.peeks) * v.share
		}
		if read += v.kept; (v.kept > 0) != (v.place == onDisk && v.active > 0 && v.bytes > 0) {
			return fmt.Errorf("worker: of value %v %d bytes are kept, place %d, %d executions read it", it, v.kept, v.place, v.active)
		}
		if m.spills() && (listed[v] != (v.place == inMemory && v.bytes >= spillable && !v.pinned) || v.active != active[v] || v.peeks != peeks[v]) {
			return fmt.Errorf("worker: value %v of %d bytes, place %d: listed %t, %d executions read it, counted %d, %d a part, counted %d",
				it, v.bytes, v.place, listed[v], active[v], v.active, peeks[v], v.peeks)
		}
	}
	for _, v := range d.leaving { // order-free: a sum
		going += v.bytes
	}
	if bytes != d.bytes || going != d.going || read != d.read {
		return fmt.Errorf("worker: %d bytes are on disk, counted %d; %d leave, counted %d; %d are read, counted %d",
			bytes, d.bytes, going, d.going, read, d.read)
	}
	return nil
}
