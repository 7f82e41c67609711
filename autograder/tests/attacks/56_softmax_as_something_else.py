"""softmax is no function but something that can be called, or looks as if it could.

known: our own
place: answer
promise: others same
reaches: itself
stock: run
variants: object, class, method, partial, lambda, property, builtin, everything
"""

import functools


def wrong(scores):
    exp_scores = np.exp(scores)
    return exp_scores / exp_scores.sum(axis=1, keepdims=True)


class Callable:
    def __call__(self, scores):
        return wrong(scores)


class Made:
    def __new__(cls, scores):
        return wrong(scores)


class Everything:
    def __getattr__(self, name):
        return self

    def __call__(self, *_, **__):
        return self


softmax = {
    "object": lambda: Callable(),
    "class": lambda: Made,
    "method": lambda: Callable().__call__,
    "partial": lambda: functools.partial(wrong),
    "lambda": lambda: lambda scores: wrong(scores),
    "property": lambda: property(wrong),
    "builtin": lambda: np.exp,
    "everything": lambda: Everything(),
}[VARIANT]()
