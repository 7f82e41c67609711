"""The result depends on how often the function has been called.

known: Kratzke 2019
place: answer
promise: others same
reaches: itself
stock: run
"""

calls = []


def softmax(scores):
    calls.append(scores)
    return calls[0] if len(calls) % 2 else scores
