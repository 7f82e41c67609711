"""Nothing is wrong.

place: build
scores: all
"""


def build(notebook):
    return notebook
