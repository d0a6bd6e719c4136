import json
import re

import pytest
import yaml

from tests.conftest import ROOT, call
from tools.import_schema import name_pattern, table_schema

OLD = {
    "SampleFileName": "wafer_31122025_120000.csv",
    "LengthOfDateStampInFile": 8,
    "LengthOfTimeStampInFile": 6,
    "NumberofColumns": 3,
    "ColName": {"Wafer": "varchar", "Sensor - 1": "float", "Good/Bad": "Integer"},
}


def test_types_aliases_key_and_label_of_the_old_format():
    assert table_schema(OLD, key="Wafer", label="Good/Bad", values=[-1, 1]) == {
        "missingValues": ["", "NULL", "NaN"],
        "primaryKey": ["Wafer"],
        "fields": [
            {"name": "Wafer", "type": "string", "aliases": ["", "Unnamed: 0"]},
            {"name": "Sensor - 1", "type": "number", "aliases": ["Sensor-1"]},
            {"name": "Good/Bad", "type": "integer", "constraints": {"required": True, "enum": [-1, 1]}},
        ],
    }


def test_the_pattern_fixes_where_date_and_time_stand():
    pattern = name_pattern(OLD, "dmy")

    assert pattern == r"[Ww]afer_(?<date_dmy>\d{8})_(?<time>\d{6})\.csv(\.gz)?"
    python = pattern.replace("(?<", "(?P<")
    assert re.fullmatch(python, "Wafer_13012020_141000.csv")["date_dmy"] == "13012020"
    for wrong in ("fear_08012020_120000.csv", "wafer_08012020_120000.csv.exe", "wafer_8012020_120000.csv"):
        assert not re.fullmatch(python, wrong)


@pytest.mark.parametrize(
    "change, words",
    [
        ({"NumberofColumns": 4}, "ColName has 3"),
        ({"ColName": OLD["ColName"] | {"Sensor - 1": "blob"}}, "'blob'"),
        ({"SampleFileName": "wafer.csv"}, "no date"),
    ],
)
def test_a_description_that_contradicts_itself_is_refused(change, words):
    with pytest.raises(SystemExit, match=words):
        table_schema(OLD | change)
        name_pattern(OLD | change, "dmy")


def test_the_schemas_are_those_that_the_importer_writes(tmp_path):
    label = ["--label", "Good/Bad", "--values=-1,1"]
    for old, dataset, more in [("training", "batches", label), ("prediction", "to_predict", [])]:
        out = tmp_path / f"{dataset}.json"
        printed = call("tools/import_schema.py", f"client/schema_{old}.json", "--dataset", dataset, "--key", "Wafer",
                       "--out", out, *more)  # fmt: skip

        assert out.read_text() == (ROOT / "schemas" / f"{dataset}.json").read_text()
        section = yaml.safe_load(printed)[dataset]
        policy = yaml.safe_load((ROOT / "sluice.yaml").read_text())["datasets"][dataset]
        assert section["file"]["namePattern"] == policy["file"]["namePattern"]
        assert section["columns"] == policy["columns"]


def test_the_two_schemas_differ_in_the_label_only():
    read = [json.loads((ROOT / "schemas" / name).read_text()) for name in ("batches.json", "to_predict.json")]

    assert read[0]["fields"][:-1] == read[1]["fields"]
    assert read[0]["fields"][-1]["name"] == "Good/Bad"
    assert len(read[0]["fields"]) == 592
