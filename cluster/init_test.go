package cluster

import (
	"context"
	"strings"
	"testing"
)

// TestProcessesNeedInit: without it the children would run main, and start
// children of their own.
func TestProcessesNeedInit(t *testing.T) {
	initialised.Store(false)
	defer initialised.Store(true)
	_, err := Local(context.Background(), Processes())
	if err == nil || !strings.Contains(err.Error(), "cluster.Init()") {
		t.Errorf("error %v, want one that says what to call", err)
	}
}

func TestDefaultsShareTheMachine(t *testing.T) {
	p, err := newPlan([]Option{Workers(2)})
	if err != nil {
		t.Fatal(err)
	}
	if p.threads < 1 || p.memory < 0 || 2*p.memory > MachineMemory() {
		t.Errorf("two workers have %d threads and %d bytes each of %d", p.threads, p.memory, MachineMemory())
	}
	if p, err = newPlan([]Option{Memory(0)}); err != nil || p.memory != 0 {
		t.Errorf("no limit is %d, %v", p.memory, err)
	}
}
