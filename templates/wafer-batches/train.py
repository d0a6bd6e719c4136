"""Stage `train`: from prepared wafers to a model and numbers about its training."""

import argparse
import json
from pathlib import Path

import pandas as pd
import yaml
from sklearn.metrics import roc_auc_score

from wafers import model as models
from wafers.data import faulty


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--prepared", type=Path, required=True)
    parser.add_argument("--params", type=Path, default=Path("params.yaml"))
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--metrics", type=Path, required=True)
    arguments = parser.parse_args()

    params = yaml.safe_load(arguments.params.read_text())
    wafers = pd.read_csv(arguments.prepared / "train.csv", keep_default_na=False, na_values=[""])
    model = models.fit(wafers, params)
    models.save(model, arguments.model)

    summary = json.loads((arguments.prepared / "summary.json").read_text())
    # On the rows it was trained on: good for seeing how much it has learnt by heart, useless for judging it.
    auc = roc_auc_score(faulty(wafers), models.scores(model, wafers))
    kept = int(model["estimator"].named_steps["drop constant"].get_support().sum())
    metrics = summary | {
        "train_auc": round(auc, 6),
        "train_faulty_share": round(float(faulty(wafers).mean()), 6),
        "sensors_that_change": kept,
    }
    arguments.metrics.write_text(json.dumps(metrics, indent=2) + "\n")
    print(f"trained on {len(wafers):,} wafers; {kept} of {len(model['sensors'])} sensors change")


if __name__ == "__main__":
    main()
