"""Derivatives measured by finite differences, which a learner's own are compared with."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np


def numerical_gradient(f: Callable[[np.ndarray], Any], x: np.ndarray, h: float = 1e-5) -> np.ndarray:
    """Gradient of a scalar function by central differences.

    Parameters
    ----------
    f : callable
        Takes an array of the shape of ``x``, returns a number.
    x : ndarray, float64
        Where to measure. Not changed.
    h : float
        Each entry in turn, and it alone, is moved by +h and by -h.

    Returns
    -------
    ndarray
        Of the shape of ``x``.
    """
    return numerical_gradient_at_once(lambda points: [f(point) for point in points], x, h)


def numerical_gradient_at_once(
    values: Callable[[list[np.ndarray]], Sequence[Any] | np.ndarray], x: np.ndarray, h: float = 1e-5
) -> np.ndarray:
    """`numerical_gradient` of a function that takes all points in one go, as ``learner.map`` does.

    Parameters
    ----------
    values : callable
        Takes a list of arrays of the shape of ``x``, returns a number for each.
    x : ndarray, float64
    h : float

    Returns
    -------
    ndarray
        Of the shape of ``x``.
    """
    nudges = h * np.eye(x.size).reshape(x.size, *x.shape)
    found = values([point for nudge in nudges for point in (x + nudge, x - nudge)])
    above, below = np.asarray(found, dtype=float).reshape(x.size, 2).T
    gradient: np.ndarray = ((above - below) / (2 * h)).reshape(x.shape)
    return gradient


def directional_derivative(
    f: Callable[[np.ndarray], Any], x: np.ndarray, way: np.ndarray, h: float = 1e-3
) -> Any:
    """Slope of a scalar function in one direction, by differences of fourth order: one entry wrong among many shows.

    Parameters
    ----------
    f : callable
        Takes an array of the shape of ``x``, returns a number.
    x, way : ndarray
        Where to measure, and in which direction.
    h : float

    Returns
    -------
    float
    """
    ahead = [f(x + k * h * way) for k in (2, 1, -1, -2)]
    return (-ahead[0] + 8 * ahead[1] - 8 * ahead[2] + ahead[3]) / (12 * h)
