"""pyarrow's Flight client beside Ashlar's service: python oracle.py ADDRESS.

The Go test has published "table" (columns below), "x" (an array, 10 x 4 x 3,
counting from 0, cut along all axes), "flags", "vector" and "words". What is put
here the Go test opens afterwards.
"""
import datetime as dt
import decimal
import subprocess
import sys

import numpy as np
import pyarrow as pa
import pyarrow.flight as fl

client = fl.connect("grpc://" + sys.argv[1])


def path(name):
    return fl.FlightDescriptor.for_path(name)


def read(name):
    """All endpoints of a flight, each over a stream of its own, in order."""
    info = client.get_flight_info(path(name))
    tables = [client.do_get(e.ticket).read_all() for e in info.endpoints]
    for t in tables:
        t.validate(full=True)
        assert t.schema.equals(info.schema, check_metadata=True), (t.schema, info.schema)
    return info, pa.concat_tables(tables)


def fails(what, *says):
    try:
        what()
    except (pa.ArrowException, pa.ArrowInvalid, pa.ArrowNotImplementedError, KeyError, fl.FlightError) as e:
        for s in says:
            assert s in str(e), (s, str(e))
        return type(e)
    raise AssertionError("it did not fail")


def listing():
    flights = {f.descriptor.path[0].decode(): f for f in client.list_flights()}
    assert sorted(flights) == ["flags", "table", "vector", "words", "x"], sorted(flights)
    assert flights["table"].schema.names == ["s", "d", "i", "t", "b", "l"], flights["table"].schema
    assert flights["x"].total_records == 10 and flights["x"].total_bytes == 960
    assert b"encoded Go value" in flights["words"].app_metadata, flights["words"].app_metadata
    assert [f.descriptor.path[0] for f in client.list_flights(b"ta")] == [b"table"]


def table():
    info, got = read("table")
    assert len(info.endpoints) == 3 and info.ordered, info
    assert client.get_schema(path("table")).schema.equals(info.schema)
    n = 5000
    want = pa.table({
        "s": pa.array([None if i % 7 == 0 else f"row {i}" for i in range(n)]),
        "d": pa.array([None if i % 5 == 0 else f"key {i % 3}" for i in range(n)]),
        "i": pa.array([None if i % 11 == 0 else i for i in range(n)], pa.int64()),
        "t": pa.array([1_700_000_000_000_000 + i for i in range(n)], pa.timestamp("us", "UTC")),
        "b": pa.array([i % 3 == 0 for i in range(n)]),
        "l": pa.array([list(range(i % 4)) for i in range(n)], pa.list_(pa.int32())),
    })
    assert pa.types.is_dictionary(got.schema.field("d").type), got.schema
    got = got.set_column(1, "d", got.column("d").cast(pa.string()))
    for name in want.column_names:
        assert got.column(name).to_pylist() == want.column(name).to_pylist(), name
    whole = client.do_get(fl.Ticket("table")).read_all()
    whole.validate(full=True)
    assert whole.num_rows == n and whole.column("i").to_pylist() == want.column("i").to_pylist()


def arrays():
    info, got = read("x")
    x = got.column("value").combine_chunks()
    assert isinstance(x, pa.FixedShapeTensorArray), type(x)
    assert (x.to_numpy_ndarray() == np.arange(120.0).reshape(10, 4, 3)).all()
    assert len(info.endpoints) == 4, info
    _, got = read("flags")
    assert (got.column(0).combine_chunks().to_numpy_ndarray() == np.eye(3, dtype=np.uint8)).all()
    assert got.schema.metadata[b"ashlar.dtype"] == b"bool"
    _, got = read("vector")
    assert (got.column(0).combine_chunks().to_numpy_ndarray() == np.arange(7, dtype=np.float32)).all()


def put(name, table, headers=(), chunk=None):
    writer, reader = client.do_put(path(name), table.schema, options=fl.FlightCallOptions(headers=list(headers)))
    writer.write_table(table, chunk)
    writer.done_writing()
    said = reader.read()
    writer.close()
    return said.to_pybytes()


