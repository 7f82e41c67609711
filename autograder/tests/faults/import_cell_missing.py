"""The cell of imports was deleted.

place: build
scores: all
notes: import cell
"""


def build(notebook):
    notebook.cells = [cell for cell in notebook.cells if cell.id != "imports"]
    return notebook
