"""The file breaks off in the middle.

place: build
scores: human
words: breaks off in the middle
"""

import nbformat


def build(notebook):
    return nbformat.writes(notebook).encode()[:3000]
