"""Group-by questions on a table in memory: Polars, DuckDB, Dask.

args: question (q1…q10), files (a glob of Parquet files), threads.
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
        import pandas
except ModuleNotFoundError as error:
    serve.missing(error)

KEYS = {
    "q1": ["id1"],
    "q2": ["id1", "id2"],
    "q3": ["id3"],
    "q4": ["id4"],
    "q5": ["id6"],
    "q6": ["id4", "id5"],
    "q7": ["id3"],
    "q8": ["id6"],
    "q9": ["id2", "id4"],
    "q10": ["id1", "id2", "id3", "id4", "id5", "id6"],
}


def numbers(column):
    """A column of Arrow as float64, nulls as NaN, "id007" as 7."""
    if pyarrow.types.is_dictionary(column.type):
        column = pyarrow.compute.cast(column, column.type.value_type)
    if not (pyarrow.types.is_integer(column.type) or pyarrow.types.is_floating(column.type) or pyarrow.types.is_decimal(column.type)):
        column = pyarrow.compute.cast(pyarrow.compute.utf8_slice_codeunits(column.cast(pyarrow.string()), 2), pyarrow.int64())
    return pyarrow.compute.cast(column, pyarrow.float64(), safe=False).to_numpy(zero_copy_only=False).astype(numpy.float64)


def digest(table, question):
    """The figures of our side's digestGroups."""
    keys = len(KEYS[question])
    columns = [numbers(table.column(i).combine_chunks()) for i in range(table.num_columns)]
    weights = numpy.zeros(table.num_rows)
    for j, key in enumerate(columns[:keys]):
        weights += (j + 1) * numpy.nan_to_num(key)
    weights = 1 + numpy.fmod(weights, 1009)
    figures = {"rows": table.num_rows}
    for j, value in enumerate(columns[keys:]):
        figures[f"sum{j}"] = numpy.nansum(value)
        figures[f"keyed{j}"] = numpy.nansum(value * weights)
    return figures


class Polars:
    """An eager frame in memory; strings as categoricals."""

    def __init__(self):
        self.version = polars.__version__

    def load(self, files):
        self.table = polars.read_parquet(files).with_columns(polars.col("id1", "id2", "id3").cast(polars.Categorical)).rechunk()

    def query(self, question):
        c = polars.col
        values = {
            "q1": [c("v1").sum()],
            "q2": [c("v1").sum()],
            "q3": [c("v1").sum(), c("v3").mean()],
            "q4": [c("v1").mean(), c("v2").mean(), c("v3").mean()],
            "q5": [c("v1").sum(), c("v2").sum(), c("v3").sum()],
            "q6": [c("v3").median().alias("median"), c("v3").std().alias("sd")],
            "q7": [(c("v1").max() - c("v2").min()).alias("range")],
            "q8": [c("v3").top_k(2).alias("largest")],
            "q9": [(polars.corr("v1", "v2") ** 2).alias("r2")],
            "q10": [c("v3").sum(), polars.len()],
        }[question]
        lazy = self.table.lazy().group_by(KEYS[question]).agg(values)
        if question == "q8":
            lazy = lazy.explode("largest")
        return lazy.collect

    def arrow(self, result):
        return result.to_arrow()


