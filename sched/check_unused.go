package sched

import "fmt"

// checkUnused recounts the users of groups and ops.
func (m *Machine) checkUnused([]uint32) error {
	groups, ops := map[*group]int{}, map[*op]int{}
	for _, r := range m.runs {
		if r == nil {
			continue
		}
		for i := range r.classes {
			groups[m.groups[r.classes[i].group]]++
			ops[r.classes[i].op]++
		}
	}
	known := 0
	for _, g := range m.groups {
		if g != nil && g.fallback != nil {
			groups[g.fallback]++
		}
	}
	for k, g := range m.groups {
		if g == nil {
			continue
		}
		known++
		if g.users != groups[g] || int(g.index) != k || k > 0 && m.groupByID[g.id] != g || k > 0 && g.users == 0 && !g.idle {
			return fmt.Errorf("group %d (%s) at %d counts %d classes, has %d; idle %t", g.index, g.id, k, g.users, groups[g], g.idle)
		}
	}
	if known != len(m.groupByID)+1 || known+len(m.freeGroups) != len(m.groups) {
		return fmt.Errorf("%d groups of %d are known by %d names, %d numbers are free", known, len(m.groups), len(m.groupByID), len(m.freeGroups))
	}
	for name, o := range m.ops { // order-free: any fault will do
		if o.name != name || o.users != ops[o] || o.users == 0 && !o.idle {
			return fmt.Errorf("op %s counts %d classes, has %d; idle %t", name, o.users, ops[o], o.idle)
		}
	}
	return nil
}
