"""Independent answers to 27_lstm_attribution: HIPS autograd through the LSTM, SciPy's Gauss points, all orders of players."""

import itertools

import autograd.numpy as anp
import numpy as np
import scipy.integrate
import scipy.special
from autograd import grad

from autograder.tests.oracles.shared.lstm_loss import sigmoid


def _entries(shapes):
    return sum(int(np.prod(shape)) for shape in shapes)


def count_lstm_parameters(units, inputs):
    return _entries(4 * [(inputs, units), (units, units), (units,)])


def count_model_parameters(units, inputs, outputs):
    return _entries([(inputs + units + 1, 4 * units), (units + 1, outputs)])


def _answer(x, params):
    """Answers of a stack (N, T, D), written for autograd."""
    H = params["Wh"].shape[0]
    h = c = anp.zeros((x.shape[0], H))
    for t in range(x.shape[1]):
        a = anp.dot(x[:, t], params["Wx"]) + anp.dot(h, params["Wh"]) + params["b"]
        i, f, o, g = (a[:, k * H : (k + 1) * H] for k in range(4))
        c = sigmoid(f) * c + sigmoid(i) * anp.tanh(g)
        h = sigmoid(o) * anp.tanh(c)
    return anp.dot(h, params["Wy"])[:, 0] + params["by"][0]


def input_gradient(params, x):
    if x.ndim == 2:
        return grad(lambda z: _answer(z[None], params)[0])(x)
    return grad(lambda z: anp.sum(_answer(z, params)))(x)


def quadrature(rule, steps):
    if rule == "gauss":
        s, w = scipy.special.roots_legendre(steps)
        return 0.5 + 0.5 * s, 0.5 * w
    edges = np.linspace(0, 1, steps + 1)
    points = {"left": edges[:-1], "midpoint": (edges[:-1] + edges[1:]) / 2}[rule]
    return points, np.diff(edges)


def integrated_gradients(params, x, baseline, steps, rule="midpoint"):
    """The slope along the path, with a speed of its own for every input: its derivative in the speeds."""
    total = np.zeros_like(x)
    for alpha, weight in zip(*quadrature(rule, steps), strict=True):
        here = baseline + alpha * (x - baseline)
        answer_at = lambda shift, here=here: _answer((here + shift)[None], params)[0]  # noqa: E731
        total += weight * grad(answer_at)(np.zeros_like(x)) * (x - baseline)
    if rule == "gauss" and steps >= 30:  # completeness, and SciPy's adaptive integral along the path
        total_by_scipy, _ = scipy.integrate.quad_vec(
            lambda alpha: input_gradient(params, baseline + alpha * (x - baseline)) * (x - baseline), 0, 1
        )
        assert np.allclose(total, total_by_scipy, rtol=1e-6, atol=1e-9)
        difference = _answer(x[None], params)[0] - _answer(baseline[None], params)[0]
        assert np.isclose(total.sum(), difference, rtol=1e-6, atol=1e-9)
    return total


def shares(attributions):
    """Shares solve s = a / Σa; here from the ratio of each entry to the first, with nothing divided by the total."""
    flat = [float(entry) for entry in np.ravel(attributions)]
    first = flat[0]
    ratios = [entry / first for entry in flat]
    return np.reshape([ratio / sum(ratios) for ratio in ratios], np.shape(attributions))


def shapley_values(f, x, baseline):
    gains = np.zeros(len(x))
    orders = list(itertools.permutations(range(len(x))))
    for order in orders:
        z = baseline.astype(float).copy()
        for i in order:
            before = f(z)
            z[i] = x[i]
            gains[i] += f(z) - before
    return gains / len(orders)


def predict_two_attributions():
    f = lambda z: z[0] ** 2 * z[1]  # noqa: E731
    x = np.array([2.0, 3.0])
    path = [scipy.integrate.quad(lambda a, k=k: grad(f)(a * x)[k] * x[k], 0, 1)[0] for k in range(2)]
    return (*path, *shapley_values(f, x, np.zeros(2)))


