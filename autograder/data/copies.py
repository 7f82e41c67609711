"""Writes a small data set into the folder of each lesson that uses it."""

from pathlib import Path

import numpy as np

SOLUTIONS = Path(__file__).resolve().parents[2] / "solutions"


def write_copies(name, lessons, largest, **arrays):
    """Write arrays to one file in each lesson's folder; the same arrays give the same bytes.

    Parameters
    ----------
    name : str
        Of the file, ``….npz``.
    lessons : list of str
        Each folder holds its own copy.
    largest : int
        Bytes that a copy may take.
    **arrays
        By their names in the file; "labels" are counted in what is printed.

    Raises
    ------
    ValueError
        If a copy takes more.
    """
    for lesson in lessons:
        path = SOLUTIONS / lesson / name
        np.savez_compressed(path, **arrays)  # NumPy stamps every member 1980-01-01
        size = path.stat().st_size
        if size > largest:
            raise ValueError(f"{name} takes {size:,} bytes, more than {largest:,}")
        print(f"{lesson}/{name}: {size:,} bytes, {np.bincount(arrays['labels'])} of each label")
