"""What a model looks at. Every feature is a function of the scheduled columns of its own row.

A model remembers the names of the features that it was trained on and asks for these, so that an older model (the
champion) can still be evaluated after a change here. For that reason, keep a function as long as a model uses it.
"""

from collections.abc import Callable

import pandas as pd

from flight_delay.data import KNOWN_BEFORE_DEPARTURE


def day_of_week(flights: pd.DataFrame) -> pd.Series:
    """0 is Monday."""
    return pd.to_datetime(flights[["year", "month", "day"]]).dt.dayofweek


def departure_hour(flights: pd.DataFrame) -> pd.Series:
    """The clock hour of the scheduled departure: 1745 is 17."""
    return flights["sched_dep_time"] // 100


FEATURES: dict[str, Callable[[pd.DataFrame], pd.Series]] = {
    "day_of_week": day_of_week,
    "departure_hour": departure_hour,
    "distance": lambda flights: flights["distance"],
    "carrier": lambda flights: flights["carrier"],
    "origin": lambda flights: flights["origin"],
    "dest": lambda flights: flights["dest"],
}

# Features that are names, not numbers.
CATEGORIES = {"carrier", "origin", "dest"}


def build(flights: pd.DataFrame, names: list[str]) -> pd.DataFrame:
    """The features of these names, row by row. They see the scheduled columns and nothing else."""
    unknown = [name for name in names if name not in FEATURES]
    if unknown:
        raise SystemExit(f"no such feature: {', '.join(unknown)}; there are {', '.join(FEATURES)}")
    scheduled = flights[KNOWN_BEFORE_DEPARTURE]
    return pd.DataFrame({name: FEATURES[name](scheduled) for name in names}, index=flights.index)
