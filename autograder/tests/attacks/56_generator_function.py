"""softmax yields its rows one after the other, or is a coroutine.

known: our own
place: answer
promise: others same
reaches: itself
stock: run
variants: generator, coroutine
verdict: fail
"""

if VARIANT == "generator":

    def softmax(scores):
        yield from np.exp(scores)
else:

    async def softmax(scores):
        return np.exp(scores)
