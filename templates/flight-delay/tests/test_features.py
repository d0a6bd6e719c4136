import pandas as pd
import pytest

from flight_delay import features
from flight_delay.data import KNOWN_BEFORE_DEPARTURE, read_flights
from tests.conftest import month_of_flights

# Known only when the aircraft has left, or landed. The tail number belongs here: aircraft are swapped until the last
# minute, and the table holds the one that flew.
KNOWN_ONLY_AFTER = ["dep_time", "dep_delay", "arr_time", "arr_delay", "air_time", "tailnum"]


def test_no_feature_is_known_only_after_departure():
    flights = month_of_flights(1)
    otherwise = flights.assign(**{column: -1 for column in KNOWN_ONLY_AFTER})

    names = list(features.FEATURES)

    assert not set(KNOWN_BEFORE_DEPARTURE) & set(KNOWN_ONLY_AFTER)
    pd.testing.assert_frame_equal(features.build(flights, names), features.build(otherwise, names))


def test_a_feature_cannot_see_columns_that_are_not_scheduled(monkeypatch):
    monkeypatch.setitem(features.FEATURES, "peek", lambda flights: flights["arr_delay"])

    with pytest.raises(KeyError, match="arr_delay"):
        features.build(month_of_flights(1), ["peek"])


def test_a_feature_depends_on_its_own_row_only():
    flights = month_of_flights(1)
    names = list(features.FEATURES)

    one = features.build(flights.iloc[[7]], names)

    assert one.iloc[0].to_dict() == features.build(flights, names).iloc[7].to_dict()


def test_values_of_one_flight():
    flight = month_of_flights(1).iloc[[0]].assign(year=2013, month=1, day=4, sched_dep_time=1745)

    values = features.build(flight, ["day_of_week", "departure_hour"]).iloc[0].to_dict()

    assert values == {"day_of_week": 4, "departure_hour": 17}


def test_no_value_is_missing(data):
    assert not features.build(read_flights(data), list(features.FEATURES)).isna().any().any()


def test_an_unknown_feature_is_named():
    with pytest.raises(SystemExit, match="no such feature: weather"):
        features.build(month_of_flights(1), ["weather"])
