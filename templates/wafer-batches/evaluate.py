"""Score a model on the batches that are held out. Sluice runs this for challenger and champion alike.

Writes one line for each wafer: id, label (1 = faulty, 0 = good), prediction (0 or 1), score (probability of a fault).
The rows and their order come from the data alone.
"""

import argparse
from pathlib import Path

import pandas as pd

from wafers import model as models
from wafers.data import NAME, faulty, read_batches, split_by_time


def predictions(model: models.Model, wafers: pd.DataFrame) -> pd.DataFrame:
    scores = models.scores(model, wafers)
    return pd.DataFrame(
        {
            "id": wafers["batch"] + "/" + wafers[NAME],
            "label": faulty(wafers),
            "prediction": (scores >= model["threshold"]).astype(int),
            "score": scores,
        }
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()

    _, held_out = split_by_time(read_batches(arguments.data))
    table = predictions(models.load(arguments.model), held_out)
    table.to_csv(arguments.out, index=False, lineterminator="\n", float_format="%.9f")
    print(f"scored {len(table):,} wafers, {table['label'].mean():.1%} of them faulty")


if __name__ == "__main__":
    main()
