"""The check of what is right stands under the name of what is wrong.

known: nbgrader
place: notebook
promise: same
reaches: itself
stock: run
"""


def forge(notebook):
    cells = {cell.id: cell for cell in notebook.cells}
    one, other = cells["softmax_check"].metadata.nbgrader, cells["cross_entropy_check"].metadata.nbgrader
    one.grade_id, other.grade_id = other.grade_id, one.grade_id
