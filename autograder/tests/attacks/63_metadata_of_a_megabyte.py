"""Every cell carries metadata that are large and deep.

known: our own
place: notebook
promise: same
reaches: itself
stock: run
"""


def forge(notebook):
    deep = "pass"
    for _ in range(50):
        deep = {"verdict": deep}
    for cell in notebook.cells:
        cell.metadata.update({"deep": deep, "large": "x" * 100_000, "verdict": "pass"})
