"""Reading batches, naming what is to be predicted, and splitting by time."""

import json
import re
from datetime import datetime
from pathlib import Path

import pandas as pd

ROOT = Path(__file__).parent.parent
NAME, LABEL = "Wafer", "Good/Bad"
FAULTY = 1


def columns(schema: Path = ROOT / "schemas/batches.json") -> tuple[list[str], list[str]]:
    """(names of the columns, texts that are no value), from the schema that every batch was tested with."""
    read = json.loads(schema.read_text())
    return [field["name"] for field in read["fields"]], read["missingValues"]


def taken_at(file: Path) -> datetime:
    """When a batch was made: `wafer_31122026_235959.csv`."""
    found = re.search(r"_(\d{8}_\d{6})\.csv", file.name)
    if not found:
        raise SystemExit(f"{file.name} holds no date and time")
    return datetime.strptime(found[1], "%d%m%Y_%H%M%S")


def read_batch(file: Path, names: list[str], missing: list[str]) -> pd.DataFrame:
    """One batch under the schema's names. The data test has made sure of number and order of the columns."""
    table = pd.read_csv(file, header=0, names=names, keep_default_na=False, na_values=missing)
    # Empty where a sensor said nothing; never text, or the data test would not have let it through.
    table = table.astype({name: "float64" for name in names if name not in (NAME, LABEL)})
    return table.assign(batch=file.name, taken_at=taken_at(file))


def read_batches(directory: Path) -> pd.DataFrame:
    """All batches, the oldest first."""
    names, missing = columns()
    files = sorted([*directory.rglob("*.csv"), *directory.rglob("*.csv.gz")], key=lambda file: (taken_at(file), file.name))
    if not files:
        raise SystemExit(f"no batches in {directory}")
    return pd.concat([read_batch(file, names, missing) for file in files], ignore_index=True)


def split_by_time(wafers: pd.DataFrame, share: float = 0.25) -> tuple[pd.DataFrame, pd.DataFrame]:
    """(for training, held out): the newest quarter of the batches is held out, and no batch is torn apart.

    Wafers of one batch are more alike than wafers of two, so a random split would be kinder, and wrong. Which rows are
    held out depends on the data alone, so that two models are judged on the same rows.
    """
    batches = list(dict.fromkeys(wafers["batch"]))
    if len(batches) < 2:
        raise SystemExit("there is one batch only; one to train on and one to hold out are needed")
    newest = set(batches[-max(1, int(len(batches) * share)):])  # fmt: skip
    held_out = wafers["batch"].isin(newest)
    return wafers[~held_out].reset_index(drop=True), wafers[held_out].reset_index(drop=True)


def sensors(wafers: pd.DataFrame) -> pd.DataFrame:
    """What the model may look at: no name, no date, no label."""
    return wafers.drop(columns=[NAME, LABEL, "batch", "taken_at"], errors="ignore")


def faulty(wafers: pd.DataFrame) -> pd.Series:
    """1 for a faulty wafer, 0 for a good one."""
    return (wafers[LABEL] == FAULTY).astype("int64")
