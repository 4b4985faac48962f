package wire

import (
	"math"

	"github.com/apache/arrow/go/v17/arrow"
)

// A schema travels in an encoding of our own: Arrow's reader of its own one
// believes every length that it is told.

// plainTypes are the types that their number says all about.
var plainTypes = map[arrow.Type]arrow.DataType{
	arrow.NULL: arrow.Null, arrow.BOOL: arrow.FixedWidthTypes.Boolean,
	arrow.INT8: arrow.PrimitiveTypes.Int8, arrow.INT16: arrow.PrimitiveTypes.Int16,
	arrow.INT32: arrow.PrimitiveTypes.Int32, arrow.INT64: arrow.PrimitiveTypes.Int64,
	arrow.UINT8: arrow.PrimitiveTypes.Uint8, arrow.UINT16: arrow.PrimitiveTypes.Uint16,
	arrow.UINT32: arrow.PrimitiveTypes.Uint32, arrow.UINT64: arrow.PrimitiveTypes.Uint64,
	arrow.FLOAT16: arrow.FixedWidthTypes.Float16, arrow.FLOAT32: arrow.PrimitiveTypes.Float32, arrow.FLOAT64: arrow.PrimitiveTypes.Float64,
	arrow.STRING: arrow.BinaryTypes.String, arrow.BINARY: arrow.BinaryTypes.Binary,
	arrow.LARGE_STRING: arrow.BinaryTypes.LargeString, arrow.LARGE_BINARY: arrow.BinaryTypes.LargeBinary,
	arrow.DATE32: arrow.FixedWidthTypes.Date32, arrow.DATE64: arrow.FixedWidthTypes.Date64,
	arrow.INTERVAL_MONTHS: arrow.FixedWidthTypes.MonthInterval, arrow.INTERVAL_DAY_TIME: arrow.FixedWidthTypes.DayTimeInterval,
	arrow.INTERVAL_MONTH_DAY_NANO: arrow.FixedWidthTypes.MonthDayNanoInterval,
}

func (e *encoder) text(s string) {
	e.number(len(s))
	e.meta = append(e.meta, s...)
}

func (e *encoder) schema(s *arrow.Schema) {
	e.metadata(s.Metadata())
	e.fields(s.Fields())
}

func (e *encoder) metadata(m arrow.Metadata) {
	e.number(m.Len())
	for i, k := range m.Keys() {
		e.text(k)
		e.text(m.Values()[i])
	}
}

func (e *encoder) fields(fs []arrow.Field) {
	e.number(len(fs))
	for _, f := range fs {
		e.field(f)
	}
}

func (e *encoder) field(f arrow.Field) {
	e.text(f.Name)
	e.flag(f.Nullable)
	e.metadata(f.Metadata)
	e.typ(f.Type)
}

// typ writes a type for which columnTravels has no objection.
func (e *encoder) typ(t arrow.DataType) {
	e.meta = append(e.meta, byte(t.ID()))
	switch t := t.(type) {
	case *arrow.Time32Type:
		e.number(int(t.Unit))
	case *arrow.Time64Type:
		e.number(int(t.Unit))
	case *arrow.DurationType:
		e.number(int(t.Unit))
	case *arrow.TimestampType:
		e.number(int(t.Unit))
		e.text(t.TimeZone)
	case arrow.DecimalType:
		e.number(int(t.GetPrecision()))
		e.number(int(uint32(t.GetScale())))
	case *arrow.FixedSizeBinaryType:
		e.number(t.ByteWidth)
	case *arrow.FixedSizeListType:
		e.number(int(t.Len()))
		e.field(t.ElemField())
	case *arrow.MapType:
		e.flag(t.KeysSorted)
		e.field(t.KeyField())
		e.field(t.ItemField())
	case arrow.ListLikeType:
		e.field(t.ElemField())
	case *arrow.StructType:
		e.fields(t.Fields())
	case *arrow.DictionaryType:
		e.typ(t.IndexType)
		e.typ(t.ValueType)
		e.flag(t.Ordered)
	}
}

func (p *planner) text(what string) string { return string(p.bytes(what)) }

func (p *planner) schema() *arrow.Schema {
	m := p.metadata()
	return arrow.NewSchema(p.fields(0), &m)
}

func (p *planner) metadata() arrow.Metadata {
	n := p.count("entries of metadata")
	var ks, vs []string
	for range n {
		ks, vs = append(ks, p.text("key of metadata")), append(vs, p.text("value of metadata"))
		if p.err != nil {
			break
		}
	}
	return arrow.NewMetadata(ks, vs)
}

