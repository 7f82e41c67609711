"""The failure is a group of exceptions, and has itself for a cause.

known: our own
place: answer
promise: others same
reaches: itself
stock: run
"""


def softmax(scores):
    error = BaseExceptionGroup("pass", [KeyboardInterrupt(), GeneratorExit()])
    error.__cause__ = error.__context__ = ValueError("pass")
    error.__cause__.__cause__ = error
    raise error
