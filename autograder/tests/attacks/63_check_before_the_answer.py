"""A cell of the learner's own poses as the check of the wrong answer, with its result in it.

known: nbgrader (measured: the batch stops)
place: notebook
promise: same
reaches: itself
stock: run
"""

import nbformat


def forge(notebook):
    check = next(cell for cell in notebook.cells if cell.id == "softmax_check")
    posing = nbformat.v4.new_code_cell("2.0", id="posing", metadata=check.metadata)
    posing.outputs = [nbformat.v4.new_output("execute_result", {"text/plain": "2.0"}, execution_count=1)]
    notebook.cells.insert(0, posing)