class DuckDB:
    """A table of its own in memory; strings as enums. The answer becomes a
    table of its own too."""

    def __init__(self):
        self.version = duckdb.__version__
        self.con = duckdb.connect()
        self.con.execute(f"SET threads = {options.threads}")

    def load(self, files):
        self.con.execute("DROP TABLE IF EXISTS x")
        for name in ("id1", "id2", "id3"):
            self.con.execute(f"DROP TYPE IF EXISTS {name}_t")
            self.con.execute(f"CREATE TYPE {name}_t AS ENUM (SELECT DISTINCT {name}::VARCHAR FROM read_parquet('{files}') ORDER BY 1)")
        self.con.execute(
            "CREATE TABLE x AS SELECT id1::id1_t AS id1, id2::id2_t AS id2, id3::id3_t AS id3, id4, id5, id6, v1, v2, v3 "
            f"FROM read_parquet('{files}')")

    def query(self, question):
        keys = ", ".join(KEYS[question])
        values = {
            "q1": "sum(v1)",
            "q2": "sum(v1)",
            "q3": "sum(v1), avg(v3)",
            "q4": "avg(v1), avg(v2), avg(v3)",
            "q5": "sum(v1), sum(v2), sum(v3)",
            "q6": "median(v3), stddev(v3)",
            "q7": "max(v1) - min(v2)",
            "q9": "pow(corr(v1, v2), 2)",
            "q10": "sum(v3), count(*)",
        }.get(question)
        names = ", ".join(f"{v} AS {'abc'[i]}" for i, v in enumerate(values.split(", ") if question != "q9" else [values])) if values else ""
        query = f"SELECT {keys}, {names} FROM x GROUP BY {keys}"
        if question == "q8":
            query = "SELECT id6, unnest(max(v3, 2)) AS a FROM x GROUP BY id6"

        def run():
            self.con.execute("CREATE OR REPLACE TABLE answer AS " + query)

        return run

    def arrow(self, _):
        return self.con.execute("SELECT * FROM answer").to_arrow_table()


class Dask:
    """One process a thread, as suits pandas, with the table persisted."""

    def __init__(self):
        self.version = dask.__version__
        self.cluster = distributed.LocalCluster(
            n_workers=options.threads, threads_per_worker=1, processes=True, dashboard_address=None, silence_logs="ERROR")
        self.client = distributed.Client(self.cluster)

    def load(self, files):
        self.table = dask.dataframe.read_parquet(files).persist()
        distributed.wait(self.table)

    def query(self, question):
        x = self.table
        keys = KEYS[question]
        simple = {
            "q1": {"v1": "sum"},
            "q2": {"v1": "sum"},
            "q3": {"v1": "sum", "v3": "mean"},
            "q4": {"v1": "mean", "v2": "mean", "v3": "mean"},
            "q5": {"v1": "sum", "v2": "sum", "v3": "sum"},
            "q10": {"v3": ["sum", "count"]},
        }
        if question in simple:
            return lambda: x.groupby(keys).agg(simple[question], split_out=1).compute().reset_index()
        return {"q6": self.q6, "q7": self.q7, "q8": self.q8, "q9": self.q9}[question]

    def q6(self):
        groups = self.table.groupby(["id4", "id5"]).v3
        median, deviation = dask.compute(groups.median(), groups.std())
        return pandas.DataFrame({"median": median, "sd": deviation}).reset_index()

    def q7(self):
        r = self.table.groupby("id3").agg({"v1": "max", "v2": "min"}).compute()
        return (r.v1 - r.v2).rename("range").reset_index()

    def q8(self):
        def largest(rows):
            return rows.sort_values("v3", ascending=False).groupby("id6").head(2)

        x = self.table[["id6", "v3"]]
        return largest(x.map_partitions(largest, meta=x._meta).compute())

    def q9(self):
        x = self.table[["id2", "id4", "v1", "v2"]].astype({"v1": "int64", "v2": "int64"})
        x = x.assign(n=1, xy=x.v1 * x.v2, xx=x.v1 * x.v1, yy=x.v2 * x.v2)
        s = x.groupby(["id2", "id4"]).sum().compute()
        xy = (s.n * s.xy - s.v1 * s.v2).astype("float64")
        xx = (s.n * s.xx - s.v1 * s.v1).astype("float64")
        yy = (s.n * s.yy - s.v2 * s.v2).astype("float64")
        return (xy * xy / (xx * yy)).rename("r2").reset_index()

    def arrow(self, result):
        if isinstance(result.columns, pandas.MultiIndex):
            result.columns = ["_".join(c) for c in result.columns]
        return pyarrow.Table.from_pandas(result, preserve_index=False)


def main():
    engine = {"polars": Polars, "duckdb": DuckDB, "dask": Dask}[options.peer]()
    loaded = None

    def prepare(case, args):
        nonlocal loaded
        if loaded != args["files"]:
            engine.load(args["files"])
            loaded = args["files"]
        question = args["question"]
        return engine.query(question), lambda result: digest(engine.arrow(result), question)

    serve.serve(engine.version, prepare)


if __name__ == "__main__":
    main()
