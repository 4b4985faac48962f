"""The other side of oracle_test.go: answers queries with DuckDB.

  oracle.py DIR    reads DIR/l.parquet, DIR/r.parquet and DIR/queries.json, an object
                   of SQL by name, and writes DIR/answer-NAME.parquet
"""
import json
import os
import sys

import duckdb


def main(folder):
    db = duckdb.connect()
    for name in ("l", "r"):
        db.execute(f"CREATE TABLE {name} AS SELECT * FROM '{folder}/{name}.parquet'")
    with open(os.path.join(folder, "queries.json")) as f:
        queries = json.load(f)
    for name, sql in queries.items():
        db.execute(f"COPY ({sql}) TO '{folder}/answer-{name}.parquet' (FORMAT parquet)")


main(sys.argv[1])
