// Package flight serves datasets to outsiders over Arrow Flight.
package flight
