package sched

import (
	"time"

	"github.com/ashlar-go/ashlar/sched/coord"
)

func (w *world) coordName() string { return string(rune('a' + w.next(3))) }

func (w *world) coordValue() coord.Value {
	if w.next(2) == 0 {
		return coord.Value{Key: w.key()}
	}
	return coord.Value{Data: []byte{byte(w.asked)}}
}

// turnCoordinate asks for something; most of it holds or passes keys.
func (w *world) turnCoordinate(c ClientID) {
	w.asked++
	of, try := w.asked-uint32(w.next(6)), w.next(4) == 0
	var op coord.Op
	switch w.next(16) {
	case 0:
		op = coord.Acquire{Names: []string{"a", "b", "c"}[:1+w.next(3)], N: 1 + w.next(3), Try: try}
	case 1:
		op = coord.TakePermit{Name: w.coordName(), Size: 1 + w.next(2), Lease: time.Duration(w.next(200)) * time.Millisecond, Try: try}
	case 2:
		op = coord.SetEvent{Name: w.coordName(), On: try}
	case 3:
		op = coord.AwaitEvent{Name: w.coordName(), Try: try}
	case 4, 5, 6:
		op = coord.Put{Name: w.coordName(), Max: w.next(2), Value: w.coordValue(), Try: try}
	case 7, 8:
		op = coord.Get{Name: w.coordName(), Max: w.next(2), Try: try}
	case 9:
		op = coord.Write{Name: w.coordName(), Value: w.coordValue()}
	case 10:
		op = coord.Read{Name: w.coordName(), Try: try}
	case 11:
		op = coord.DeleteQueue{Name: w.coordName()}
	case 12:
		op = coord.DeleteVariable{Name: w.coordName()}
	case 13:
		op = coord.End{Of: of, Queue: w.coordName()}
	default:
		op = coord.Took{Of: of}
	}
	w.step(Coordinate{w.now, c, w.asked, op})
}

// forgetNames takes away what outlives the clients, when these have left.
func (w *world) forgetNames() {
	w.clients++
	w.step(ClientJoined{w.now, w.clients})
	for _, name := range []string{"a", "b", "c"} {
		for _, op := range []coord.Op{coord.SetEvent{Name: name}, coord.DeleteQueue{Name: name}, coord.DeleteVariable{Name: name}} {
			w.step(Coordinate{w.now, w.clients, 0, op})
		}
	}
	w.step(ClientLeft{w.now, w.clients})
	if n, b := w.m.coord.InUse(), w.m.coord.Bytes(); n > 0 || b > 0 || len(w.m.keeps) > 0 {
		w.t.Fatalf("left: %d names, %d bytes, %d keys kept", n, b, len(w.m.keeps))
	}
}
