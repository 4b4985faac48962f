//go:build !amd64 || noasm

package peak

func pick() loop { return loop{with: "scalar", lanes: 1, run: scalar, read: search} }
