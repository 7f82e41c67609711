"""Twenty cells of the learner's own claim to be graded, with points and names of their own.

known: our own
place: notebook
promise: same
reaches: itself
stock: run
"""

import nbformat


def forge(notebook):
    for number in range(20):
        cell = nbformat.v4.new_code_cell("2.0", id=f"own-{number}")
        cell.metadata["nbgrader"] = {
            "grade": True,
            "solution": False,
            "locked": True,
            "task": False,
            "points": 100.0,
            "grade_id": f"own_{number}_check",
            "schema_version": 3,
            "cell_type": "code",
        }
        notebook.cells.append(cell)
