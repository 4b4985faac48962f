package sched

// A State is where a task is in its life.
type State uint8

// The states. The figure in the package comment shows the transitions.
const (
	StateReleased   State = iota // known, not wanted now; or about to be
	StateWaiting                 // for dependencies
	StateQueued                  // ready; every worker that may run it has enough
	StateNoWorker                // ready; there is no worker that may run it
	StateProcessing              // assigned
	StateMemory                  // its value is on workers
	StateErred                   // it has none, and will have none unless retried
	StateForgotten
)

var stateNames = [...]string{"released", "waiting", "queued", "no-worker", "processing", "memory", "erred", "forgotten"}

// String returns the name.
func (s State) String() string { return stateNames[s] }

// legal[from] has the bit of every state that may follow.
var legal = [...]uint8{
	StateReleased:   bits(StateWaiting, StateErred, StateForgotten),
	StateWaiting:    bits(StateReleased, StateQueued, StateNoWorker, StateProcessing, StateMemory, StateErred),
	StateQueued:     bits(StateReleased, StateWaiting, StateNoWorker, StateProcessing, StateErred),
	StateNoWorker:   bits(StateReleased, StateWaiting, StateErred),
	StateProcessing: bits(StateReleased, StateWaiting, StateMemory, StateErred),
	StateMemory:     bits(StateReleased),
	StateErred:      bits(StateReleased, StateForgotten),
	StateForgotten:  0,
}

func bits(states ...State) (b uint8) {
	for _, s := range states {
		b |= 1 << s
	}
	return b
}

// active reports whether a task in s is on its way to a value, and so needs
// the values of its dependencies.
func (s State) active() bool { return s >= StateWaiting && s <= StateProcessing }
