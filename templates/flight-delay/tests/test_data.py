import pandas as pd
import pytest

from flight_delay.data import identifiers, read_flights, split_by_time
from tests.conftest import month_of_flights


def test_cancelled_flights_are_left_out_and_counted(data):
    flights = read_flights(data)

    assert len(flights) == 3 * 114
    assert flights.attrs["left_out"] == 3 * 6


def test_late_means_more_than_fifteen_minutes(tmp_path):
    table = month_of_flights(1, count=3).assign(arr_delay=[15, 16, -5])
    table.to_csv(tmp_path / "flights_2013-01.csv", index=False)

    assert read_flights(tmp_path)["late"].tolist() == [0, 1, 0]


def test_a_folder_without_flights_is_refused(tmp_path):
    with pytest.raises(SystemExit, match="no flights"):
        read_flights(tmp_path)


def test_the_newest_month_is_held_out(data):
    training, held_out = split_by_time(read_flights(data))

    assert set(training["month"]) == {1, 2}
    assert set(held_out["month"]) == {3}


def test_january_is_newer_than_the_december_before_it(data):
    flights = read_flights(data)
    flights["year"] = flights["month"].map({1: 2014, 2: 2013, 3: 2013})

    _, held_out = split_by_time(flights)

    assert set(held_out["month"]) == {1}


def test_one_month_cannot_be_split(data):
    flights = read_flights(data)

    with pytest.raises(SystemExit, match="one month only"):
        split_by_time(flights[flights["month"] == 1])


def test_every_flight_has_a_name_of_its_own(data):
    flights = read_flights(data)

    assert identifiers(flights).is_unique
    with pytest.raises(SystemExit, match="twice"):
        identifiers(pd.concat([flights, flights], ignore_index=True))
