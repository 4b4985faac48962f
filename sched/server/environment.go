package server

import (
	"fmt"
	"os"
	"strconv"
)

// StealingVariable is the environment variable that turns work stealing off
// when it is false, whatever the options say.
const StealingVariable = "ASHLAR_SCHEDULER_WORK_STEALING"

// withEnvironment returns o with what the environment says.
func (o Options) withEnvironment() (Options, error) {
	v := os.Getenv(StealingVariable)
	if v == "" {
		return o, nil
	}
	on, err := strconv.ParseBool(v)
	if err != nil {
		return o, fmt.Errorf("%s is %q: set it to true or false, or not at all", StealingVariable, v)
	}
	o.Machine.NoStealing = o.Machine.NoStealing || !on
	return o, nil
}
