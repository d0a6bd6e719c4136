"""Judge a batch without labels: wafer and probability of a fault, the most suspicious first.

    python predict.py MODEL BATCH

Without a batch, a wafer that is in all ways the median of the training batches is judged: does the model answer?
"""

import argparse
import math
from pathlib import Path

import pandas as pd

from wafers import model as models
from wafers.data import NAME, ROOT, columns, read_batch


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model", type=Path)
    parser.add_argument("batch", type=Path, nargs="?")
    arguments = parser.parse_args()

    model = models.load(arguments.model)
    if arguments.batch:
        wafers = read_batch(arguments.batch, *columns(ROOT / "schemas/to_predict.json"))
    else:
        # No value at all: each is then imputed.
        wafers = pd.DataFrame([{name: math.nan for name in model["sensors"]} | {NAME: "median wafer"}])
    table = pd.DataFrame({"wafer": wafers[NAME], "score": models.scores(model, wafers)})
    if not table["score"].between(0, 1).all():
        raise SystemExit("not probabilities")
    print(table.sort_values("score", ascending=False).to_csv(index=False, float_format="%.4f"), end="")


if __name__ == "__main__":
    main()
