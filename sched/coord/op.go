package coord

import (
	"time"

	"github.com/ashlar-go/ashlar/graph"
)

// A Client is a session.
type Client uint32

// A Ticket names a request.
type Ticket struct {
	Client  Client
	Request uint32 // never used twice by a client; 0: no answer is wanted
}

// A Value is what travels: the key of a result if that is not zero, or else an
// encoding.
type Value struct {
	Key  graph.Key
	Data []byte
}

// IsKey reports whether v stands for the result of a task.
func (v Value) IsKey() bool { return !v.Key.IsZero() }

// An Op is what a client asks for.
type Op interface{ op() }

type (
	// Acquire asks for any N of the locks with these names. With Try it is
	// granted at once or not at all.
	Acquire struct {
		Names []string
		N     int
		Try   bool
	}
	// TakePermit asks for one of the Size permits of a semaphore. If Lease is
	// not 0 it has to be renewed within that time, again and again.
	TakePermit struct {
		Name  string
		Size  int
		Lease time.Duration
		Try   bool
	}
	// Renew starts the lease of a permit anew.
	Renew struct{ Of uint32 }
	// SetEvent sets an event, or clears it.
	SetEvent struct {
		Name string
		On   bool
	}
	// AwaitEvent is answered when the event is set; with Try at once.
	AwaitEvent struct {
		Name string
		Try  bool
	}
	// Put appends to a queue that holds Max items; 0 is any number.
	Put struct {
		Name  string
		Max   int
		Value Value
		Try   bool
	}
	// Get takes the first item of a queue. It is to be confirmed.
	Get struct {
		Name string
		Max  int
		Try  bool
	}
	// Size asks how many items are in a queue.
	Size struct{ Name string }
	// DeleteQueue drops what is in a queue, and what waits to get in.
	DeleteQueue struct{ Name string }
	// Write sets a variable.
	Write struct {
		Name  string
		Value Value
	}
	// Read asks for the value of a variable. A key is to be confirmed.
	Read struct {
		Name string
		Try  bool
	}
	// DeleteVariable takes the value of a variable away.
	DeleteVariable struct{ Name string }
	// Subscribe asks for the messages of a topic from now on: Window of them
	// before the first is confirmed with Heard, and Buffer behind that.
	Subscribe struct {
		Name           string
		Window, Buffer int
	}
	// Heard confirms N messages of a subscription.
	Heard struct {
		Of uint32
		N  int
	}
	// Publish sends a message to all subscribers of a topic.
	Publish struct {
		Name  string
		Value Value
	}
	// Took confirms that the value of an answer arrived.
	Took struct{ Of uint32 }
	// End ends a claim: it withdraws, releases or unsubscribes. If the request
	// was a Put in Queue that is over, the item is taken back if it is there.
	End struct {
		Of    uint32
		Queue string
	}
)

func (Acquire) op()        {}
func (TakePermit) op()     {}
func (Renew) op()          {}
func (SetEvent) op()       {}
func (AwaitEvent) op()     {}
func (Put) op()            {}
func (Get) op()            {}
func (Size) op()           {}
func (DeleteQueue) op()    {}
func (Write) op()          {}
func (Read) op()           {}
func (DeleteVariable) op() {}
func (Subscribe) op()      {}
func (Heard) op()          {}
func (Publish) op()        {}
func (Took) op()           {}
func (End) op()            {}
