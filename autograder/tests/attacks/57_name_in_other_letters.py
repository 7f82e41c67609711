"""The name is written in letters that Python takes for the same ones.

known: our own
place: answer
promise: others same
reaches: itself
stock: run
"""


def ｓｏｆｔｍａｘ(scores):
    exp_scores = np.exp(scores)
    return exp_scores / exp_scores.sum(axis=1, keepdims=True)
