"""Random arguments that cannot hide a bug. What is drawn, and in which order, is part of every recorded mark."""

import numpy as np

from autograder.sandbox.wire import Seed


def draw_seed(rng: np.random.Generator) -> Seed:
    """A seed that the learner's process turns into a Generator."""
    return Seed(int(rng.integers(2**31)))


def draw_labels(rng: np.random.Generator, N: int, K: int) -> np.ndarray:
    """N unsorted right classes, each of the K at least once if N allows it."""
    return rng.permutation(np.concatenate([np.arange(min(N, K)), rng.integers(K, size=max(0, N - K))]))


def draw_zeros_and_ones(rng: np.random.Generator, N: int, ones: int | None = None) -> np.ndarray:
    """N unsorted labels of two classes, exactly ``ones`` of them 1; a third, and at least one, unless asked."""
    ones = max(1, N // 3) if ones is None else ones
    return rng.permutation((np.arange(N) < ones).astype(int))


def draw_away_from_zero(
    rng: np.random.Generator, low: float, high: float, shape: int | tuple[int, ...]
) -> np.ndarray:
    """Numbers of both signs, from ``low`` to ``high`` in size."""
    return rng.choice([-1.0, 1.0], size=shape) * rng.uniform(low, high, size=shape)
