//go:build !linux

package guard

import "testing"

// Values returns n zero values.
func Values[E any](t testing.TB, n int, atEnd bool) []E { return make([]E, n) }
