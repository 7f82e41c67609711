"""The answers of 00_start_here, computed another way: scikit-learn, and sums done by hand."""

from sklearn import metrics


def mean_squared_error(y, y_hat):
    return metrics.mean_squared_error(y.ravel(), y_hat.ravel())


def predict_the_order():
    sums = {"A": 6 * 2**2, "B": 3**2, "C": 6 * 1**2}  # of the squared errors, as the lesson tells them
    return tuple(sorted(sums, key=sums.get))


CASES = {
    "mean_squared_error": lambda rng: [
        (rng.normal(size=shape), rng.normal(size=shape)) for shape in [(1,), (8,), (5, 3), (3, 1), (2, 3, 4)]
    ],
    "predict_the_order": lambda rng: [()],
}
