"""The other side of oracle_test.go.

  oracle.py write DIR             writes reference.arrow and the same table as Parquet by three programs
  oracle.py kinds DIR             the same of nested columns, decimals, and other encodings and codecs
  oracle.py read DIR              checks DIR/ours.parquet and DIR/ours.csv against reference.arrow
"""
import decimal
import sys

import duckdb
import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

ROWS = 30_000


def table():
    r = np.random.default_rng(7)
    base = r.integers(0, 2**40, ROWS)

    def column(values, dtype, nulls=0.1):
        return pa.array(values, pa.int64(), mask=r.random(ROWS) < nulls).cast(dtype) if dtype else values

    words = [["", "a", "Größe", "x" * 40, 'quote " comma , line \n'][i % 5] for i in base]
    unique = [f"w{i}" for i in base]
    return pa.table({
        "bool": column(base % 2, pa.bool_()),
        "required": pa.array(base, pa.int64()),
        "uint8": column(base % 256, pa.uint8()),
        "int32": column(base % 2**31 - 2**30, pa.int32()),
        "int64": column(base * 1000 - 2**45, pa.int64(), 0.5),
        "float32": pa.array((base % 1000 / 7).astype("f4"), mask=r.random(ROWS) < 0.1),
        "float64": pa.array(base / 7 - 1e9, mask=r.random(ROWS) < 0.1),
        "word": pa.array(words, pa.string(), mask=r.random(ROWS) < 0.1),
        "unique": pa.array(unique, pa.string()),
        "date": column(base % 40000, pa.int32()).cast(pa.date32()),
        "us": column(base * 1000, pa.timestamp("us")),
        "utc": column(base * 1000, pa.timestamp("us", "UTC")),
        "empty": pa.nulls(ROWS, pa.int64()),
        "ms": column(base, pa.timestamp("ms")),
        "ns": column(base * 10**6, pa.timestamp("ns")),
    })


def write(folder):
    t = table()
    with pa.ipc.new_file(f"{folder}/reference.arrow", t.schema) as w:
        w.write_table(t.combine_chunks())
    for i, (codec, version, dictionary) in enumerate(
            (c, v, d) for c in ("zstd", "snappy", "none", "gzip") for v in ("1.0", "2.0") for d in (True, False)):
        pq.write_table(t, f"{folder}/pyarrow{i}.parquet", compression=codec, data_page_version=version,
                       use_dictionary=dictionary, row_group_size=9_999, data_page_size=8_192,
                       dictionary_pagesize_limit=20_000)
    pl.from_arrow(t).write_parquet(f"{folder}/polars.parquet", row_group_size=8_000)
    narrow = t.drop(["ms", "ns"])
    duckdb.sql(f"COPY (SELECT * FROM narrow) TO '{folder}/duckdb.parquet' (FORMAT parquet, ROW_GROUP_SIZE 6000)")


def kinds_table():
    r = np.random.default_rng(8)
    n = ROWS // 30

    def some(make, empty=True):
        """Lists of make() of length 0 to 3, some null."""
        return [None if r.random() < 0.1 else [make() for _ in range(r.integers(0 if empty else 1, 4))] for _ in range(n)]

    def number():
        return None if r.random() < 0.2 else int(r.integers(-(2**40), 2**40))

    def word():
        return None if r.random() < 0.2 else "w" * int(r.integers(0, 30)) + str(r.integers(0, 9))

    def pair():
        return None if r.random() < 0.2 else {"a": number(), "b": [word()] * int(r.integers(0, 3))}

    pairs = pa.struct([("a", pa.int64()), ("b", pa.list_(pa.string()))])
    entries = [None if r.random() < 0.1 else [{"key": f"k{i}", "value": number()} for i in range(r.integers(0, 3))] for _ in range(n)]
    cents = [None if r.random() < 0.1 else decimal.Decimal(int(r.integers(-(10**9), 10**9))).scaleb(-2) for _ in range(n)]
    steps = np.cumsum(r.integers(-5, 9, n))
    return pa.table({
        "numbers": pa.array(some(number), pa.list_(pa.int64())),
        "words": pa.array(some(word), pa.list_(pa.string())),
        "pair": pa.array([pair() for _ in range(n)], pairs),
        "pairs": pa.array(some(pair), pa.list_(pairs)),
        "deep": pa.array(some(lambda: some(number)[0]), pa.list_(pa.list_(pa.int64()))),
        "map": pa.array(entries, pa.list_(pa.struct([pa.field("key", pa.string(), False), ("value", pa.int64())]))),
        "cents": pa.array(cents, pa.decimal128(12, 2)),
        "large": pa.array([None if c is None else c * 10**20 for c in cents], pa.decimal128(38, 2)),
        "steps": pa.array(steps, pa.int64()),
        "steps32": pa.array(steps % 2**31, pa.int32(), mask=r.random(n) < 0.1),
        "paths": pa.array([f"/a/path/{i // 7}/{i}" for i in range(n)]),
        "lengths": pa.array([word() for _ in range(n)]),
        "split": pa.array(r.random(n), pa.float64(), mask=r.random(n) < 0.1),
        "split32": pa.array(r.random(n).astype("f4")),
        "blob": pa.array([bytes([i % 256] * (i % 5)) for i in range(n)], pa.binary()),
        "fixed": pa.array([bytes([i % 256] * 5) for i in range(n)], pa.binary(5)),
        "old": pa.array(steps * 10**9, pa.timestamp("ns")),
        "flag": pa.array(steps % 3 == 0, pa.bool_(), mask=r.random(n) < 0.1),
    })


