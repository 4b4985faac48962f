"""What DuckDB and NumPy say of the flights: the other side of oracle_test.go.

  oracle.py DIR     reads flights-3m.parquet and airports.csv in DIR and prints JSON
"""
import json
import sys

import duckdb
import numpy as np

folder = sys.argv[1]
db = duckdb.connect()
db.execute("SET TimeZone = 'UTC'")
db.execute(f"CREATE VIEW airports AS SELECT * FROM read_csv('{folder}/airports.csv', header = true)")
db.execute(f"""CREATE TABLE flights AS
    SELECT *, hour(date) AS hour, isodow(date) AS weekday, month(date) AS month, CAST(date AS DATE) AS day,
           CASE WHEN delay > 15 THEN 1 ELSE 0 END AS late
    FROM '{folder}/flights-3m.parquet' WHERE delay IS NOT NULL AND origin IS NOT NULL""")

PUNCTUALITY = "count(*) AS flights, avg(delay) AS mean_delay, avg(late) AS late"
QUERIES = {
    "busiest": f"""SELECT origin, city, state, {PUNCTUALITY} FROM flights JOIN airports ON origin = iata
        GROUP BY origin, city, state ORDER BY flights DESC LIMIT 10""",
    "latest": f"""SELECT origin, destination, {PUNCTUALITY}, avg(distance) AS miles FROM flights
        GROUP BY origin, destination HAVING flights >= 500 ORDER BY mean_delay DESC LIMIT 5""",
    "daily": """SELECT origin, strftime(day, '%Y-%m-%d') AS day, avg(delay) AS mean FROM flights
        WHERE day < '2001-07-01' AND origin IN
            (SELECT origin FROM flights WHERE day < '2001-07-01' GROUP BY origin HAVING count(DISTINCT day) = 181)
        GROUP BY origin, day ORDER BY origin, day""",
}
for by in ("month", "weekday", "hour"):
    QUERIES[by] = f"SELECT {by}, {PUNCTUALITY} FROM flights GROUP BY {by} ORDER BY {by}"


def tables():
    for name, sql in QUERIES.items():
        result = db.execute(sql)
        yield name, {"columns": [c[0] for c in result.description], "rows": result.fetchall()}


def matrices(daily):
    x = np.array([row[2] for row in daily["rows"]]).reshape(-1, 181)
    centred = x - x.mean(axis=1, keepdims=True)
    cov = np.cov(x)
    yield "centred", centred
    yield "covariance", cov
    yield "cholesky", np.linalg.cholesky(cov + np.eye(len(cov)))
    yield "variances", np.linalg.svd(centred, compute_uv=False)[:, None] ** 2 / (x.shape[1] - 1)
    f = db.execute("SELECT hour + minute(date) / 60 AS hour, distance / 1000 AS miles, delay FROM flights").fetchnumpy()
    t = f["hour"] * 2 * np.pi / 24
    design = np.column_stack([np.ones_like(t), np.sin(t), np.cos(t), np.sin(2 * t), np.cos(2 * t), f["miles"]])
    yield "fit", np.linalg.lstsq(design, f["delay"].astype(float), rcond=None)[0][:, None]


out = {"tables": dict(tables())}
out["matrices"] = {name: m.tolist() for name, m in matrices(out["tables"]["daily"])}
json.dump(out, sys.stdout)
