"""Other right ways to write the answers of 00_start_here."""

import numpy as np


def mean_squared_error__with_a_loop(y, y_hat):
    total = 0.0
    for index in np.ndindex(y.shape):
        total += (y_hat[index] - y[index]) ** 2
    return total / y.size


def mean_squared_error__as_a_scalar_product(y, y_hat):
    difference = np.subtract(y_hat, y).reshape(-1)
    return float(difference @ difference) / len(difference)


def mean_squared_error__from_a_norm(y, y_hat):
    return np.linalg.norm((y - y_hat).ravel()) ** 2 / np.prod(y.shape)


def mean_squared_error__in_plain_python(y, y_hat):
    squares = [(a - b) * (a - b) for a, b in zip(y.flatten().tolist(), y_hat.flatten().tolist(), strict=True)]
    return sum(squares) / len(squares)


def mean_squared_error__mean_of_means(y, y_hat):
    squares = np.square(np.abs(y - y_hat))
    while squares.ndim:  # every row has the same length, so a mean of means is the mean
        squares = squares.mean(axis=0)
    return squares


def predict_the_order__as_a_list():
    return ["C", "B", "A"]


def predict_the_order__computed():
    errors = {"A": np.full(6, 2.0), "B": np.array([0.0, 0.0, 0.0, 0.0, 0.0, 3.0]), "C": np.full(6, 1.0)}
    return tuple(sorted(errors, key=lambda letter: np.mean(errors[letter] ** 2)))
