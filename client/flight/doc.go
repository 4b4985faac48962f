// Package flight serves what is published on a cluster over Arrow Flight.
package flight
