r"""The answer does not parse.

place: build
scores: no double
verdicts: double error
words: double was not defined: SyntaxError: .*cell \d+, line 2: return 2 \* \* x
"""


def build(notebook):
    cells = {cell.id: cell for cell in notebook.cells}
    cells["double"].source = "def double(x):\n    return 2 * * x"
    return notebook
