"""Stage `prepare`: the flights to train on, without the month that is held out for evaluation."""

import argparse
import json
from pathlib import Path

from flight_delay.data import read_flights, split_by_time


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()

    flights = read_flights(arguments.data)
    training, held_out = split_by_time(flights)
    summary = {
        "train_rows": len(training),
        "holdout_rows": len(held_out),
        "left_out_rows": flights.attrs["left_out"],
    }
    arguments.out.mkdir(parents=True, exist_ok=True)
    training.to_csv(arguments.out / "train.csv", index=False, lineterminator="\n")
    (arguments.out / "summary.json").write_text(json.dumps(summary, indent=2) + "\n")
    print(f"{len(training):,} flights to train on, {len(held_out):,} held out, ", end="")
    print(f"{flights.attrs['left_out']:,} cancelled or diverted and left out")


if __name__ == "__main__":
    main()
