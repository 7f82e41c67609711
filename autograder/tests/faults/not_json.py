"""Prose instead of a notebook.

place: build
scores: human
words: not a notebook: it is not JSON
"""


def build(notebook):
    return b"I have done all exercises."
