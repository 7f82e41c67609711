"""Cells of checks were deleted.

place: build
scores: all
notes: check cell `double_check` was missing
"""


def build(notebook):
    notebook.cells = [cell for cell in notebook.cells if cell.id not in ("double_check", "row_sums_check")]
    return notebook
