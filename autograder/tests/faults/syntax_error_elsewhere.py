"""A cell of the student's own does not parse.

place: build
scores: all
"""

import nbformat


def build(notebook):
    notebook.cells.insert(2, nbformat.v4.new_code_cell("for in x:"))
    return notebook