def kinds(folder):
    t = kinds_table()
    pq.write_table(t, f"{folder}/plain.parquet")
    t = pq.read_table(f"{folder}/plain.parquet")  # what is below a null struct is null
    t = t.replace_schema_metadata()
    with pa.ipc.new_file(f"{folder}/reference.arrow", t.schema) as w:
        w.write_table(t.combine_chunks())
    real_map = pa.array([None if v is None else [(e["key"], e["value"]) for e in v] for v in t["map"].to_pylist()],
                        pa.map_(pa.string(), pa.int64()))
    mapped = t.set_column(t.column_names.index("map"), "map", real_map)
    encodings = {"steps": "DELTA_BINARY_PACKED", "steps32": "DELTA_BINARY_PACKED", "paths": "DELTA_BYTE_ARRAY",
                 "lengths": "DELTA_LENGTH_BYTE_ARRAY", "split": "BYTE_STREAM_SPLIT", "split32": "BYTE_STREAM_SPLIT",
                 "flag": "RLE", "fixed": "BYTE_STREAM_SPLIT"}
    for i, (codec, version) in enumerate((c, v) for c in ("lz4", "brotli", "none", "zstd") for v in ("1.0", "2.0")):
        pq.write_table(mapped, f"{folder}/pyarrow{i}.parquet", compression=codec, data_page_version=version,
                       use_dictionary=False, column_encoding=encodings, use_deprecated_int96_timestamps=i % 3 == 0,
                       store_decimal_as_integer=i % 2 == 0, row_group_size=333, data_page_size=1_024)
    pq.write_table(mapped, f"{folder}/dictionary.parquet", row_group_size=333, data_page_size=1_024)
    pl.from_arrow(t).write_parquet(f"{folder}/polars.parquet", row_group_size=800)
    duckdb.sql(f"COPY (SELECT * FROM mapped) TO '{folder}/duckdb.parquet' (FORMAT parquet, ROW_GROUP_SIZE 2048)")
    duckdb.sql(f"COPY (SELECT * FROM mapped) TO '{folder}/duckdb2.parquet' (FORMAT parquet, PARQUET_VERSION v2, CODEC lz4_raw)")


def same(name, got, want):
    for column in want.column_names:
        a, b = got[column].combine_chunks(), want[column].combine_chunks()
        if a.type != b.type:
            a = a.cast(b.type)
        if not a.equals(b):
            sys.exit(f"{name}: column {column} differs")


def read(folder):
    want = pa.ipc.open_file(f"{folder}/reference.arrow").read_all()
    file = f"{folder}/ours.parquet"
    same("pyarrow", pq.read_table(file), want)
    same("polars", pl.read_parquet(file).to_arrow(), want)
    same("duckdb", duckdb.sql(f"SELECT * FROM '{file}'").fetch_arrow_table(), want)
    for g in range(pq.ParquetFile(file).metadata.num_row_groups):
        stats = pq.ParquetFile(file).metadata.row_group(g).column(want.column_names.index("required")).statistics
        group = pq.ParquetFile(file).read_row_group(g, ["required"])["required"].to_numpy()
        if not stats.has_min_max or stats.min != group.min() or stats.max != group.max():
            sys.exit(f"statistics of row group {g}: {stats}")
    names = ["int64", "float64", "word", "required"]
    csv = pl.read_csv(f"{folder}/ours.csv").select(names).to_arrow()
    same("polars csv", csv, want.select(names))


{"write": write, "kinds": kinds, "read": read}[sys.argv[1]](sys.argv[2])
