"""The cells of a right and of a wrong answer bear each other's names.

known: our own
place: notebook
promise: may lose
reaches: itself
stock: run
"""


def forge(notebook):
    cells = {cell.id: cell for cell in notebook.cells}
    one, other = cells["softmax"], cells["cross_entropy"]
    one.id, other.id = other.id, one.id
    one.metadata, other.metadata = other.metadata, one.metadata
