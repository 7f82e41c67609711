"""The worker describes functions with parameters that are no parameters.

known: our own
place: after
promise: may lose
reaches: itself
stock: does not apply: there is no worker
variants: none, empty, markup, many, stars
"""

from autograder.sandbox import wire, worker

LIES = {
    "none": None,
    "empty": [],
    "markup": ["<b>", "[red]", "=1+1"],
    "many": ["x" * 100] * 50,
    "stars": ["*everything"],
}
worker.Worker._describe = lambda self, request: wire.Described(request.number, True, True, LIES[VARIANT])
del softmax
