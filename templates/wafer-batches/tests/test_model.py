import pandas as pd
import yaml

from tests.conftest import ROOT, call
from wafers import model as models
from wafers.data import LABEL, read_batches, split_by_time


def test_the_same_batches_give_the_same_bytes(data, params, tmp_path):
    training, _ = split_by_time(read_batches(data))

    for name in ("one", "two"):
        models.save(models.fit(training, params), tmp_path / name)

    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_neither_label_nor_date_nor_name_reaches_the_model(data, params):
    training, held_out = split_by_time(read_batches(data))
    model = models.fit(training, params)
    otherwise = held_out.assign(**{LABEL: 1, "Wafer": "x", "batch": "y", "taken_at": pd.Timestamp(0)})

    assert (models.scores(model, held_out) == models.scores(model, otherwise)).all()


def test_sensors_that_never_change_and_cells_without_a_value_are_no_obstacle(data, params):
    training, held_out = split_by_time(read_batches(data))
    training = training.assign(**{"Sensor - 1": 5.0, "Sensor - 2": float("nan")})

    scores = models.scores(models.fit(training, params), held_out.assign(**{"Sensor - 3": float("nan")}))

    assert ((scores >= 0) & (scores <= 1)).all()


def test_from_batches_to_predictions(data, params, tmp_path):
    model = tmp_path / "model"
    call("prepare.py", "--data", data, "--out", tmp_path / "prepared")
    call("train.py", "--prepared", tmp_path / "prepared", "--model", model, "--metrics", tmp_path / "metrics.json")
    call("evaluate.py", "--model", model, "--data", data, "--out", tmp_path / "predictions.csv")

    table = pd.read_csv(tmp_path / "predictions.csv")
    assert list(table.columns) == ["id", "label", "prediction", "score"]
    assert len(table) == 40 and table["id"].is_unique
    assert set(table["label"]) == {0, 1} and table["score"].between(0, 1).all()


def test_a_batch_without_labels_is_judged(data, params, tmp_path):
    training, _ = split_by_time(read_batches(data))
    models.save(models.fit(training, params), tmp_path / "model")
    call("tools/make_batches.py", "to-predict", tmp_path, "--rows", 12)

    lines = call("predict.py", tmp_path / "model", tmp_path / "wafer_02032026_081530.csv").splitlines()

    assert lines[0] == "wafer,score"
    assert len(lines) == 13


def test_the_parameters_are_those_that_training_reads(params):
    assert yaml.safe_load((ROOT / "params.yaml").read_text()).keys() == params.keys()
