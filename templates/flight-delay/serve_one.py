"""Ask a model about one flight: the probability that it arrives more than 15 minutes late.

    python serve_one.py MODEL

The flight is a Friday evening departure from JFK to Los Angeles, or give your own values (see --help).
"""

import argparse
import math
from datetime import date
from pathlib import Path

import pandas as pd

from flight_delay import model as models


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model", type=Path)
    parser.add_argument("--date", type=date.fromisoformat, default=date(2013, 7, 12))
    parser.add_argument("--carrier", default="B6")
    parser.add_argument("--flight", type=int, default=523)
    parser.add_argument("--origin", default="JFK")
    parser.add_argument("--dest", default="LAX")
    parser.add_argument("--sched-dep-time", type=int, default=1735)
    parser.add_argument("--sched-arr-time", type=int, default=2050)
    parser.add_argument("--distance", type=int, default=2475)
    given = vars(parser.parse_args())

    path, day = given.pop("model"), given.pop("date")
    row = {"year": day.year, "month": day.month, "day": day.day} | given
    score = float(models.scores(models.load(path), pd.DataFrame([row]))[0])
    if not (math.isfinite(score) and 0 <= score <= 1):
        raise SystemExit(f"not a probability: {score}")
    print(f"{row['carrier']}{row['flight']} {row['origin']}-{row['dest']} on {day}: late with probability {score:.4f}")


if __name__ == "__main__":
    main()
