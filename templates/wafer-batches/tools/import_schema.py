#!/usr/bin/env python3
"""Turn a client's schema_training.json into a Table Schema and a dataset section for sluice.yaml.

    python3 tools/import_schema.py client/schema_training.json --dataset batches --order dmy \\
        --key Wafer --label Good/Bad --values=-1,1 --out schemas/batches.json

What is read: {"SampleFileName", "LengthOfDateStampInFile", "LengthOfTimeStampInFile", "NumberofColumns",
"ColName": {NAME: TYPE}}. The schema goes into the file of --out, the section to standard output, to be put below
`datasets:`. That format cannot say what a label may hold, which column names a record, or in which order the date of a
file's name stands: hence the options. Needs only the standard library.
"""

import argparse
import json
import re
from pathlib import Path

TYPES = {"varchar": "string", "text": "string", "float": "number", "double": "number", "integer": "integer", "int": "integer"}
MISSING = ["", "NULL", "NaN"]


def table_schema(old: dict, key: str | None = None, label: str | None = None, values: list[int] | None = None) -> dict:
    """The Table Schema of the format's columns, in their order."""
    columns = old["ColName"]
    if len(columns) != old["NumberofColumns"]:
        raise SystemExit(f"NumberofColumns says {old['NumberofColumns']}, and ColName has {len(columns)}")
    for name in filter(None, [key, label]):
        if name not in columns:
            raise SystemExit(f"there is no column {name!r}")
    fields = []
    for position, (name, kind) in enumerate(columns.items()):
        if kind.lower() not in TYPES:
            raise SystemExit(f"the column {name!r} has the type {kind!r}; known are {', '.join(TYPES)}")
        field: dict = {"name": name, "type": TYPES[kind.lower()]}
        # The first column often has no name in the files: spreadsheets and pandas write it so.
        aliases = ["", "Unnamed: 0"] if position == 0 else []
        if re.sub(r"\s*-\s*", "-", name) != name:
            aliases.append(re.sub(r"\s*-\s*", "-", name))
        if aliases:
            field["aliases"] = aliases
        if name == label:
            field["constraints"] = {"required": True} | ({"enum": values} if values else {})
        fields.append(field)
    return {"missingValues": MISSING, **({"primaryKey": [key]} if key else {}), "fields": fields}


def name_pattern(old: dict, order: str) -> str:
    """`wafer_31122020_120000.csv` with stamps of 8 and 6 digits: a regular expression with parts `date` and `time`."""
    date, time = old["LengthOfDateStampInFile"], old["LengthOfTimeStampInFile"]
    found = re.fullmatch(rf"(.*?)(\d{{{date}}})(\D*)(\d{{{time}}})\.csv", old["SampleFileName"])
    if not found:
        raise SystemExit(f"{old['SampleFileName']!r} holds no date of {date} and time of {time} digits")
    start, between = found[1], found[3]
    if start[:1].isalpha():
        start = f"[{start[0].upper()}{start[0].lower()}]" + re.escape(start[1:])
    return rf"{start}(?<date_{order}>\d{{{date}}}){re.escape(between)}(?<time>\d{{{time}}})\.csv(\.gz)?"


def section(dataset: str, pattern: str, schema: Path) -> str:
    return f"""  {dataset}:
    mount: data/{dataset}
    schema: {schema}
    append: true
    file:
      namePattern: '{pattern}'
    columns:
      '*': {{ maxNullFraction: 0.99 }}
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("old", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--dataset", default="batches")
    parser.add_argument("--order", choices=["dmy", "mdy", "ymd"], default="dmy", help="of the date in file names")
    parser.add_argument("--key", help="the column that names a record, never twice in a file")
    parser.add_argument("--label", help="the column that is predicted")
    parser.add_argument("--values", type=lambda text: [int(value) for value in text.split(",")], help="of the label")
    given = parser.parse_args()

    old = json.loads(given.old.read_text(encoding="utf-8"))
    schema = table_schema(old, given.key, given.label, given.values)
    rows = ",\n".join("    " + json.dumps(field) for field in schema.pop("fields"))
    head = "".join(f"  {json.dumps(name)}: {json.dumps(value)},\n" for name, value in schema.items())
    given.out.parent.mkdir(parents=True, exist_ok=True)
    given.out.write_text("{\n" + head + '  "fields": [\n' + rows + "\n  ]\n}\n", encoding="utf-8")
    print(section(given.dataset, name_pattern(old, given.order), given.out), end="")


if __name__ == "__main__":
    main()
