"""A list that holds itself, and one that is nested a hundred thousand deep.

known: our own
place: answer
promise: others same
reaches: itself
stock: run
variants: itself, deep
verdict: fail
"""


def softmax(scores):
    value = []
    if VARIANT == "itself":
        value.append(value)
    for _ in range(100_000):
        value = [value]
    return value
