#!/usr/bin/env python3
"""Play the client: write batches of wafers, good and bad, as they come from a fab.

    python3 tools/make_batches.py good DIRECTORY        # eight batches, 100 wafers each
    python3 tools/make_batches.py bad DIRECTORY         # nine files, each wrong in a way of its own
    python3 tools/make_batches.py corrected DIRECTORY   # three of these files again, under the same names

A batch has 592 columns: the wafer's name (under an empty header, or `Unnamed: 0`), 590 sensors and the label Good/Bad:
1 for a faulty wafer (about one in six), -1 for a good one. About a hundred sensors never change, thirty have no value
for half of the wafers or more, six know something about the label, the others are noise. The same arguments give the
same bytes. Files are written under another name first and then renamed, as a careful sender does it.
Needs only the standard library. None of it is a real fab's data.
"""

import argparse
import gzip
import random
import sys
from pathlib import Path

SENSORS = 590
# How far each shifts with a fault, in its own standard deviations.
TELLING = {17: 1.5, 60: -1.2, 104: 1.4, 218: 1.0, 349: -1.6, 511: 1.1}
GOOD = [
    "wafer_05012026_081500.csv", "Wafer_12012026_081500.csv", "wafer_19012026_081500.csv", "wafer_26012026_081500.csv",
    "wafer_02022026_081500.csv", "wafer_09022026_081500.csv", "Wafer_16022026_081500.csv", "wafer_23022026_081500.csv",
]  # fmt: skip
LATER = "wafer_02032026_0815{:02d}.csv"


class Sensor:
    """What one sensor is like, today and always."""

    def __init__(self, number: int) -> None:
        dice = random.Random(f"sensor {number}")
        self.centre = round(dice.uniform(0.5, 3000), 2)
        self.spread = self.centre * dice.uniform(0.01, 0.2)
        self.shift = TELLING.get(number, 0.0)
        self.is_constant = not self.shift and dice.random() < 0.18
        fate = 1.0 if self.shift else dice.random()
        self.missing = dice.uniform(0.45, 0.85) if fate < 0.05 else dice.uniform(0, 0.02)

    def cell(self, dice: random.Random, is_faulty: bool, missing: str) -> str:
        if dice.random() < self.missing:
            return missing
        if self.is_constant:
            return f"{self.centre:.2f}"
        return f"{self.centre + self.spread * (dice.gauss(0, 1) + self.shift * is_faulty):.4f}"


def batch(seed: int, rows: int, labelled: bool = True) -> list[list[str]]:
    """Header and rows. Odd batches come from a spreadsheet, even ones from a database."""
    sensors = [Sensor(number) for number in range(1, SENSORS + 1)]
    dice = random.Random(f"batch {seed}")
    first, missing = ("", "") if seed % 2 else ("Unnamed: 0", "NULL")
    table = [[first, *(f"Sensor-{number}" for number in range(1, SENSORS + 1)), *(["Good/Bad"] if labelled else [])]]
    for number in range(1, rows + 1):
        is_faulty = dice.random() < 1 / 6
        cells = [sensor.cell(dice, is_faulty, missing) for sensor in sensors]
        table.append([f"Wafer-{seed:03d}-{number:03d}", *cells, *(["1" if is_faulty else "-1"] if labelled else [])])
    for number, sensor in enumerate(sensors, start=1):
        # However few the rows: a sensor that has a value now and then has one in each good batch.
        if all(row[number] == missing for row in table[1:]):
            table[1][number] = f"{sensor.centre:.2f}"
    return table


def text(table: list[list[str]]) -> bytes:
    return "".join(",".join(row) + "\n" for row in table).encode()


def write(path: Path, content: bytes) -> None:
    part = path.with_name(f".{path.name}.part")
    part.write_bytes(content)
    part.replace(path)
    print(f"wrote {path.name}")


def good(directory: Path, rows: int) -> None:
    for seed, name in enumerate(GOOD, start=1):
        write(directory / name, text(batch(seed, rows)))


def bad(directory: Path, rows: int) -> None:
    def put(name: str, seed: int, change) -> None:
        table = batch(seed, rows)
        write(directory / name, change(table) or text(table))

    def without(table, name="Sensor-300"):
        place = table[0].index(name)
        for row in table:
            del row[place]

    def extra(table):
        for number, row in enumerate(table):
            row.insert(1, "Operator" if number == 0 else "Jo")

    def swapped(table):
        for row in table:
            row[10], row[11] = row[11], row[10]

    def words(table):
        table[3][42], table[7][42] = "sensor error", "12.5 V"

    def silent(table):
        for row in table[1:]:
            row[200] = ""

    put("batch-of-monday.csv", 21, lambda table: None)
    put("wafer_31022026_081500.csv", 22, lambda table: None)
    put(LATER.format(1), 23, without)
    put(LATER.format(2), 24, extra)
    put(LATER.format(3), 25, swapped)
    put(LATER.format(4), 26, words)
    put(LATER.format(5), 27, silent)
    write(directory / LATER.format(6), b"")
    put(LATER.format(7) + ".gz", 28, lambda table: (packed := gzip.compress(text(table), mtime=0))[: len(packed) // 2])


def corrected(directory: Path, rows: int) -> None:
    """Two refused files as they should have been, and a good one with another label for its first wafer."""
    write(directory / LATER.format(1), text(batch(23, rows)))
    write(directory / LATER.format(4), text(batch(26, rows)))
    table = batch(2, rows)
    table[1][-1] = "-1" if table[1][-1] == "1" else "1"
    write(directory / GOOD[1], text(table))


def to_predict(directory: Path, rows: int) -> None:
    write(directory / LATER.format(30), text(batch(41, rows, labelled=False)))


KINDS = {"good": good, "bad": bad, "corrected": corrected, "to-predict": to_predict}


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kind", choices=KINDS)
    parser.add_argument("directory", type=Path)
    parser.add_argument("--rows", type=int, default=100, help="wafers of a batch")
    given = parser.parse_args(arguments)
    given.directory.mkdir(parents=True, exist_ok=True)
    KINDS[given.kind](given.directory, given.rows)
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
