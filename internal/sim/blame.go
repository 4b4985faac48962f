package sim

import (
	"fmt"
	"regexp"
	"strconv"

	"github.com/ashlar-go/ashlar/graph"
)

// killedBy is the cause of death of a process that executed poison.
const killedBy = "signal: killed by thing %d"

// theLast finds who did the last deed, if that was no crash.
var theLast = regexp.MustCompile(`killed by thing (\d+)$`)

// guilty reports whether err, which says that some thing took too many workers
// with it, blames it for its own deeds, or for crashes. Others' deeds may be
// among them, when it was at the same worker, but not as the last one: then it
// was there alone, but for poison that seceded, which looks as if it waited.
func (w *world) guilty(err *graph.TaskError) bool {
	last := theLast.FindStringSubmatch(err.Message)
	if last == nil {
		return true
	}
	k, _ := strconv.Atoi(last[1]) // it is a number
	if w.thingOf(err.Task) == k {
		w.res.Convicted++
		return true
	}
	return w.things[k].temper.secedes
}

// thingOf returns the number of the thing that an error names, by key or by its
// place in its run; -1 if it is none.
func (w *world) thingOf(task string) int {
	for i, t := range w.things {
		if t.key.String() == task {
			return i
		}
	}
	var run, row uint32
	if n, _ := fmt.Sscanf(task, "%d/%d", &run, &row); n == 2 && w.graphs[run] != nil {
		return thingAt(w.graphs[run].TaskAttr(int(row)))
	}
	return -1
}
