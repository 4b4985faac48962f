// Package guard gives tests memory between pages that fault when they are touched,
// which is how assembly and other code without bounds checks is shown to read and
// write nothing else. Other systems than Linux get memory like any other.
package guard
