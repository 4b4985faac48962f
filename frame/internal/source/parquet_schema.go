package source

import (
	"fmt"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/format"
)

// parquetColumn is a column of the root of a file.
type parquetColumn struct {
	name     string
	leaf     int // number among the leaves of the file
	kind     parquet.Kind
	arrow    arrow.DataType
	optional bool
	refused  string // what it is, when it cannot be read
}

// dictionaryType is how string columns are read with ParquetOptions.Dictionary.
var dictionaryType = &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int32, ValueType: arrow.BinaryTypes.String}

func newParquetColumn(c *parquet.Column, opts ParquetOptions) parquetColumn {
	col := parquetColumn{name: c.Name(), leaf: c.Index(), optional: c.Optional(), arrow: arrow.Null}
	if !c.Leaf() || c.MaxRepetitionLevel() > 0 || c.MaxDefinitionLevel() > 1 {
		col.refused = "a nested or repeated column"
		return col
	}
	col.kind = c.Type().Kind()
	var logical format.LogicalTypeValue
	if l := c.Type().LogicalType(); l != nil {
		logical = l.Value
	}
	if t := arrowTypeOf(col.kind, logical); t != nil {
		col.arrow = t
	} else {
		col.refused = fmt.Sprintf("type %v", c.Type())
	}
	if opts.Dictionary && arrow.TypeEqual(col.arrow, arrow.BinaryTypes.String) {
		col.arrow = dictionaryType
	}
	return col
}

// arrowTypeOf returns nil for types that are not read.
func arrowTypeOf(kind parquet.Kind, logical format.LogicalTypeValue) arrow.DataType {
	switch l := logical.(type) {
	case nil:
	case *format.StringType, *format.EnumType:
		return arrow.BinaryTypes.String
	case *format.DateType:
		return arrow.FixedWidthTypes.Date32
	case *format.TimestampType:
		return timestampType(l)
	case *format.IntType:
		switch {
		case kind == parquet.Int32 && (l.IsSigned || l.BitWidth == 16):
			return arrow.PrimitiveTypes.Int32
		case kind == parquet.Int32 && l.BitWidth == 8:
			return arrow.PrimitiveTypes.Uint8
		case kind == parquet.Int32:
			return arrow.PrimitiveTypes.Int64 // uint32
		case l.IsSigned:
			return arrow.PrimitiveTypes.Int64
		}
		return nil // uint64
	default:
		return nil
	}
	switch kind {
	case parquet.Boolean:
		return arrow.FixedWidthTypes.Boolean
	case parquet.Int32:
		return arrow.PrimitiveTypes.Int32
	case parquet.Int64:
		return arrow.PrimitiveTypes.Int64
	case parquet.Float:
		return arrow.PrimitiveTypes.Float32
	case parquet.Double:
		return arrow.PrimitiveTypes.Float64
	}
	return nil // raw bytes, decimals, INT96
}

func timestampType(l *format.TimestampType) arrow.DataType {
	t := &arrow.TimestampType{}
	switch l.Unit.Value.(type) {
	case *format.MilliSeconds:
		t.Unit = arrow.Millisecond
	case *format.MicroSeconds:
		t.Unit = arrow.Microsecond
	case *format.NanoSeconds:
		t.Unit = arrow.Nanosecond
	default:
		return nil
	}
	if l.IsAdjustedToUTC {
		t.TimeZone = "UTC"
	}
	return t
}
