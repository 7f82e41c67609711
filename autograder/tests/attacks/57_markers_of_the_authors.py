"""The answer holds the markers with which authors hide solutions and tests.

known: our own
place: answer
promise: others same
reaches: itself
stock: run
"""


def softmax(scores):
    ### BEGIN SOLUTION
    exp_scores = np.exp(scores)
    ### END SOLUTION
    ### BEGIN HIDDEN TESTS
    return exp_scores / exp_scores.sum(axis=1, keepdims=True)
    ### END HIDDEN TESTS
