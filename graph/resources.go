package graph

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// GPU is the resource that a worker with a device has, one unit a device.
const GPU = "GPU"

// A Resource is an amount of something countable that a worker has or a task
// takes while it runs. Amounts are held in thousandths, so that taking and
// giving back is exact.
type Resource struct {
	Name  string
	Milli int64
}

// Resources is a set of resources, sorted by name, each with a positive amount.
type Resources []Resource

// NewResources returns the set that amounts holds. Zero amounts are left out.
// A negative or absurd amount is an error.
func NewResources(amounts map[string]float64) (Resources, error) {
	var r Resources
	for name, a := range amounts {
		if name == "" || a < 0 || math.IsNaN(a) || a > 1e12 {
			return nil, fmt.Errorf("graph: resource %q: amount %v is not in [0, 1e12]", name, a)
		}
		if m := int64(math.Round(a * 1000)); m > 0 {
			r = append(r, Resource{name, m})
		}
	}
	slices.SortFunc(r, func(a, b Resource) int { return strings.Compare(a.Name, b.Name) })
	return r, nil
}

// ParseResources reads "GPU=1,LICENCE=2.5". The empty string is the empty set.
func ParseResources(s string) (Resources, error) {
	amounts := map[string]float64{}
	for _, f := range strings.Split(s, ",") {
		if f = strings.TrimSpace(f); f == "" {
			continue
		}
		name, num, ok := strings.Cut(f, "=")
		if !ok {
			num = "1"
		}
		a, err := strconv.ParseFloat(num, 64)
		if err != nil {
			return nil, fmt.Errorf("graph: resources %q: amount of %q: want NAME=NUMBER", s, name)
		}
		amounts[strings.TrimSpace(name)] += a
	}
	return NewResources(amounts)
}

// Milli returns the amount of the named resource in thousandths; 0 if r has none.
func (r Resources) Milli(name string) int64 {
	for _, x := range r {
		if x.Name == name {
			return x.Milli
		}
	}
	return 0
}

// Covers reports whether r has at least what need asks for.
func (r Resources) Covers(need Resources) bool {
	for _, n := range need {
		if r.Milli(n.Name) < n.Milli {
			return false
		}
	}
	return true
}

// String returns the form that ParseResources reads.
func (r Resources) String() string {
	var b strings.Builder
	for i, x := range r {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(x.Name + "=" + strconv.FormatFloat(float64(x.Milli)/1000, 'f', -1, 64))
	}
	return b.String()
}
