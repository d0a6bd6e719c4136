"""Training, keeping and asking the model.

A model file holds a plain dictionary: names of the features, threshold, and a scikit-learn pipeline. None of this
project's own classes are in it, so that an old file still loads after the code here has changed.
"""

from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import log_loss, roc_auc_score
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OrdinalEncoder
from threadpoolctl import threadpool_limits

from flight_delay import features

Model = dict[str, Any]


def fit(flights: pd.DataFrame, params: dict[str, Any]) -> Model:
    """Trains on these flights. The same flights and parameters give the same bytes."""
    names = list(params["features"])
    categories = [name for name in names if name in features.CATEGORIES]
    numbers = [name for name in names if name not in features.CATEGORIES]
    settings = params["train"]
    estimator = Pipeline(
        [
            (
                "encode",
                ColumnTransformer(
                    [
                        # An airport or carrier that was never seen counts as missing.
                        ("names", OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=np.nan), categories),
                        ("numbers", "passthrough", numbers),
                    ]
                ),
            ),
            (
                "classify",
                HistGradientBoostingClassifier(
                    max_iter=settings["iterations"],
                    learning_rate=settings["learning_rate"],
                    max_leaf_nodes=settings["max_leaf_nodes"],
                    min_samples_leaf=settings["min_samples_leaf"],
                    categorical_features=list(range(len(categories))),
                    early_stopping=False,
                    random_state=settings["seed"],
                ),
            ),
        ]
    )
    # One thread: sums in floating point depend on how rows are dealt out to threads, and so on the machine.
    with threadpool_limits(limits=1):
        estimator.fit(features.build(flights, names), flights["late"])
    return {"features": names, "threshold": float(params["threshold"]), "estimator": estimator}


def scores(model: Model, flights: pd.DataFrame) -> np.ndarray:
    """The probability of being late, for each flight."""
    with threadpool_limits(limits=1):
        return model["estimator"].predict_proba(features.build(flights, model["features"]))[:, 1]


def history(model: Model, flights: pd.DataFrame) -> pd.DataFrame:
    """The log loss on these flights after every iteration of the training."""
    *steps, (_, classifier) = model["estimator"].steps
    table = features.build(flights, model["features"])
    for _, step in steps:
        table = step.transform(table)
    with threadpool_limits(limits=1):
        losses = [log_loss(flights["late"], scores[:, 1]) for scores in classifier.staged_predict_proba(table)]
    return pd.DataFrame({"iteration": range(1, len(losses) + 1), "train_loss": losses})


def importance(model: Model, flights: pd.DataFrame, seed: int) -> dict[str, float]:
    """By how much the AUC on these flights falls when the values of a feature are shuffled among them."""
    rng = np.random.default_rng(seed)
    table = features.build(flights, model["features"])
    with threadpool_limits(limits=1):

        def auc(changed: pd.DataFrame) -> float:
            return roc_auc_score(flights["late"], model["estimator"].predict_proba(changed)[:, 1])

        whole = auc(table)
        # By position: the values keep their type, and the index plays no part.
        shuffled = {name: table[name].iloc[rng.permutation(len(table))].to_numpy() for name in table}
        return {name: round(whole - auc(table.assign(**{name: values})), 6) for name, values in shuffled.items()}


def save(model: Model, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    # Not compressed: a gzip header would carry the time of day into the bytes.
    joblib.dump(model, path, compress=0)


def load(path: Path) -> Model:
    """Loading a model file runs code that is in it: load only files that you would run as a program."""
    return joblib.load(path)
