"""Joins, and a sort, of tables in memory: Polars, DuckDB, Dask.

args: question (j1…j5, sort), dir (of the Parquet files), threads.
"""

import os

import serve

options = serve.arguments("polars", "duckdb", "dask")
os.environ["POLARS_MAX_THREADS"] = str(options.threads)

try:
    import numpy
    import pyarrow
    import pyarrow.compute

    if options.peer == "polars":
        import polars
    elif options.peer == "duckdb":
        import duckdb
    else:
        import dask
        import dask.dataframe
        import distributed
except ModuleNotFoundError as error:
    serve.missing(error)

# The table on the right, the kind of join, the column.
JOINS = {
    "j1": ("small", "inner", "id1"),
    "j2": ("medium", "inner", "id2"),
    "j3": ("medium", "left", "id2"),
    "j4": ("medium", "inner", "id5"),
    "j5": ("big", "inner", "id3"),
}
SIDES = {"small": ["id1", "id4", "v2"], "medium": ["id1", "id2", "id4", "id5", "v2"], "big": ["id1", "id2", "id3", "id4", "id5", "id6", "v2"]}
X = ["id1", "id2", "id3", "id4", "id5", "id6", "v1"]
SORTED = ["id1", "id2", "id3", "id4", "id5", "id6", "v1", "v2", "v3"]


def kept(right, key):
    """The columns of the right side that are in the answer, and their names there."""
    return [(name, name + "_right" if name in X else name) for name in SIDES[right] if name != key]


def columns(question):
    """The columns of the answer, in order."""
    if question == "sort":
        return SORTED
    right, _, key = JOINS[question]
    return X + [name for _, name in kept(right, key)]


def numbers(column):
    """A column of Arrow as float64, nulls as NaN, "id007" as 7."""
    if isinstance(column, pyarrow.ChunkedArray):
        column = column.combine_chunks()
    if pyarrow.types.is_dictionary(column.type):
        words = numbers(column.dictionary)
        codes = pyarrow.compute.cast(column.indices, pyarrow.float64()).to_numpy(zero_copy_only=False)
        known = ~numpy.isnan(codes)
        out = numpy.full(len(codes), numpy.nan)
        out[known] = words[codes[known].astype(numpy.int64)]
        return out
    if not (pyarrow.types.is_integer(column.type) or pyarrow.types.is_floating(column.type)):
        column = pyarrow.compute.cast(pyarrow.compute.utf8_slice_codeunits(column.cast(pyarrow.large_string()), 2), pyarrow.int64())
    return pyarrow.compute.cast(column, pyarrow.float64(), safe=False).to_numpy(zero_copy_only=False).astype(numpy.float64)


def digest(table, question):
    """The figures of our side's digestParts."""
    ordered = question == "sort"
    weights = 1 + numpy.fmod(numbers(table.column("id6" if ordered else "id3")), 1009)
    figures = {"rows": table.num_rows}
    for j, name in enumerate(columns(question)):
        value = numbers(table.column(name))
        figures[f"sum{j}"] = numpy.nansum(value)
        figures[f"keyed{j}"] = numpy.nansum(value * weights)
    if ordered:
        v3 = numbers(table.column("v3"))
        figures["disorder"] = int((numpy.diff(v3) < 0).sum())
        figures["placed"] = (v3 * (1 + numpy.fmod(numpy.arange(1, len(v3) + 1), 1009))).sum()
    return figures


def tables(question):
    """The tables that a question reads, and the folder of each below dir."""
    return {"sorted": ""} if question == "sort" else {"x": "x", JOINS[question][0]: JOINS[question][0]}


