package server

import "github.com/ashlar-go/ashlar/graph"

// ParseResources reads "GPU=1,LICENCE=2.5", for whoever starts workers from
// flags or variables.
func ParseResources(s string) (graph.Resources, error) { return graph.ParseResources(s) }
