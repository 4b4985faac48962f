// Package extent keeps track of which parts of a file are free.
package extent
