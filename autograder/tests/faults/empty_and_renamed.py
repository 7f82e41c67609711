"""An empty file with a name of the student's own.

place: build
scores: human
words: file is empty
file: my work.ipynb
"""


def build(notebook):
    return b""
