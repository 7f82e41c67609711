"""What was returned earlier changes when later calls are made.

known: Kratzke 2019
place: answer
promise: others same
reaches: itself
stock: run
"""

kept = []


def softmax(scores):
    kept.append(scores)
    for earlier in kept:
        earlier[...] = 1 / earlier.shape[1]
    return kept[-1][:]
