"""The measures of drift by pandas and scipy, as notebooks have them. Prints them by column.

    scipy_drift.py NEW OLD

Exact where Sluice and the SQL count on bins: both files are held in memory whole, and sorted.
"""

import json
import sys

import numpy
import pandas
from scipy import stats
from scipy.spatial import distance

new_file, old_file = sys.argv[1:]


def read(file):
    return pandas.read_parquet(file) if file.endswith(".parquet") else pandas.read_csv(file)


def psi(p, q):
    p, q = numpy.maximum(p, 1e-4), numpy.maximum(q, 1e-4)
    return float(((q - p) * numpy.log(q / p)).sum())


old, new = read(old_file), read(new_file)
answer = {}
for name in old.columns:
    one, other = old[name], new[name]
    nulls = float(other.isna().mean() - one.isna().mean())
    one, other = one.dropna(), other.dropna()
    if name in ("day", "moment"):
        one, other = (pandas.to_datetime(side, format="ISO8601").astype("int64") / 1e9 for side in (one, other))
    if pandas.api.types.is_numeric_dtype(one) and not pandas.api.types.is_bool_dtype(one):
        p, q = one.to_numpy(float), other.to_numpy(float)
        edges = numpy.unique(numpy.quantile(p, numpy.arange(0.1, 1, 0.1)))
        bins = numpy.concatenate([[-numpy.inf], edges, [numpy.inf]])
        wide = numpy.linspace(min(p.min(), q.min()), max(p.max(), q.max()), 21)
        shares = [numpy.histogram(side, wide)[0] / len(side) for side in (p, q)]
        answer[name] = {
            "psi": psi(*(numpy.histogram(side, bins)[0] / len(side) for side in (p, q))),
            "ks": float(stats.ks_2samp(p, q, method="asymp").statistic),
            "js": float(distance.jensenshannon(*shares, base=2) ** 2),
            "wasserstein": float(stats.wasserstein_distance(p, q) / p.std()), "nulls": nulls}
    else:
        counts = pandas.concat([one.astype(str).value_counts(), other.astype(str).value_counts()], axis=1).fillna(0)
        p, q = (counts.iloc[:, side].to_numpy() / counts.iloc[:, side].sum() for side in (0, 1))
        answer[name] = {
            "psi": psi(p, q), "js": float(distance.jensenshannon(p, q, base=2) ** 2),
            "linf": float(numpy.abs(p - q).max()),
            "chi2_p": float(stats.chi2_contingency(counts.to_numpy().T, correction=False).pvalue), "nulls": nulls}
print(json.dumps(answer))
