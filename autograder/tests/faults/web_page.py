"""The page of a login instead of a notebook.

place: build
scores: human
words: web page
"""


def build(notebook):
    return b"<!DOCTYPE html><html><body>Log in</body></html>"
