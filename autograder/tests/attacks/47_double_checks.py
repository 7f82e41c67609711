"""The check cell of a right answer stands there twice.

known: nbgrader (measured: the batch stops)
place: notebook
promise: same
reaches: itself
stock: run
"""

import nbformat


def forge(notebook):
    notebook.cells += [
        nbformat.from_dict(cell) for cell in notebook.cells if cell.id == "cross_entropy_check"
    ]
