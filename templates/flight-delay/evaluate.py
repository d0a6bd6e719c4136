"""Score a model on the month that is held out. Sluice runs this for challenger and champion alike.

Writes one line for each flight: id, label (1 = more than 15 minutes late), prediction (0 or 1), score (probability),
and the columns by whose values the report looks at the model: carrier, origin, part_of_day.
The rows and their order come from the data alone.
"""

import argparse
from pathlib import Path

import pandas as pd

from flight_delay import model as models
from flight_delay.data import identifiers, part_of_day, read_flights, split_by_time


def predictions(model: models.Model, flights: pd.DataFrame) -> pd.DataFrame:
    scores = models.scores(model, flights)
    return pd.DataFrame(
        {
            "id": identifiers(flights),
            "label": flights["late"],
            "prediction": (scores >= model["threshold"]).astype(int),
            "score": scores,
            "carrier": flights["carrier"],
            "origin": flights["origin"],
            "part_of_day": part_of_day(flights),
        }
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()

    _, held_out = split_by_time(read_flights(arguments.data))
    table = predictions(models.load(arguments.model), held_out)
    table.to_csv(arguments.out, index=False, lineterminator="\n", float_format="%.9f")
    print(f"scored {len(table):,} flights, {table['label'].mean():.1%} of them late")


if __name__ == "__main__":
    main()
