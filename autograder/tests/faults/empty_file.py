"""An empty file.

place: build
scores: human
words: file is empty
"""


def build(notebook):
    return b""
