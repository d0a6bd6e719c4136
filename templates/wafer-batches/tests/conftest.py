"""Three small batches, as the client sends them, with all 592 columns."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PARAMS = {"train": {"sensors": 20, "c": 0.1}, "threshold": 0.5, "seed": 1}


def call(*arguments) -> str:
    done = subprocess.run([sys.executable, *map(str, arguments)], check=True, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    return done.stdout


@pytest.fixture(scope="session")
def data(tmp_path_factory) -> Path:
    directory = tmp_path_factory.mktemp("batches")
    call("tools/make_batches.py", "good", directory, "--rows", 40)
    for file in sorted(directory.iterdir()):
        if "012026" not in file.name and "02022026" not in file.name:
            file.unlink()
    return directory


@pytest.fixture
def params() -> dict:
    return PARAMS
