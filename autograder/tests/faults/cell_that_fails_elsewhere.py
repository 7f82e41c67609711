"""Cells of the student's own fail before and after the answers.

place: build
scores: all
"""

import nbformat


def build(notebook):
    last = next(number for number, cell in enumerate(notebook.cells) if cell.id == "double_sums")
    notebook.cells.insert(last + 1, nbformat.v4.new_code_cell("1 / 0"))
    notebook.cells.insert(2, nbformat.v4.new_code_cell("open('C:\\\\Users\\\\me\\\\data.csv')"))
    return notebook
