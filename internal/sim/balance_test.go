package sim

import "testing"

func (r *Result) addBalance(o Result) {
	r.Stealing.Taken += o.Stealing.Taken
	r.Stealing.Asked += o.Stealing.Asked
	r.Stealing.Moved += o.Stealing.Moved
	r.Stealing.Refused += o.Stealing.Refused
	r.Replicas.Made += o.Replicas.Made
	r.Replicas.Moved += o.Replicas.Moved
	r.Replicas.Failed += o.Replicas.Failed
	r.Replicas.Dropped += o.Replicas.Dropped
}

// checkBalance: in all simulations together, tasks were asked for, some were
// had and some were refused.
func (r *Result) checkBalance(t *testing.T) {
	if c := r.Replicas; c.Moved == 0 || c.Failed == 0 || c.Dropped == 0 {
		t.Fatalf("the simulations copy nothing: %+v", c)
	}
	if s := r.Stealing; s.Moved == 0 || s.Refused == 0 {
		t.Fatalf("the simulations steal nothing: %+v", s)
	}
}
