"""Reading flights, naming what is to be predicted, and splitting by time."""

from pathlib import Path

import pandas as pd

LATE_MINUTES = 15

# Columns whose values stand in the schedule, so that they are known when the prediction is made.
KNOWN_BEFORE_DEPARTURE = [
    "year",
    "month",
    "day",
    "sched_dep_time",
    "sched_arr_time",
    "carrier",
    "flight",
    "origin",
    "dest",
    "distance",
]


def read_flights(directory: Path) -> pd.DataFrame:
    """The scheduled columns and `late` (0 or 1) of every flight that arrived, in the order of files and lines.

    Cancelled and diverted flights have no arrival delay: they are left out, here and in the evaluation. What the
    model answers is therefore "if it flies, will it be late?". `frame.attrs["left_out"]` says how many there were.
    """
    files = sorted(directory.rglob("flights_*.csv"))
    if not files:
        raise SystemExit(f"no flights_*.csv in {directory}")
    # Outcome columns other than the label are not even read.
    columns = [*KNOWN_BEFORE_DEPARTURE, "arr_delay"]
    frame = pd.concat(
        [pd.read_csv(file, usecols=columns, keep_default_na=False, na_values=["", "NA"]) for file in files],
        ignore_index=True,
    )
    arrived = frame["arr_delay"].notna()
    flights = frame.loc[arrived, KNOWN_BEFORE_DEPARTURE].reset_index(drop=True)
    flights["late"] = (frame.loc[arrived, "arr_delay"] > LATE_MINUTES).to_numpy().astype("int64")
    flights.attrs["left_out"] = int((~arrived).sum())
    return flights


def split_by_time(flights: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """(for training, held out): the newest month is held out, the months before it are for training.

    Which rows are held out depends on the data alone, never on the model, so that two models are judged on the
    same rows. A random split would let a model peek at other flights of the same stormy day.
    """
    month = flights["year"] * 12 + flights["month"]
    held_out = month == month.max()
    if held_out.all():
        raise SystemExit("the data has one month only; one to train on and one to hold out are needed")
    return flights[~held_out].reset_index(drop=True), flights[held_out].reset_index(drop=True)


def part_of_day(flights: pd.DataFrame) -> pd.Series:
    """When the flight is to leave, in five parts: what the evaluation is looked at by."""
    edges = [-1, 7, 11, 15, 18, 24]
    names = ["before 8", "8 to 11", "12 to 15", "16 to 18", "from 19"]
    return pd.cut(flights["sched_dep_time"] // 100, edges, labels=names).astype(str)


def identifiers(flights: pd.DataFrame) -> pd.Series:
    """One name for each flight: date, flight number, airports and scheduled departure."""
    text = flights[["year", "month", "day", "flight", "sched_dep_time"]].astype(str)
    names = (
        text["year"] + "-" + text["month"].str.zfill(2) + "-" + text["day"].str.zfill(2)
        + "/" + flights["carrier"] + text["flight"]
        + "/" + flights["origin"] + "-" + flights["dest"]
        + "/" + text["sched_dep_time"].str.zfill(4)
    )  # fmt: skip
    if names.duplicated().any():
        raise SystemExit(f"the same flight stands twice in the data: {names[names.duplicated()].iloc[0]}")
    return names
