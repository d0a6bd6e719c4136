"""The schema's tests by Great Expectations on pandas. Prints the columns that break a rule.

    gx_check.py FILE SCHEMA

Not the same work: pandas parses the file, and takes more spellings than the schema does.
"""

import json
import logging
import os
import sys
import warnings

warnings.filterwarnings("ignore")
logging.disable(logging.CRITICAL)
os.environ["GX_ANALYTICS_ENABLED"] = "false"
import great_expectations as gx
import great_expectations.expectations as gxe
import pandas

file, schema = sys.argv[1:]
schema = json.load(open(schema))
fields = schema["fields"]
if file.endswith(".parquet"):
    table = pandas.read_parquet(file)
else:
    table = pandas.read_csv(
        file, dtype={field["name"]: "object" for field in fields if field["type"] == "string"}, keep_default_na=False,
        na_values=[""])
    for field in fields:
        if field["type"] in ("date", "datetime"):
            try:
                table[field["name"]] = pandas.to_datetime(table[field["name"]], format="ISO8601")
            except ValueError:
                pass
DTYPES = {"integer": ("int64", "float64", "Int64"), "number": ("int64", "float64"), "boolean": ("bool", "object", "boolean"),
          "date": ("datetime64[ns]", "object"), "datetime": ("datetime64[ns]", "datetime64[us]"), "string": ("object",)}
context = gx.get_context(mode="ephemeral")
context.variables.progress_bars = {"globally": False}
suite = gx.ExpectationSuite(name="bench")
broken = set()
for field in fields:
    name, kind, rules = field["name"], field["type"], field.get("constraints", {})
    dtype = str(table[name].dtype)
    # A column that pandas left as text holds something of another type.
    if dtype not in DTYPES[kind] or (kind == "date" and dtype == "object" and isinstance(table[name].iloc[0], str)):
        broken.add(name)
        continue
    if kind == "boolean":
        suite.add_expectation(gxe.ExpectColumnValuesToBeInSet(column=name, value_set=[True, False]))
    if rules.get("required"):
        suite.add_expectation(gxe.ExpectColumnValuesToNotBeNull(column=name))
    if "minimum" in rules or "maximum" in rules:
        low, high = rules.get("minimum"), rules.get("maximum")
        if kind in ("date", "datetime"):
            convert = pandas.Timestamp if dtype != "object" else (lambda text: pandas.Timestamp(text).date())
            low, high = (convert(value) if value else None for value in (low, high))
        suite.add_expectation(gxe.ExpectColumnValuesToBeBetween(column=name, min_value=low, max_value=high))
    if "enum" in rules:
        suite.add_expectation(gxe.ExpectColumnValuesToBeInSet(column=name, value_set=rules["enum"]))
    if "pattern" in rules:
        suite.add_expectation(gxe.ExpectColumnValuesToMatchRegex(column=name, regex=f"^{rules['pattern']}$"))
    if "minLength" in rules or "maxLength" in rules:
        suite.add_expectation(gxe.ExpectColumnValueLengthsToBeBetween(
            column=name, min_value=rules.get("minLength"), max_value=rules.get("maxLength")))
    if name == schema["primaryKey"]:
        suite.add_expectation(gxe.ExpectColumnValuesToBeUnique(column=name))
batch = context.data_sources.add_pandas("bench").add_dataframe_asset("bench").add_batch_definition_whole_dataframe(
    "bench").get_batch({"dataframe": table})
result = batch.validate(suite, result_format="SUMMARY")
for one in result.results:
    if not one.success:
        broken.add(one.expectation_config.kwargs["column"])
print(json.dumps({"columns": sorted(broken)}))