def every_type(n):
    """A table of every type that Ashlar takes, with nulls, and slices in it."""
    def nulls(xs):
        return [None if i % 6 == 5 else x for i, x in enumerate(xs)]
    r = range(n)
    day = dt.date(2026, 11, 30)
    cols = {
        "null": pa.nulls(n), "bool": pa.array(nulls(i % 2 == 0 for i in r)),
        "bytes": pa.array(nulls(b"%d" % i for i in r)), "large": pa.array(nulls(f"{i}" for i in r), pa.large_string()),
        "large bytes": pa.array(nulls(b"%d" % i for i in r), pa.large_binary()),
        "text": pa.array(nulls(f"row {i}" for i in r)), "day": pa.array(nulls(day + dt.timedelta(i) for i in r)),
        "half": pa.array([np.float16(i % 100) for i in r], pa.float16()),
        "fixed": pa.array(nulls(b"%04d" % (i % 10000) for i in r), pa.binary(4)),
        "decimal": pa.array(nulls(decimal.Decimal(i) / 4 for i in r), pa.decimal128(20, 2)),
        "wide": pa.array(nulls(decimal.Decimal(i) / 4 for i in r), pa.decimal256(50, 2)),
        "key": pa.array(nulls(f"key {i % 10}" for i in r)).dictionary_encode(),
        "small key": pa.array(nulls(f"key {i % 10}" for i in r)).dictionary_encode().cast(pa.dictionary(pa.int8(), pa.string())),
        "list": pa.array(nulls([f"{k}" for k in range(i % 3)] for i in r)),
        "lists": pa.array(nulls([[i], [], None] for i in r), pa.list_(pa.list_(pa.int64()))),
        "large list": pa.array(nulls([i] * (i % 3) for i in r), pa.large_list(pa.int32())),
        "pairs": pa.array(nulls([i, None] for i in r), pa.list_(pa.int64(), 2)),
        "map": pa.array(nulls([(f"{k}", i) for k in range(i % 3)] for i in r), pa.map_(pa.string(), pa.int64())),
        "struct": pa.array(nulls({"a": i, "b": f"{i}"} for i in r)),
    }
    for t in [pa.int8(), pa.int16(), pa.int32(), pa.int64(), pa.uint8(), pa.uint16(), pa.uint32(), pa.uint64(), pa.float32(), pa.float64()]:
        cols[str(t)] = pa.array(nulls(i % 100 for i in r), t)
    for t in [pa.time32("s"), pa.time32("ms"), pa.date32()]:
        cols["int " + str(t)] = pa.array(nulls(i % 86400 for i in r), pa.int32()).cast(t)
    for t in [pa.time64("us"), pa.time64("ns"), pa.duration("ms"), pa.timestamp("s"), pa.timestamp("ns", "Asia/Tokyo")]:
        cols["int " + str(t)] = pa.array(nulls(i for i in r), pa.int64()).cast(t)
    cols["interval"] = pa.array([pa.MonthDayNano([i % 12, 1, i]) for i in r])
    return pa.table(cols)


def puts():
    all = every_type(3000)
    sliced = pa.concat_tables([all.slice(5, 1000), all.slice(1005, 1), all.slice(1006)])
    said = put("put", sliced, chunk=700)
    assert b'"rows":2995' in said, said
    _, back = read("put")
    assert back.schema.equals(all.schema), (back.schema, all.schema)
    for name in all.column_names:
        got, want = back.column(name), all.column(name).slice(5)
        if pa.types.is_dictionary(want.type): # of which each partition has its own
            got, want = got.cast(pa.string()), want.cast(pa.string())
        assert got.equals(want), name

    x = np.arange(5 * 3 * 2, dtype=np.float32).reshape(5, 3, 2)
    put("tensor", pa.table({"t": pa.FixedShapeTensorArray.from_numpy_ndarray(x)}))
    _, back = read("tensor")
    assert (back.column(0).combine_chunks().to_numpy_ndarray() == x).all()
    turned = np.arange(24).reshape(2, 4, 3).transpose(0, 2, 1)
    a = pa.FixedShapeTensorArray.from_numpy_ndarray(turned)
    assert list(a.type.permutation or []) == [1, 0], a.type
    put("turned", pa.table({"t": a}))
    _, back = read("turned")
    assert (back.column(0).combine_chunks().to_numpy_ndarray() == turned).all()

    small = pa.table({"n": [1, 2, 3]})
    put("small", small)
    fails(lambda: put("small", small), "small", "published already", "ashlar-replace")
    put("small", pa.table({"n": [4, 5]}), headers=[(b"ashlar-replace", b"true")])
    assert read("small")[1].column("n").to_pylist() == [4, 5]
    put("empty", all.slice(0, 0))
    assert read("empty")[1].num_rows == 0
    compressed(all)


def compressed(table):
    options = fl.FlightCallOptions(write_options=pa.ipc.IpcWriteOptions(compression="zstd"))
    writer, reader = client.do_put(path("compressed"), table.schema, options=options)
    writer.write_table(table)
    writer.done_writing()
    reader.read()
    writer.close()
    assert read("compressed")[1].column("text").to_pylist() == table.column("text").to_pylist()


def mistakes():
    assert fails(lambda: client.get_flight_info(path("nobody's")), "nobody's") in (KeyError, pa.ArrowKeyError)
    fails(lambda: client.get_flight_info(fl.FlightDescriptor.for_command(b"select")), "for_path")
    fails(lambda: client.get_flight_info(path("words")), "words", "encoded Go value")
    fails(lambda: client.do_get(fl.Ticket(b"{")).read_all(), "malformed ticket")
    fails(lambda: client.do_get(fl.Ticket(b"nobody's")).read_all(), "nobody's")
    fails(lambda: put("runs", pa.table({"r": pa.RunEndEncodedArray.from_arrays(pa.array([2], pa.int32()), pa.array([7]))})), 'column "r"')
    fails(lambda: put("view", pa.table({"v": pa.array(["a"], pa.string_view())})), "put")
    fails(lambda: list(client.do_action(fl.Action("dance", b""))), "dance")
    fails(lambda: list(client.do_action(fl.Action("drop", b"nobody's"))), "nobody's")
    # Whoever dies in the middle has put nothing.
    subprocess.run([sys.executable, "-c", """
import os, sys
import pyarrow as pa, pyarrow.flight as fl
t = pa.table({"n": pa.array(range(100_000))})
writer, _ = fl.connect("grpc://" + sys.argv[1]).do_put(fl.FlightDescriptor.for_path("left"), t.schema)
writer.write_table(t, 10_000)
os._exit(0)
""", sys.argv[1]], check=True)
    assert [a.type for a in client.list_actions()] == ["drop"]
    list(client.do_action(fl.Action("drop", b"small")))
    fails(lambda: client.get_flight_info(path("small")), "small")


listing()
table()
arrays()
puts()
mistakes()
print("ok")
