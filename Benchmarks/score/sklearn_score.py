"""Metrics, slices and curves of predictions by pandas and scikit-learn.

    sklearn_score.py FILE
"""

import json
import sys

import numpy as np
import pandas
from sklearn import metrics as m
from sklearn.calibration import calibration_curve

EDGES = np.linspace(0, 1, 11)[1:-1]


def scores(rows):
    y, h, s = (rows[name].to_numpy() for name in ("label", "prediction", "score"))
    negatives, false, missed, hits = m.confusion_matrix(y, h, labels=[0, 1]).ravel()
    bins = np.searchsorted(EDGES, s)
    observed, predicted = calibration_curve(y, s, n_bins=10)
    return {
        "accuracy": m.accuracy_score(y, h),
        "balanced_accuracy": m.balanced_accuracy_score(y, h),
        "precision": m.precision_score(y, h, zero_division=0),
        "recall": m.recall_score(y, h, zero_division=0),
        "f1": m.f1_score(y, h, zero_division=0),
        "selection_rate": float(h.mean()),
        "false_positive_rate": false / (false + negatives),
        "auc": m.roc_auc_score(y, s),
        "pr_auc": m.average_precision_score(y, s),
        "log_loss": m.log_loss(y, s, labels=[0, 1]),
        "brier": m.brier_score_loss(y, s),
        "calibration_error": float(
            np.abs(observed - predicted) @ np.bincount(bins, minlength=10)[np.unique(bins)] / len(y)),
    }


table = pandas.read_csv(sys.argv[1])
whole = scores(table)
slices = {
    column: {value: scores(rows) for value, rows in table.groupby(column)} for column in ("carrier", "origin")}
curves = [m.roc_curve(table.label, table.score), m.precision_recall_curve(table.label, table.score)]
print(json.dumps({"metrics": {name: float(value) for name, value in whole.items()}, "slices": sum(map(len, slices.values()))}))
