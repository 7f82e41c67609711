"""The notebook asks for a kernel of its own.

known: nbgrader
place: notebook
promise: same
reaches: itself
stock: run
"""


def forge(notebook):
    notebook.metadata.kernelspec = {"name": "cheat", "display_name": "cheat", "language": "bash"}