class Polars:
    """Frames in memory; strings as categoricals; the streaming engine, which is
    the faster one in all of these but j3, where both take the same."""

    def __init__(self):
        self.version = polars.__version__
        self.tables = {}

    def load(self, name, files):
        t = polars.read_parquet(files)
        self.tables[name] = t.with_columns(polars.col(polars.String).cast(polars.Categorical)).rechunk()

    def query(self, question):
        if question == "sort":
            lazy = self.tables["sorted"].lazy().sort("v3")
        else:
            right, how, key = JOINS[question]
            lazy = self.tables["x"].lazy().join(self.tables[right].lazy(), on=key, how=how)
        return lambda: lazy.collect(engine="streaming")

    def arrow(self, result):
        return result.to_arrow()


class DuckDB:
    """Tables of its own in memory; strings of few values as enums (one of 10⁷
    takes it minutes to make). The answer becomes a table of its own too."""

    def __init__(self):
        self.version = duckdb.__version__
        self.con = duckdb.connect()
        self.con.execute(f"SET threads = {options.threads}")

    def load(self, name, files):
        kind = "sorted" if name == "sorted" else "joined"
        everywhere = os.path.join(os.path.dirname(os.path.dirname(files)), "*", "*.parquet")
        enums = {"id1", "id2", "id3"} if name == "sorted" else {"id4", "id5"} & set(SIDES.get(name, X))
        for column in enums:
            self.con.execute(
                f"CREATE TYPE IF NOT EXISTS {kind}_{column} AS ENUM (SELECT DISTINCT {column}::VARCHAR FROM read_parquet("
                f"'{files if name == 'sorted' else everywhere}', union_by_name = true) WHERE {column} IS NOT NULL ORDER BY 1)")
        chosen = ", ".join(f"{c}::{kind}_{c} AS {c}" if c in enums else c for c in (SORTED if name == "sorted" else SIDES.get(name, X)))
        self.con.execute(f"CREATE OR REPLACE TABLE {name} AS SELECT {chosen} FROM read_parquet('{files}')")

    def query(self, question):
        if question == "sort":
            query = "SELECT * FROM sorted ORDER BY v3"
        else:
            right, how, key = JOINS[question]
            more = ", ".join(f"r.{name} AS {as_}" for name, as_ in kept(right, key))
            query = f"SELECT x.*, {more} FROM x {how} JOIN {right} r ON x.{key} = r.{key}"

        def run():
            self.con.execute("CREATE OR REPLACE TABLE answer AS " + query)

        return run

    def arrow(self, _):
        return self.con.execute("SELECT * FROM answer").to_arrow_table()


class Dask:
    """One process a thread, as suits pandas, with the tables and the answer persisted."""

    def __init__(self):
        self.version = dask.__version__
        self.cluster = distributed.LocalCluster(
            n_workers=options.threads, threads_per_worker=1, processes=True, dashboard_address=None, silence_logs="ERROR")
        self.client = distributed.Client(self.cluster)
        self.tables = {}

    def load(self, name, files):
        self.tables[name] = dask.dataframe.read_parquet(files).persist()
        distributed.wait(self.tables[name])

    def query(self, question):
        if question == "sort":
            made = lambda: self.tables["sorted"].sort_values("v3")
        else:
            right, how, key = JOINS[question]
            made = lambda: self.tables["x"].merge(self.tables[right], on=key, how=how, suffixes=("", "_right"))

        def run():
            answer = made().persist()
            distributed.wait(answer)
            return answer

        return run

    def arrow(self, result):
        return pyarrow.Table.from_pandas(result.compute(), preserve_index=False)


def main():
    engine = {"polars": Polars, "duckdb": DuckDB, "dask": Dask}[options.peer]()
    loaded = {}

    def prepare(case, args):
        question = args["question"]
        for name, folder in tables(question).items():
            files = os.path.join(args["dir"], folder, "*.parquet")
            if loaded.get(name) != files:
                engine.load(name, files)
                loaded[name] = files
        return engine.query(question), lambda result: digest(engine.arrow(result), question)

    serve.serve(engine.version, prepare)


if __name__ == "__main__":
    main()
