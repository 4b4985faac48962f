"""The other side of oracle_test.go.

  oracle.py write DIR             writes reference.arrow and the same table as Parquet by three programs
  oracle.py read DIR              checks DIR/ours.parquet and DIR/ours.csv against reference.arrow
"""
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


{"write": write, "read": read}[sys.argv[1]](sys.argv[2])
