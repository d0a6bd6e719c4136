"""A small table of made-up flights in the columns of the real one."""

import random
from pathlib import Path

import pandas as pd
import pytest

PARAMS = {
    "features": ["day_of_week", "departure_hour", "distance", "carrier", "origin", "dest"],
    "train": {"seed": 1, "iterations": 5, "learning_rate": 0.1, "max_leaf_nodes": 7, "min_samples_leaf": 5},
    "threshold": 0.35,
}


def month_of_flights(month: int, count: int = 120) -> pd.DataFrame:
    rng = random.Random(month)
    rows = []
    for number in range(1, count + 1):
        hour, minute = rng.randrange(5, 23), rng.randrange(60)
        delay = rng.randrange(-30, 20) + (30 if hour > 15 else 0)
        cancelled = number % 20 == 0
        rows.append(
            {
                "year": 2013,
                "month": month,
                "day": rng.randrange(1, 29),
                "dep_time": "NA" if cancelled else hour * 100 + minute,
                "sched_dep_time": hour * 100 + minute,
                "dep_delay": "NA" if cancelled else delay,
                "arr_time": "NA" if cancelled else 2400,
                "sched_arr_time": (hour + 1) % 24 * 100 + minute,
                "arr_delay": "NA" if cancelled else delay,
                "carrier": rng.choice(["UA", "AA", "B6"]),
                "flight": number,
                "tailnum": "NA" if cancelled else "N14228",
                "origin": rng.choice(["EWR", "JFK", "LGA"]),
                "dest": rng.choice(["IAH", "MIA", "LAX", "BOS"]),
                "air_time": "NA" if cancelled else 60,
                "distance": rng.choice([200, 1400, 2475]),
                "hour": hour,
                "minute": minute,
                "time_hour": f"2013-{month:02d}-01T{hour:02d}:00:00Z",
            }
        )
    return pd.DataFrame(rows)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    directory = tmp_path / "flights"
    directory.mkdir()
    for month in (1, 2, 3):
        month_of_flights(month).to_csv(directory / f"flights_2013-{month:02d}.csv", index=False)
    return directory


@pytest.fixture
def params() -> dict:
    return PARAMS
