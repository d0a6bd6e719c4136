"""Stage `prepare`: the wafers to train on, without the batches that are held out for evaluation."""

import argparse
import json
from pathlib import Path

from wafers.data import read_batches, split_by_time


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()

    training, held_out = split_by_time(read_batches(arguments.data))
    summary = {
        "train_rows": len(training),
        "train_batches": training["batch"].nunique(),
        "holdout_rows": len(held_out),
        "holdout_batches": held_out["batch"].nunique(),
    }
    arguments.out.mkdir(parents=True, exist_ok=True)
    training.to_csv(arguments.out / "train.csv", index=False, lineterminator="\n")
    (arguments.out / "summary.json").write_text(json.dumps(summary, indent=2) + "\n")
    print("{train_rows} wafers of {train_batches} batches to train on".format(**summary), end="")
    print(", {holdout_rows} of the newest {holdout_batches} held out".format(**summary))


if __name__ == "__main__":
    main()
