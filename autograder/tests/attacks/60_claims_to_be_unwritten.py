"""The function says that nobody has written it yet.

known: our own
place: answer
promise: others same
reaches: itself
stock: run
"""


def softmax(scores):
    raise NotImplementedError("Write your answer here, then delete this line.")
