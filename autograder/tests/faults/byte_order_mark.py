"""An editor on Windows has put a byte-order mark in front.

place: build
scores: all
notes: byte-order mark
"""

import nbformat


def build(notebook):
    return b"\xef\xbb\xbf" + nbformat.writes(notebook).encode()
