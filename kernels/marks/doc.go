// Package marks finds the bytes that give delimited text its structure:
// delimiters and newlines outside quotes.
//
// A [Finder] looks at 64 bytes at a time (AVX-512 or AVX2, eight at a time in
// portable Go) and writes where the marks are. Quotes are taken by parity: each
// turns over whether what follows is inside, which is exact for text in which
// quotes enclose whole fields and are doubled inside them. Whether a text is so
// is for the reader to check, field by field, where [Finder.Quoted] says that
// there are quotes at all.
package marks
