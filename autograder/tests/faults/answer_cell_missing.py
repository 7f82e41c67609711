"""The cell of an answer was deleted.

place: build
scores: no double
verdicts: double not_attempted
words: not written this yet
notes: `double` was missing; it was put back
"""


def build(notebook):
    notebook.cells = [cell for cell in notebook.cells if cell.id != "double"]
    return notebook
