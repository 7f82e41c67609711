"""The cells claim other versions of nbgrader's metadata, and checksums of their own.

known: nbgrader (measured: the batch stops)
place: notebook
promise: same
reaches: itself
stock: run
"""


def forge(notebook):
    for number, cell in enumerate(notebook.cells):
        if "nbgrader" in cell.metadata:
            cell.metadata.nbgrader |= {"schema_version": [0, 1, 2, 99][number % 4], "checksum": "0" * 32}
