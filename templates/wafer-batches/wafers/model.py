"""Training, keeping and asking the model.

A model file holds a plain dictionary: names of the sensors, threshold, and a scikit-learn pipeline. None of this
project's own classes are in it, so that an old file still loads after the code here has changed.
"""

from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pandas as pd
from sklearn.feature_selection import SelectKBest, VarianceThreshold, f_classif
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler
from threadpoolctl import threadpool_limits

from wafers.data import faulty, sensors

Model = dict[str, Any]


def fit(wafers: pd.DataFrame, params: dict[str, Any]) -> Model:
    """Trains on these wafers. The same wafers and parameters give the same bytes."""
    table = sensors(wafers)
    settings = params["train"]
    # Each step learns from the training batches only, and is kept in the model.
    steps = [
        ("impute", SimpleImputer(strategy="median", keep_empty_features=True)),
        ("drop constant", VarianceThreshold()),
        ("scale", StandardScaler()),
        ("select", SelectKBest(f_classif, k=settings["sensors"])),
        ("classify", LogisticRegression(C=settings["c"], class_weight="balanced", random_state=params["seed"])),
    ]
    # One thread: sums in floating point depend on how rows are dealt out to threads, and so on the machine.
    with threadpool_limits(limits=1):
        estimator = Pipeline(steps).fit(table.to_numpy(), faulty(wafers))
    return {"sensors": list(table.columns), "threshold": float(params["threshold"]), "estimator": estimator}


def scores(model: Model, wafers: pd.DataFrame) -> np.ndarray:
    """The probability of being faulty, for each wafer."""
    with threadpool_limits(limits=1):
        return model["estimator"].predict_proba(wafers[model["sensors"]].to_numpy())[:, 1]


def save(model: Model, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    # Not compressed: a gzip header would carry the time of day into the bytes.
    joblib.dump(model, path, compress=0)


def load(path: Path) -> Model:
    """Loading a model file runs code that is in it: load only files that you would run as a program."""
    return joblib.load(path)
