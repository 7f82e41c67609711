"""The file has a name of the student's own.

place: build
scores: all
file: homework bela.ipynb
"""


def build(notebook):
    return notebook
