"""Right or wrong, the numbers come in kinds that checks seldom meet.

known: our own
place: answer
promise: others same
reaches: itself
stock: run
variants: masked, structured, matrix, float16, longdouble, complex128, bool, datetime64[s], S8, U8, V8
"""


def softmax(scores):
    exp_scores = np.exp(scores)
    probs = exp_scores / exp_scores.sum(axis=1, keepdims=True)
    if VARIANT == "masked":
        return np.ma.masked_array(probs, mask=True)
    if VARIANT == "structured":
        return np.zeros(probs.shape, [("a", float)])
    if VARIANT == "matrix":
        return np.matrix(probs)
    return np.nan_to_num(probs).astype(VARIANT)
