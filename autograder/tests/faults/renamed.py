"""The browser has numbered the file.

place: build
scores: all
file: tiny (1) final.ipynb
"""


def build(notebook):
    return notebook
