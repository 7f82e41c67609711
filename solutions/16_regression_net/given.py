"""Given in this lesson: a minimiser that learns with conjugate gradients, in the place of Octave's ``fmincg``.

You hand it a function that returns a cost and the gradient of this cost, and weights to start from. It repeats:

1. Choose a direction. The first is straight downhill, the negative gradient. Each later one is the negative gradient plus
   a share of the direction before, by the rule of Polak and Ribiere (a negative share is replaced by 0). On a bowl this
   keeps what the earlier steps have reached, which plain gradient descent undoes again and again.
2. Search along the direction for a step after which two things hold: the cost is lower, by at least ``LOWER`` of what the
   slope at the start promised, and the slope along the direction has shrunk to at most ``FLATTER`` of its old size. They
   are known as the strong Wolfe conditions. The search is that of Nocedal and Wright, Numerical Optimization, 2006,
   section 3.5: go ahead until the valley must lie behind you, then close in on it.
3. Take the step.

Nobody chooses a learning rate: the search finds the length of every step. In return the minimiser has to trust you. Both
conditions compare the cost with the gradient, so a gradient that does not belong to the cost makes the search fail. Then the
minimiser tries once more, straight downhill, and if this fails too, it stops and says so.
"""

import numpy as np

LOWER = 1e-4  # share of the promised decrease that a step must bring
FLATTER = 0.1  # share of the old slope that may be left after a step
TRIES = 25  # evaluations in one search along a direction
FLAT = 1e-6  # the search for a minimum is over when no entry of the gradient is larger

FINISHED = "the gradient is zero: this is a minimum"
USED_UP = "all iterations are used up"
STUCK = "no step lowers the cost as the gradient promises"


def minimise(cost_and_gradient, weights, iterations):
    """Make a cost small by conjugate gradients.

    Parameters
    ----------
    cost_and_gradient : callable
        Takes the arrays of `weights`, one argument each; returns the cost, a float, and a sequence of arrays, the gradient
        with respect to each of them, in the same order and with the same shapes.
    weights : sequence of ndarray
        Where to start. Not changed.
    iterations : int
        How many steps to take at most.

    Returns
    -------
    weights : list of ndarray
        The best weights found.
    costs : ndarray (steps taken + 1,)
        The cost at the start and after each step.
    reason : str
        Why it stopped: `FINISHED`, `USED_UP` or `STUCK`.
    """
    shapes = [np.shape(part) for part in weights]

    def evaluate(theta):
        """Cost and gradient, as a number and as one long vector."""
        with np.errstate(all="ignore"):  # far out along a direction anything may overflow
            cost, parts = cost_and_gradient(*_unroll(theta, shapes))
        return float(cost), _roll(parts)

    theta = _roll(weights)
    cost, gradient = evaluate(theta)
    costs, reason = [cost], USED_UP
    direction, step, old_slope, fresh = (
        -gradient,
        None,
        0.0,
        True,
    )  # fresh: the direction is straight downhill
    while len(costs) <= iterations:
        if np.abs(gradient).max() <= FLAT:
            reason = FINISHED
            break
        slope = gradient @ direction
        if slope >= 0:  # not downhill: forget the directions before
            direction, fresh = -gradient, True
            slope = gradient @ direction
        first = 1.0 / (1.0 - slope) if step is None else min(10.0 * step, step * old_slope / slope)
        found = _search(evaluate, theta, direction, cost, slope, first)
        if found is None:
            if fresh:
                reason = STUCK
                break
            direction, fresh, step = -gradient, True, None
            continue
        step, cost, new_gradient = found
        old_slope = slope
        theta = theta + step * direction
        share = max(0.0, new_gradient @ (new_gradient - gradient) / (gradient @ gradient))
        direction, fresh = share * direction - new_gradient, share == 0.0
        gradient = new_gradient
        costs.append(cost)
    return _unroll(theta, shapes), np.array(costs), reason


def start_weights(rng, inputs, hidden, outputs):
    """Weights to start from: uniform between -0.5 and 0.5, biases (column 0) included.

    Parameters
    ----------
    rng : numpy.random.Generator
    inputs, hidden, outputs : int
        D, H and K.

    Returns
    -------
    T1 : ndarray (H, D + 1)
    T2 : ndarray (K, H + 1)
    """
    T1 = rng.uniform(-0.5, 0.5, size=(hidden, inputs + 1))
    T2 = rng.uniform(-0.5, 0.5, size=(outputs, hidden + 1))
    return T1, T2


def _search(evaluate, theta, direction, cost, slope, step):
    """A step along the direction that fulfils both conditions, with the cost and gradient there; None if there is none."""

    def look(at):
        value, gradient = evaluate(theta + at * direction)
        return at, value, gradient @ direction, gradient

    def too_high(at, value):
        return not value <= cost + LOWER * at * slope  # also when the value is nan

    low, high = (0.0, cost, slope, None), None  # the best point so far, and the other end of the bracket
    for _ in range(TRIES):
        here = at, value, new_slope, gradient = look(step)
        if too_high(at, value) or value >= low[1]:
            high = here  # climbed out of the valley
        else:
            if abs(new_slope) <= -FLATTER * slope:
                return at, value, gradient
            if high is None and new_slope < 0:  # still downhill: go on, with longer steps
                low, step = here, 3.0 * at
                continue
            if high is None or new_slope * (high[0] - low[0]) >= 0:
                high = low
            low = here
        step = _between(low, high)
        if abs(high[0] - low[0]) <= 1e-14 * max(1.0, abs(low[0])):
            break
    return None


def _between(low, high):
    """Where the parabola through the lower end, its slope and the other end is lowest; kept away from both ends."""
    width = high[0] - low[0]
    bend = high[1] - low[1] - low[2] * width
    share = -low[2] * width / (2.0 * bend) if np.isfinite(bend) and bend > 0 else 0.5
    return low[0] + min(max(share, 0.1), 0.9) * width


def _roll(parts):
    """All arrays in one long vector, which Octave writes as ``[Theta1(:) ; Theta2(:)]``."""
    return np.concatenate([np.ravel(part) for part in parts]).astype(np.float64)


def _unroll(theta, shapes):
    """The arrays back from the long vector."""
    parts, start = [], 0
    for shape in shapes:
        size = int(np.prod(shape))
        parts.append(theta[start : start + size].reshape(shape))
        start += size
    return parts
