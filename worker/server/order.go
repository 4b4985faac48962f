package server

import (
	"fmt"

	"github.com/ashlar-go/ashlar/internal/wire/pb"
)

// ordersOf returns the order of each run that does not go by its number.
func ordersOf(m *pb.ToWorker) (map[uint32]uint64, error) {
	if len(m.OrderRun) != len(m.Order) {
		return nil, fmt.Errorf("%d runs have %d orders", len(m.OrderRun), len(m.Order))
	}
	if len(m.Order) == 0 {
		return nil, nil
	}
	orders := make(map[uint32]uint64, len(m.Order))
	for i, run := range m.OrderRun {
		orders[run] = m.Order[i]
	}
	return orders, nil
}
