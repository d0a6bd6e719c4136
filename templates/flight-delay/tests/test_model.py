import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
import yaml

from flight_delay import features
from flight_delay import model as models
from flight_delay.data import read_flights, split_by_time

ROOT = Path(__file__).parent.parent


def call(*arguments) -> None:
    subprocess.run([sys.executable, *map(str, arguments)], check=True, cwd=ROOT)


def test_the_same_data_gives_the_same_bytes(data, params, tmp_path):
    training, _ = split_by_time(read_flights(data))

    for name in ("one", "two"):
        models.save(models.fit(training, params), tmp_path / name)

    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_scores_are_probabilities_even_for_an_airport_never_seen(data, params):
    training, held_out = split_by_time(read_flights(data))
    model = models.fit(training, params)

    scores = models.scores(model, held_out.assign(dest="XXX"))

    assert ((scores >= 0) & (scores <= 1)).all()


def test_the_parameters_name_features_that_exist():
    params = yaml.safe_load((ROOT / "params.yaml").read_text())

    assert set(params["features"]) <= set(features.FEATURES)


@pytest.fixture
def trained(data, tmp_path) -> Path:
    call("prepare.py", "--data", data, "--out", tmp_path / "prepared")
    call("train.py", "--prepared", tmp_path / "prepared", "--model", tmp_path / "model",
         "--metrics", tmp_path / "metrics.json", "--history", tmp_path / "history.csv",
         "--importance", tmp_path / "importance.json")  # fmt: skip
    return tmp_path / "model"


def test_from_data_to_predictions(data, trained, params, tmp_path):
    training, _ = split_by_time(read_flights(data))
    models.save(models.fit(training, params | {"features": ["distance"]}), tmp_path / "other")

    call("evaluate.py", "--model", trained, "--data", data, "--out", tmp_path / "challenger.csv")
    call("evaluate.py", "--model", tmp_path / "other", "--data", data, "--out", tmp_path / "champion.csv")

    challenger, champion = pd.read_csv(tmp_path / "challenger.csv"), pd.read_csv(tmp_path / "champion.csv")
    assert list(challenger.columns) == ["id", "label", "prediction", "score", "carrier", "origin", "part_of_day"]
    assert len(challenger) == 114
    assert set(challenger["label"]) == {0, 1}
    assert challenger["prediction"].isin([0, 1]).all()
    assert challenger["score"].between(0, 1).all()
    # Another model, the same rows.
    pd.testing.assert_frame_equal(challenger[["id", "label"]], champion[["id", "label"]])
    assert not challenger["score"].equals(champion["score"])
