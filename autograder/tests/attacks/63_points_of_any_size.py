"""The check cells claim points that no gradebook expects.

known: our own
place: notebook
promise: same
reaches: itself
stock: run
variants: huge, negative, text, list, none
"""


def forge(notebook):
    for cell in notebook.cells:
        if "points" in cell.metadata.get("nbgrader", {}):
            cell.metadata.nbgrader.points = {
                "huge": 1e9,
                "negative": -1e9,
                "text": "2.0",
                "list": [2.0],
                "none": None,
            }[VARIANT]
