"""As Colab and some converters leave it: no metadata, new ids.

place: build
scores: all
"""


def build(notebook):
    notebook.metadata = {}
    for number, cell in enumerate(notebook.cells):
        cell.metadata, cell.id = {}, f"c{number}"
    return notebook
