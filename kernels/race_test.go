//go:build race

package kernels_test

const raceEnabled = true // the race detector makes sync.Pool forget at random
