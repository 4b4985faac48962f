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
	arrow    arrow.DataType
	optional bool
	refused  string // what it is, when it cannot be read
	parquetLeaf
	nested *parquetNode // nil if it is a leaf
}

// dictionaryType is how string columns are read with ParquetOptions.Dictionary.
var dictionaryType = &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int32, ValueType: arrow.BinaryTypes.String}

func newParquetColumn(c *parquet.Column, opts ParquetOptions) parquetColumn {
	col := parquetColumn{name: c.Name(), arrow: arrow.Null}
	node, refused := newParquetNode(c, 0)
	if refused != "" {
		col.refused = refused
		return col
	}
	col.optional = node.optional
	if node.leaf == nil {
		col.nested, col.arrow = node, node.arrow
		return col
	}
	leaf := *node.leaf
	if opts.Dictionary && arrow.TypeEqual(leaf.arrow, arrow.BinaryTypes.String) {
		leaf.arrow = dictionaryType
	}
	col.parquetLeaf, col.arrow = leaf, leaf.arrow
	return col
}

func newParquetLeaf(c *parquet.Column) (leaf parquetLeaf, refused string) {
	leaf = parquetLeaf{leaf: c.Index(), kind: c.Type().Kind(), maxDef: c.MaxDefinitionLevel(), maxRep: c.MaxRepetitionLevel()}
	if leaf.kind == parquet.FixedLenByteArray {
		leaf.length = c.Type().Length()
	}
	var logical format.LogicalTypeValue
	if l := c.Type().LogicalType(); l != nil {
		logical = l.Value
	}
	if leaf.arrow = arrowTypeOf(leaf.kind, logical, leaf.length); leaf.arrow == nil {
		return leaf, fmt.Sprintf("type %v", c.Type())
	}
	return leaf, ""
}

// arrowTypeOf returns nil for types that are not read.
func arrowTypeOf(kind parquet.Kind, logical format.LogicalTypeValue, length int) arrow.DataType {
	switch l := logical.(type) {
	case nil:
	case *format.StringType, *format.EnumType:
		return arrow.BinaryTypes.String
	case *format.DateType:
		return arrow.FixedWidthTypes.Date32
	case *format.TimestampType:
		return timestampType(l)
	case *format.DecimalType:
		return decimalType(kind, l, length)
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
	switch {
	case kind == parquet.Int96:
		return &arrow.TimestampType{Unit: arrow.Nanosecond}
	case kind == parquet.ByteArray:
		return arrow.BinaryTypes.Binary
	case kind == parquet.FixedLenByteArray && length > 0:
		return &arrow.FixedSizeBinaryType{ByteWidth: length}
	}
	return nil
}

// decimalType is that of decimals of up to 38 digits in numbers or in arrays of
// one length.
func decimalType(kind parquet.Kind, l *format.DecimalType, length int) arrow.DataType {
	if l.Precision < 1 || l.Precision > 38 || l.Scale < 0 || l.Scale > l.Precision {
		return nil
	}
	if kind == parquet.Int32 || kind == parquet.Int64 || kind == parquet.FixedLenByteArray && length > 0 && length <= 16 {
		return &arrow.Decimal128Type{Precision: l.Precision, Scale: l.Scale}
	}
	return nil
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
