"""An editor has written UTF-16.

place: build
scores: all
notes: UTF-16
"""

import nbformat


def build(notebook):
    return nbformat.writes(notebook).encode("utf-16")
