"""A group-by on a table several times as large as the memory: DuckDB, Polars.

args: files (a glob of Parquet files with the columns key and value). DuckDB has
them in a database file, under memory_limit; Polars has no limit to set, and
streams the files.
"""

import os

import serve

options = serve.arguments("duckdb", "polars", memory=0, dir=".")
os.environ["POLARS_MAX_THREADS"] = str(options.threads)

try:
    if options.peer == "polars":
        import polars
    else:
        import duckdb
except ModuleNotFoundError as error:
    serve.missing(error)

def digest(rows):
    """rows are (key, rows of the group, their sum): the figures of Groups.Digest."""
    return {
        "groups": len(rows),
        "rows": sum(n for _, n, _ in rows),
        "sum": sum(s for _, _, s in rows),
        "keyed rows": sum(k * n for k, n, _ in rows),
        "keyed sum": sum(k * s for k, _, s in rows),
    }


def duckdb_groups(files):
    con = duckdb.connect(os.path.join(options.dir, "outofcore.duckdb"))
    con.execute(f"SET threads = {options.threads}")
    con.execute(f"SET memory_limit = '{options.memory}B'")
    con.execute(f"SET temp_directory = '{options.dir}/duckdb-temp'")
    con.execute("SET preserve_insertion_order = false")
    con.execute(f"CREATE OR REPLACE TABLE x AS SELECT * FROM read_parquet('{files}')")
    return lambda: con.execute("SELECT key, count(*), sum(value) FROM x GROUP BY key").fetchall(), digest


def polars_groups(files):
    lazy = polars.scan_parquet(files).group_by("key").agg(polars.len(), polars.col("value").sum())
    return lambda: lazy.collect(engine="streaming"), lambda frame: digest(frame.select("key", "len", "value").rows())


def prepare(case, args):
    return (duckdb_groups if options.peer == "duckdb" else polars_groups)(args["files"])


serve.serve(duckdb.__version__ if options.peer == "duckdb" else polars.__version__, prepare)
