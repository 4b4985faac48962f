package asm

import (
	"fmt"
	"os"
	"strings"
)

// Level is a set of instructions, each a superset of those before it.
type Level int

// The levels. AVX2 includes FMA; AVX512 is the foundation with its double-word
// and vector-length extensions.
const (
	Portable Level = iota
	AVX2
	AVX512
)

var levelNames = [...]string{"portable", "avx2", "avx512"}

func (l Level) String() string { return levelNames[l] }

// Variable is the environment variable that lowers [Best].
const Variable = "ASHLAR_KERNELS"

var best = choose(os.Getenv(Variable))

// Best returns the level that is used where nobody names another one.
func Best() Level { return best }

// Levels returns all levels that this machine can run, Portable first.
func Levels() []Level {
	var all []Level
	for l := Portable; l <= supported(); l++ {
		all = append(all, l)
	}
	return all
}

// choose reads what the environment asks for. To ask for what is not there is
// a mistake that must not go unnoticed: who asks wants to measure or to test.
func choose(asked string) Level {
	if asked == "" {
		return supported()
	}
	for l, name := range levelNames {
		if name != asked {
			continue
		}
		if Level(l) > supported() {
			panic(fmt.Sprintf("asm: %s=%s: this machine or build has only %v", Variable, asked, supported()))
		}
		return Level(l)
	}
	panic(fmt.Sprintf("asm: %s=%s: want one of %s", Variable, asked, strings.Join(levelNames[:], ", ")))
}
