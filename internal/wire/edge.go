package wire

import (
	"fmt"

	"google.golang.org/grpc"
	"google.golang.org/grpc/mem"

	"github.com/apache/arrow/go/v17/arrow"
)

// What follows is for the packages below this one, which speak gRPC to outsiders.

// ServerOptions are what a server of another protocol is made with to be served
// as this package's own are. Messages have maxMessage bytes at most.
func ServerOptions() []grpc.ServerOption { return transportServerOptions() }

// LendFrom is the size from which memory is lent: for less, gRPC does not say
// when it is done with it.
const LendFrom = lendFrom

// A Loan counts pieces of memory that the transport reads and does not own.
type Loan struct{ l loan }

// Lend returns p, of at least [LendFrom] bytes, as a buffer for the transport.
func (l *Loan) Lend(p []byte) mem.Buffer { return l.l.lend(p) }

// Wait returns when the transport has given everything back, or, when broken is
// closed, has had a moment to do so.
func (l *Loan) Wait(broken <-chan struct{}) { l.l.wait(broken) }

// CheckColumns returns an error that wraps [ErrTravel] and names the first
// column that cannot travel between processes.
func CheckColumns(s *arrow.Schema) error {
	for _, f := range s.Fields() {
		if err := columnTravels(f.Type, 0); err != nil {
			return fmt.Errorf("wire: %w: column %q: %w; cast it first", ErrTravel, f.Name, err)
		}
	}
	return nil
}
