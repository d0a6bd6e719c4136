import gzip

import pandas as pd
import pytest

from wafers.data import LABEL, NAME, faulty, read_batches, sensors, split_by_time

FIVE = ["wafer_05012026_081500.csv", "Wafer_12012026_081500.csv", "wafer_19012026_081500.csv",
        "wafer_26012026_081500.csv", "wafer_02022026_081500.csv"]  # fmt: skip


def test_batches_come_in_the_order_of_the_dates_in_their_names(data):
    wafers = read_batches(data)

    assert list(dict.fromkeys(wafers["batch"])) == FIVE
    assert len(wafers) == 5 * 40


def test_columns_have_the_names_of_the_schema_whatever_the_client_calls_them(data):
    wafers = read_batches(data)

    assert wafers[NAME].str.fullmatch(r"Wafer-\d{3}-\d{3}").all()
    assert list(sensors(wafers).columns) == [f"Sensor - {number}" for number in range(1, 591)]
    assert (sensors(wafers).dtypes == "float64").all()
    assert set(wafers[LABEL]) == {-1, 1}


def test_texts_that_stand_for_no_value_are_no_value(data):
    wafers = sensors(read_batches(data))

    # Odd batches leave a cell empty, even ones write NULL.
    assert wafers[:40].isna().any().any() and wafers[40:80].isna().any().any()


def test_a_packed_batch_is_the_same_batch(data, tmp_path):
    (tmp_path / (FIVE[0] + ".gz")).write_bytes(gzip.compress((data / FIVE[0]).read_bytes()))

    packed = read_batches(tmp_path).drop(columns="batch")

    pd.testing.assert_frame_equal(packed, read_batches(data)[:40].drop(columns="batch"))


def test_a_folder_without_batches_is_refused(tmp_path):
    with pytest.raises(SystemExit, match="no batches"):
        read_batches(tmp_path)


def test_the_newest_batches_are_held_out_and_none_is_torn_apart(data):
    training, held_out = split_by_time(read_batches(data), share=0.4)

    assert set(held_out["batch"]) == set(FIVE[3:])
    assert set(training["batch"]) == set(FIVE[:3])


def test_one_batch_cannot_be_split(data):
    wafers = read_batches(data)

    with pytest.raises(SystemExit, match="one batch only"):
        split_by_time(wafers[wafers["batch"] == FIVE[0]])


def test_one_is_faulty():
    assert faulty(pd.DataFrame({LABEL: [1, -1, 1]})).tolist() == [1, 0, 1]
