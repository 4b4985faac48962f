"""Files into tables in memory: Polars, DuckDB, pyarrow.

args: format (csv, parquet), files (a path or a glob).
"""

import glob
import os

import serve

options = serve.arguments("polars", "duckdb", "pyarrow")
os.environ["POLARS_MAX_THREADS"] = str(options.threads)

try:
    import pyarrow
    import pyarrow.compute
    import pyarrow.csv
    import pyarrow.parquet

    if options.peer == "polars":
        import polars
    elif options.peer == "duckdb":
        import duckdb
except ModuleNotFoundError as error:
    serve.missing(error)


def figure(column):
    """One figure of a column, the same as our side's digestColumns has."""
    kind = column.type
    if pyarrow.types.is_dictionary(kind):
        column = pyarrow.compute.cast(column, kind.value_type)
        kind = column.type
    if pyarrow.types.is_timestamp(kind):
        ticks = pyarrow.compute.cast(column, pyarrow.int64())
        unit = {"s": 1, "ms": 1e3, "us": 1e6, "ns": 1e9}[kind.unit]
        return pyarrow.compute.sum(pyarrow.compute.cast(ticks, pyarrow.float64(), safe=False)).as_py() / unit
    if not (pyarrow.types.is_integer(kind) or pyarrow.types.is_floating(kind)):
        column = pyarrow.compute.binary_length(column)
    return pyarrow.compute.sum(pyarrow.compute.cast(column, pyarrow.float64(), safe=False)).as_py()


def digest(table):
    figures = {name: figure(table.column(name)) for name in table.column_names}
    figures["rows"] = table.num_rows
    return figures


def polars_scan(kind, files):
    read = polars.read_csv if kind == "csv" else polars.read_parquet
    return lambda: read(files), lambda r: digest(r.to_arrow())


def duckdb_scan(kind, files):
    con = duckdb.connect()
    con.execute(f"SET threads = {options.threads}")
    query = f"CREATE OR REPLACE TABLE x AS SELECT * FROM read_{kind}('{files}')"
    return lambda: con.execute(query), lambda r: digest(con.execute("SELECT * FROM x").to_arrow_table())


def pyarrow_scan(kind, files):
    read = pyarrow.csv.read_csv if kind == "csv" else pyarrow.parquet.read_table
    paths = sorted(glob.glob(files))
    return lambda: pyarrow.concat_tables([read(p) for p in paths]), digest


def prepare(case, args):
    scan = {"polars": polars_scan, "duckdb": duckdb_scan, "pyarrow": pyarrow_scan}[options.peer]
    return scan(args["format"], args["files"])


if options.peer == "pyarrow":
    pyarrow.set_cpu_count(options.threads)
    pyarrow.set_io_thread_count(options.threads)
version = {"polars": lambda: polars.__version__, "duckdb": lambda: duckdb.__version__, "pyarrow": lambda: pyarrow.__version__}
serve.serve(version[options.peer](), prepare)
