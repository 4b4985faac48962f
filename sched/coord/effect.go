package coord

import "github.com/ashlar-go/ashlar/graph"

// An Effect is something for the owner of the machine to do, in the order given.
type Effect interface{ effect() }

type (
	// Answer tells a client what came of a request.
	Answer struct {
		Ticket
		Outcome Outcome
		Value   Value
		Names   []string // of the locks that it has
		Count   int      // items of a queue, subscribers of a topic, or messages missed before this
		Text    string   // what is wrong
	}
	// Keep: one more place has the key.
	Keep struct{ Key graph.Key }
	// Drop: one place that had the key does no longer.
	Drop struct{ Key graph.Key }
	// Hand: the client has the key now.
	Hand struct {
		Client Client
		Key    graph.Key
	}
)

func (Answer) effect() {}
func (Keep) effect()   {}
func (Drop) effect()   {}
func (Hand) effect()   {}

// An Outcome says how a request ended, or what became of what it was given.
type Outcome uint8

// The outcomes.
const (
	Done     Outcome = iota + 1 // it was done, or granted
	Not                         // it cannot be done now, and was to be done now or not at all
	Message                     // a message of a subscription
	Revoked                     // a permit was taken back: its lease was not renewed
	Invalid                     // it makes no sense
	TooLarge                    // the value is larger than ValueLimit
	Conflict                    // the name is in use with another size
	Deleted                     // the queue was deleted while it waited
	Full                        // the machine has as many bytes of values as it may
	NoKey                       // the key is not one that the client wants
)

var outcomeNames = [...]string{"nothing", "done", "not", "message", "revoked", "invalid", "too large", "conflict", "deleted", "full", "no key"}

// String returns the name.
func (o Outcome) String() string { return outcomeNames[o] }
