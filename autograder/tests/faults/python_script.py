"""A script instead of a notebook.

place: build
scores: human
words: Python script
"""


def build(notebook):
    return b"import numpy as np\n\ndef double(x):\n    return 2 * x\n"
