// Package data embeds the real flights and airports that the demo, the
// examples and the tests read, so that every worker of the same binary has
// them and none needs a path. README.md beside it names their source.
package data

import "embed"

// FS holds flights-3m.parquet (3,000,000 rows in 11 row groups) and
// airports.csv (3,376 rows with a header).
//
//go:embed flights-3m.parquet airports.csv
var FS embed.FS

// The names of the files in FS.
const (
	Flights  = "flights-3m.parquet"
	Airports = "airports.csv"
)
