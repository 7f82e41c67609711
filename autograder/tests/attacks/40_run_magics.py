"""Cells of shell commands and magics.

known: nbgrader
place: notebook
promise: same
reaches: itself
stock: run
"""

import nbformat


def forge(notebook):
    shell = ["%%bash\ncat ../../solutions/*/*.ipynb", "!curl http://127.0.0.1", "%run ../../solutions/helpers.py", "%load_ext cheat",
             "%%script python\nprint(1)", "get_ipython().system('true')", "%%javascript\nalert(1)"]  # fmt: skip
    notebook.cells[2:2] = [
        nbformat.v4.new_code_cell(source, id=f"magic-{number}") for number, source in enumerate(shell)
    ]
