"""No metadata, new ids, and a name that says nothing.

place: build
scores: all
file: Untitled3.ipynb
"""


def build(notebook):
    notebook.metadata = {}
    for number, cell in enumerate(notebook.cells):
        cell.metadata, cell.id = {}, f"c{number}"
    return notebook
