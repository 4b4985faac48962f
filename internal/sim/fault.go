package sim

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// A Fault is a set of ways in which things go wrong.
type Fault uint32

// The ways. Each seed draws which of them there are, so that also what few of
// them do together is seen.
const (
	Crash   Fault = 1 << iota // worker processes die, and others are started
	Cut                       // workers lose their connection and start afresh
	Hang                      // workers stop for a while, and then act on what they find
	Pause                     // workers pause
	Retire                    // workers are retired
	Slow                      // some workers are twenty times slower than others
	Late                      // some messages take a hundred times longer, and some outlive their connection
	Twice                     // some messages to and from workers arrive twice
	Busy                      // peers say that they are busy
	Forget                    // peers do not find a value that they have
	Memory                    // workers have little memory, and spill
	Fail                      // tasks fail, fail at first, or kill their worker
	Leave                     // clients leave, and others come
	Away                      // clients lose their connection and come back, inside their lease or later
	Abandon                   // clients do not bring what they said they would
	Cancel                    // clients cancel what others want too
	Disk                      // disks fail now and then, or are small

	allFaults = 1<<iota - 1
)

var faultNames = [...]string{"crash", "cut", "hang", "pause", "retire", "slow", "late", "twice", "busy", "forget",
	"memory", "fail", "leave", "away", "abandon", "cancel", "disk"}

// String returns the names, separated by commas.
func (f Fault) String() string {
	var s []string
	for i, name := range faultNames {
		if f&(1<<i) != 0 {
			s = append(s, name)
		}
	}
	return strings.Join(s, ",")
}

// ParseFault reads what String writes.
func ParseFault(s string) (f Fault, err error) {
	for _, part := range strings.FieldsFunc(s, func(r rune) bool { return r == ',' || r == ' ' }) {
		k := 0
		for k < len(faultNames) && faultNames[k] != part {
			k++
		}
		if k == len(faultNames) {
			return 0, fmt.Errorf("sim: there is no fault %q; there are %s", part, Fault(allFaults))
		}
		f |= 1 << k
	}
	return f, nil
}

// drawFaults leaves out none of them, or each with a chance of a third.
func drawFaults(rng *rand.Rand) (f Fault) {
	all := rng.IntN(4) == 0
	for i := range faultNames {
		if all || rng.IntN(3) > 0 {
			f |= 1 << i
		}
	}
	return f
}
