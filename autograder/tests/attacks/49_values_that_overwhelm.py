"""Values that cost far more to look at than to return, where a tuple of arrays is due.

known: this grader, before it bounded what it looks at
place: answer
promise: others same
reaches: itself
stock: does not apply: a comparison there costs what it costs
exercise: softmax_loss
verdict: fail
variants: bytes, no_columns, more_rows_than_memory
"""


def softmax_loss(W, b, X, y, reg):
    return {
        "bytes": lambda: np.zeros(60_000_000, np.int8),
        "no_columns": lambda: np.zeros((30_000_000, 0)),
        "more_rows_than_memory": lambda: np.zeros((1 << 40, 0)),
    }[VARIANT]()