def predict_the_symptoms():
    """Run the four programs on a function whose slopes are known, and read the symptoms off."""
    f = lambda z: anp.tanh(z[0] + 2 * z[1]) + z[0] ** 3 * z[1]  # noqa: E731
    x, slopes = np.array([1.1, -0.7]), grad(f)

    def walk(start, m, shift):
        return np.mean([slopes(start + (k + shift) / m * (x - start)) for k in range(m)], axis=0)

    def errors(program):
        found = {}
        for name, b in (("zeros", np.zeros(2)), ("other", np.array([0.4, 0.9]))):
            found[name] = [abs(np.sum(program(b, m)) - (f(x) - f(b))) for m in (50, 500)]
        return found

    def scaled(b, m):
        plain = slopes(x) * (x - b)
        return plain * (f(x) - f(b)) / plain.sum()

    def read(found):
        coarse, fine = zip(found["zeros"], found["other"], strict=True)
        if max(coarse + fine) < 1e-12:
            return 4
        if np.allclose(np.array(coarse) / np.array(fine), 10, rtol=0.1):
            return 2
        return 3 if found["zeros"][1] < 1e-4 else 1

    programs = (
        lambda b, m: walk(b, m, 0) * (x - b),
        lambda b, m: walk(np.zeros(2), m, 0.5) * (x - b),
        scaled,
        lambda b, m: np.mean([slopes(x) * (x - b) for _ in range(m)], axis=0),
    )
    return tuple(read(errors(program)) for program in programs)


def _lstm(rng, D, H):
    shapes = {"Wx": (D, 4 * H), "Wh": (H, 4 * H), "b": (4 * H,), "Wy": (H, 1), "by": (1,)}
    return {name: 0.6 * rng.normal(size=shape) for name, shape in shapes.items()}


def _game(z):
    z = np.asarray(z)
    return float(np.sin(np.sum(z * np.arange(1, z.size + 1).reshape(z.shape))) + np.prod(z) + np.sum(z[0]))


CASES = {
    "count_lstm_parameters": lambda rng: [(30, 22), (5, 2), (1, 1)],
    "count_model_parameters": lambda rng: [(30, 22, 1), (5, 2, 3), (2, 6, 4)],
    "input_gradient": lambda rng: [
        (_lstm(rng, 3, 4), rng.normal(size=(6, 3))),
        (_lstm(rng, 2, 5), rng.normal(size=(3, 4, 2))),
        (_lstm(rng, 2, 1), rng.normal(size=(1, 2))),
    ],
    "quadrature": lambda rng: [("left", 7), ("midpoint", 7), ("gauss", 7), ("gauss", 1), ("midpoint", 1)],
    "integrated_gradients": lambda rng: [
        (_lstm(rng, 3, 4), rng.normal(size=(5, 3)), rng.normal(size=(5, 3)), 6),
        (_lstm(rng, 2, 3), rng.normal(size=(4, 2)), np.zeros((4, 2)), 5, "left"),
        (_lstm(rng, 2, 3), rng.normal(size=(4, 2)), rng.normal(size=(4, 2)), 40, "gauss"),
    ],
    "shares": lambda rng: [
        (np.array([3.0, -2.5, 0.25]),),
        (-rng.uniform(1, 2, size=(3, 2)),),
        (np.array([1.0, -1.0 + 1e-5]),),
    ],
    "shapley_values": lambda rng: [
        (_game, rng.normal(size=4), rng.normal(size=4)),
        (_game, rng.normal(size=(3, 2)), rng.normal(size=(3, 2))),
        (_game, rng.normal(size=1), rng.normal(size=1)),
    ],
    "predict_two_attributions": lambda rng: [()],
    "predict_the_symptoms": lambda rng: [()],
}
