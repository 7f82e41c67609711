"""Copied by hand in an editor that keeps ids: first the old, wrong version, then the right one.

place: build
scores: all
"""

import json

import nbformat


def build(notebook):
    place = next(number for number, cell in enumerate(notebook.cells) if cell.id == "double")
    old = nbformat.from_dict(notebook.cells[place])
    old.source = "def double(x):\n    return 3 * x"
    notebook.cells.insert(place, old)
    return json.dumps(notebook).encode()
