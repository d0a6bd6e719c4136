"""Stage `train`: from prepared flights to a model and numbers about its training."""

import argparse
import json
from pathlib import Path

import pandas as pd
import yaml
from sklearn.metrics import roc_auc_score

from flight_delay import model as models

SAMPLE = 20_000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--prepared", type=Path, required=True)
    parser.add_argument("--params", type=Path, default=Path("params.yaml"))
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--metrics", type=Path, required=True)
    parser.add_argument("--history", type=Path, required=True)
    parser.add_argument("--importance", type=Path, required=True)
    arguments = parser.parse_args()

    params = yaml.safe_load(arguments.params.read_text())
    # No value is missing in these columns, and a carrier may well be called NA.
    flights = pd.read_csv(arguments.prepared / "train.csv", keep_default_na=False)
    model = models.fit(flights, params)
    models.save(model, arguments.model)

    summary = json.loads((arguments.prepared / "summary.json").read_text())
    # On the rows it was trained on: good for seeing how much it has learnt by heart, useless for judging it.
    auc = roc_auc_score(flights["late"], models.scores(model, flights))
    metrics = summary | {"train_auc": round(auc, 6), "train_late_share": round(float(flights["late"].mean()), 6)}
    arguments.metrics.write_text(json.dumps(metrics, indent=2) + "\n")
    # Curves and importances need no more rows than these, and every row costs.
    sample = flights.sample(min(len(flights), SAMPLE), random_state=params["train"]["seed"])
    history = models.history(model, sample)
    history.to_csv(arguments.history, index=False, lineterminator="\n", float_format="%.9f")
    importance = models.importance(model, sample, params["train"]["seed"])
    arguments.importance.write_text(json.dumps(importance, indent=2) + "\n")
    print(f"trained on {len(flights):,} flights with {', '.join(model['features'])}")


if __name__ == "__main__":
    main()
