package cluster

import (
	"encoding/json"
	"fmt"
	"os"
	"sync/atomic"

	"github.com/ashlar-go/ashlar/worker/server"
)

// environment is the variable that tells a process that it is a worker: a
// childPlan in JSON.
const environment = "ASHLAR_WORKER"

var (
	initialised atomic.Bool
	equipment   []Equip // what Init was given
)

// An Equip completes the options of a worker, in the process in which it is
// about to run: it may add the lanes of its GPUs. release, if not nil, is called
// when the worker has ended.
type Equip func(*server.Options) (release func(), err error)

// Init is the first line of main, or of TestMain, of a program whose workers
// are processes of its own executable. In such a worker it does not return. It
// comes after package variables and init functions, in which functions are
// registered. Every worker that Local starts, in this process or another, is
// equipped as given.
func Init(equip ...Equip) {
	equipment = equip
	initialised.Store(true)
	s := os.Getenv(environment)
	if s == "" {
		return
	}
	// What this process starts itself is no worker.
	os.Unsetenv(environment)
	var p childPlan
	if err := json.Unmarshal([]byte(s), &p); err != nil {
		fmt.Fprintf(os.Stderr, "ashlar worker: the variable %s is not what cluster.Local sets: %v\n", environment, err)
		os.Exit(exitUsage)
	}
	os.Exit(p.run())
}
