"""The schema's tests by pandera. Prints the columns that break a rule.

    pandera_check.py pandas|polars FILE SCHEMA

Not the same work: the file is parsed by pandas or polars, which take more spellings than the schema does, and no record
that cannot be read is named.
"""

import json
import sys

engine, file, schema = sys.argv[1:]
fields = json.load(open(schema))["fields"]
key = json.load(open(schema))["primaryKey"]
TIMES = ("date", "datetime")

if engine == "pandas":
    import pandas as frames
    import pandera.pandas as pandera
    TYPES = {"integer": "Int64", "number": "float64", "boolean": "boolean", "date": "datetime64[ns]",
             "datetime": "datetime64[ns]", "string": "object"}
    instant = frames.Timestamp
else:
    import datetime

    import pandera.polars as pandera
    import polars as frames
    TYPES = {"integer": frames.Int64, "number": frames.Float64, "boolean": frames.Boolean, "date": frames.Date,
             "datetime": frames.Datetime("us"), "string": frames.String}
    instant = None


def bound(field, text):
    if field["type"] not in TIMES:
        return text
    if instant:
        return instant(text)
    return (datetime.date if field["type"] == "date" else datetime.datetime).fromisoformat(text)


def column(field):
    rules = field.get("constraints", {})
    checks = []
    if "minimum" in rules:
        checks.append(pandera.Check.ge(bound(field, rules["minimum"])))
    if "maximum" in rules:
        checks.append(pandera.Check.le(bound(field, rules["maximum"])))
    if "enum" in rules:
        checks.append(pandera.Check.isin(rules["enum"]))
    if "pattern" in rules:
        checks.append(pandera.Check.str_matches(f"^{rules['pattern']}$"))
    if "minLength" in rules or "maxLength" in rules:
        checks.append(pandera.Check.str_length(rules.get("minLength"), rules.get("maxLength")))
    return pandera.Column(
        TYPES[field["type"]], checks, nullable=not rules.get("required", False), unique=field["name"] == key,
        coerce=field["type"] != "string")


broken = set()
texts = [field["name"] for field in fields if field["type"] == "string"]
if file.endswith(".parquet"):
    table = frames.read_parquet(file)
elif engine == "pandas":
    table = frames.read_csv(file, dtype={name: "object" for name in texts}, keep_default_na=False, na_values=[""])
else:
    # What does not parse becomes null here, and is told by the nulls that a second look at its text does not have.
    overrides = {field["name"]: TYPES[field["type"]] for field in fields}
    try:
        table = frames.read_csv(file, schema_overrides=overrides)
    except frames.exceptions.PolarsError:
        table = frames.read_csv(file, schema_overrides=overrides, ignore_errors=True)
        raw = frames.read_csv(file, infer_schema_length=0)
        broken |= {field["name"] for field in fields if table[field["name"]].null_count() > raw[field["name"]].null_count()}
rules = pandera.DataFrameSchema({field["name"]: column(field) for field in fields})
try:
    rules.validate(table, lazy=True)
except pandera.errors.SchemaErrors as error:
    cases = error.failure_cases
    broken |= set(cases["column"].dropna() if engine == "pandas" else cases["column"].drop_nulls())
print(json.dumps({"columns": sorted(broken)}))