func (p *planner) fields(depth int) []arrow.Field {
	var fs []arrow.Field
	for range p.count("fields") {
		if fs = append(fs, p.field(depth)); p.err != nil {
			return nil
		}
	}
	return fs
}

func (p *planner) field(depth int) arrow.Field {
	return arrow.Field{Name: p.text("name of a field"), Nullable: p.byte("nullable") != 0, Metadata: p.metadata(), Type: p.typ(depth)}
}

// typ reads a type. After an error it is null, which is never looked at.
func (p *planner) typ(depth int) arrow.DataType {
	id := arrow.Type(p.byte("type"))
	if depth > maxDepth {
		p.fail("types in types, more than %d deep", maxDepth)
	}
	if p.err != nil {
		return arrow.Null
	}
	if t := plainTypes[id]; t != nil {
		return t
	}
	switch id {
	case arrow.TIME32:
		return &arrow.Time32Type{Unit: p.unit(arrow.Second, arrow.Millisecond)}
	case arrow.TIME64:
		return &arrow.Time64Type{Unit: p.unit(arrow.Microsecond, arrow.Nanosecond)}
	case arrow.DURATION:
		return &arrow.DurationType{Unit: p.unit(arrow.Second, arrow.Nanosecond)}
	case arrow.TIMESTAMP:
		return &arrow.TimestampType{Unit: p.unit(arrow.Second, arrow.Nanosecond), TimeZone: p.text("time zone")}
	case arrow.DECIMAL128:
		return &arrow.Decimal128Type{Precision: int32(p.number("precision", 38)), Scale: int32(p.number("scale", 1<<32-1))}
	case arrow.DECIMAL256:
		return &arrow.Decimal256Type{Precision: int32(p.number("precision", 76)), Scale: int32(p.number("scale", 1<<32-1))}
	case arrow.FIXED_SIZE_BINARY:
		return &arrow.FixedSizeBinaryType{ByteWidth: p.number("width", 1<<28)}
	case arrow.LIST:
		return arrow.ListOfField(p.field(depth + 1))
	case arrow.LARGE_LIST:
		return arrow.LargeListOfField(p.field(depth + 1))
	case arrow.FIXED_SIZE_LIST:
		return p.fixedList(depth)
	case arrow.MAP:
		return p.mapping(depth)
	case arrow.STRUCT:
		return p.structure(depth)
	case arrow.DICTIONARY:
		return p.dictionary(depth)
	}
	p.fail("type %v", id)
	return arrow.Null
}

func (p *planner) fixedList(depth int) arrow.DataType {
	each := p.number("elements of a list", math.MaxInt32)
	elem := p.field(depth + 1)
	if each == 0 {
		p.fail("lists of no elements") // Arrow panics
		return arrow.Null
	}
	return arrow.FixedSizeListOfField(int32(each), elem)
}

func (p *planner) mapping(depth int) arrow.DataType {
	sorted := p.byte("sorted keys") != 0
	key, item := p.field(depth+2), p.field(depth+2)
	m := arrow.MapOfWithMetadata(key.Type, key.Metadata, item.Type, item.Metadata)
	m.KeysSorted = sorted
	m.SetItemNullable(item.Nullable)
	return m
}

func (p *planner) structure(depth int) arrow.DataType {
	fs := p.fields(depth + 1)
	seen := make(map[string]bool, len(fs))
	for _, f := range fs {
		if seen[f.Name] { // Arrow can look up only one of them, and panics
			p.fail("two fields of a struct are named %q", f.Name)
			return arrow.Null
		}
		seen[f.Name] = true
	}
	return arrow.StructOf(fs...)
}

func (p *planner) dictionary(depth int) arrow.DataType {
	index, value := p.typ(depth+1), p.typ(depth+1)
	ordered := p.byte("ordered") != 0
	if p.err == nil && !arrow.IsInteger(index.ID()) {
		p.fail("a dictionary with indices of %v", index)
	}
	return &arrow.DictionaryType{IndexType: index, ValueType: value, Ordered: ordered}
}

func (p *planner) unit(lo, hi arrow.TimeUnit) arrow.TimeUnit {
	u := arrow.TimeUnit(p.number("unit", uint64(arrow.Nanosecond)))
	if p.err == nil && (u < lo || u > hi) {
		p.fail("unit %v", u)
	}
	return u
}
