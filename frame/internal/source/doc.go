// Package source reads and writes the files that frames come from: Parquet and
// CSV, in Arrow memory.
//
// A path is a local one, file://…, or scheme://name for a file system that the
// program registered with [RegisterFS] (embedded data, say). Every function
// that can fail on a file names it in the error.
//
// # Parquet
//
// [OpenParquet] reads the footer, once for all who open the same file; a row
// group is the unit of parallel reading ([Parquet.ReadRowGroup]), and where threads
// may be free its columns are. Parquet-go reads the footer; pages are read
// here: their headers (parquet_header), codecs (parquet_codec), levels and codes
// (parquet_runs), values straight into one buffer a column. All encodings and
// codecs are read but LZO and Hadoop's LZ4; nested columns become lists and
// structs (a map is a list of pairs), decimals of up to 38 digits decimal128.
// String columns can keep their dictionary codes: the dictionary is the file's,
// in which a word may repeat. Statistics are handed out only where they can be
// trusted ([Parquet.Bounds]). The writer is arrow's.
//
// # CSV
//
// [OpenCSV] infers the schema from the file's head and from lines all over it,
// and cuts the file into byte ranges at record boundaries, quoted newlines
// included, so that workers can read ranges in parallel ([CSV.ReadRange]). A
// value elsewhere that contradicts the inferred type is an error naming file,
// row and column, unless the caller gave the type: the schema is fixed when a
// plan is made of it, before the file is read.
//
// A range is read in chunks of 128 KiB into memory that a pool lends. Package
// marks finds the delimiters and newlines of a chunk; where every newline ends
// a record of the right width, which one look at each tells, the columns take
// them as they lie, and otherwise records are laid out one by one (csv_records).
// Columns are then parsed one after the other, 512 records at a time, straight
// into their Arrow buffers, whose size is foretold from the first chunk. Numbers
// are read eight digits at a time; what is not plain (null, quoted, long, wrong)
// takes a slower way with the same result. Files compressed with gzip or zstd
// are one range.
//
// # Hostile input
//
// No file may make this package panic. What a footer or a page header claims is
// checked against the bytes that are there before memory is reserved by it: room
// for rows grows with the pages that hold them, a page that claims to have grown
// beyond what its codec can do is decompressed bit by bit, and one may claim 2²⁴
// values. What is left runs under a guard that turns panics of decoders into
// [ErrFormat].
package source
