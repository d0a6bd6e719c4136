"""Drift by Evidently's DataDriftPreset, as it comes. Prints its score of every column.

    evidently_drift.py NEW OLD

Not the same work: one measure a column, of its own choice (Wasserstein for numbers, Jensen-Shannon for categories where
there are more than 1,000 rows). The columns without repeated values (code, email) are left out, as its users do.
"""

import json
import sys
import warnings

warnings.filterwarnings("ignore")
import pandas
from evidently import Dataset, DataDefinition, Report
from evidently.presets import DataDriftPreset

new_file, old_file = sys.argv[1:]


def read(file):
    table = pandas.read_parquet(file) if file.endswith(".parquet") else pandas.read_csv(file)
    for name in ("day", "moment"):
        table[name] = pandas.to_datetime(table[name]).astype("int64") / 1e9
    for name in ("active", "flagged"):
        table[name] = table[name].astype(str)
    return table.drop(columns=["code", "email"])


texts = ["active", "flagged", "country", "status", "city"]
old, new = read(old_file), read(new_file)
definition = DataDefinition(
    categorical_columns=texts, numerical_columns=[name for name in old.columns if name not in texts])
snapshot = Report([DataDriftPreset()]).run(
    Dataset.from_pandas(new, data_definition=definition), Dataset.from_pandas(old, data_definition=definition))
answer = {}
for metric in snapshot.dict()["metrics"]:
    column = (metric.get("config") or {}).get("column")
    if column:
        answer[column] = {"score": float(metric["value"])}
print(json.dumps(answer))
