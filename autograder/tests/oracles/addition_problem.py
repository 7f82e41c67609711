"""Independent answers to 24_addition_problem: HIPS autograd for every gradient, closed forms, brute force."""

import importlib.util
import inspect
from pathlib import Path

import autograd.numpy as anp
import numpy as np
import scipy.integrate
from autograd import grad

from autograder.tests.oracles.shared.lstm_loss import lstm_loss

LESSON = Path(__file__).resolve().parents[3] / "solutions" / "24_addition_problem"


def _given():
    spec = importlib.util.spec_from_file_location("given_of_addition_problem", LESSON / "given.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def make_batch(rng, batch, length):
    values = [[rng.random() for _ in range(length)] for _ in range(batch)]
    first = [int(rng.integers(0, length // 2)) for _ in range(batch)]
    second = [int(rng.integers(length // 2, length)) for _ in range(batch)]
    X = np.array(
        [
            [[v, float(t in (i, j))] for t, v in enumerate(row)]
            for row, i, j in zip(values, first, second, strict=True)
        ]
    )
    y = np.array([[(row[i] + row[j]) / 2] for row, i, j in zip(values, first, second, strict=True)])
    return X, y


def predict_the_plateaus():
    both = scipy.integrate.dblquad(lambda u, v: (u + v - 1) ** 2, 0, 1, 0, 1)[0]
    second_known = scipy.integrate.quad(lambda u: (u / 2 - 1 / 4) ** 2, 0, 1)[0]
    three = scipy.integrate.tplquad(lambda u, v, w: ((u + v + w) / 3 - 1 / 2) ** 2, 0, 1, 0, 1, 0, 1)[0]
    return both, second_known, three


def _head_loss(h, y, Wy, by):
    return anp.mean(anp.square(anp.dot(h[:, -1, :], Wy) + by - y))


def last_step_loss(h, y, Wy, by):
    return (_head_loss(h, y, Wy, by), *(grad(_head_loss, k)(h, y, Wy, by) for k in (0, 2, 3)))


def clip_by_norm(grads, max_norm):
    length = np.linalg.norm(np.concatenate([np.ravel(value) for value in grads.values()]))
    return {name: value * min(1.0, max_norm / max(length, 1e-300)) for name, value in grads.items()}


def _adam(params, history, learning_rate):
    """Weights after the gradients in ``history``, from the sums that the running means are."""
    for k in range(1, len(history) + 1):
        first = [0.1 * 0.9 ** (k - j) for j in range(1, k + 1)]
        second = [0.001 * 0.999 ** (k - j) for j in range(1, k + 1)]
        for name in params:
            m = sum(w * grads[name] for w, grads in zip(first, history, strict=False)) / sum(first)
            v = sum(w * grads[name] ** 2 for w, grads in zip(second, history, strict=False)) / sum(second)
            params = params | {name: params[name] - learning_rate * m / (v**0.5 + 1e-8)}
    return params


def adam_step(params, grads, state, learning_rate):
    return _adam(params, [grads], learning_rate), {}


def init_params(rng, hidden, forget_bias=1.0):
    Wx = np.reshape([rng.normal() for _ in range(8 * hidden)], (2, 4 * hidden)) * 2**-0.5
    Wh = np.reshape([rng.normal() for _ in range(4 * hidden**2)], (hidden, 4 * hidden)) * hidden**-0.5
    Wy = np.reshape([rng.normal() for _ in range(hidden)], (hidden, 1)) * hidden**-0.5
    return {
        "Wx": Wx,
        "Wh": Wh,
        "b": np.kron([0.0, forget_bias, 0.0, 0.0], np.ones(hidden)),
        "Wy": Wy,
        "by": np.zeros(1),
    }


def loss_and_gradients(params, X, y):
    return lstm_loss(params, X, y), grad(lstm_loss)(params, X, y)


def train_from(rng, params, length, batch, steps, learning_rate):
    losses, history, start = [], [], params
    for _ in range(steps):
        X, y = make_batch(rng, batch, length)
        loss, grads = loss_and_gradients(params, X, y)
        losses.append(loss)
        history.append(clip_by_norm(grads, 1.0))
        params = _adam_after(start, history, learning_rate)
    return params, np.array(losses)


def _adam_after(params, history, learning_rate):
    return _adam(params, history, learning_rate)


def train(rng, length, hidden, batch, steps, learning_rate):
    return train_from(rng, init_params(rng, hidden), length, batch, steps, learning_rate)


def predict_who_learns():
    with np.load(LESSON / "addition_curves.npz") as recorded:
        solved = dict(
            zip(
                recorded["wrong_names"],
                np.isfinite(recorded["wrong_solved_at"][:, 0]).sum(axis=1),
                strict=True,
            )
        )
    programs = {
        "A": "dh not carried from step to step",
        "B": "random matrix in place of Wh.T",
        "C": "only the last ten steps",
        "D": "candidate with a sigmoid's slope",
    }
    return "".join(letter for letter, name in programs.items() if solved[name] == 3)


def find_the_lines():
    """For each line, double its result and see which gradients change; then look for each patient's pattern."""
    given = _given()
    with np.load(LESSON / "addition_curves.npz") as recorded:
        wrong = {
            name: frozenset(np.flatnonzero(row > 1e-9))
            for name, row in zip(recorded["patients"], recorded["symptoms"], strict=True)
        }
    source = inspect.getsource(given.lstm_step_backward)
    head, docstring, body = source.split('"""')
    lines = body.strip("\n").splitlines()
    rng = np.random.default_rng(1)
    weights = [rng.normal(size=shape) for shape in ((2, 12), (3, 12), (12,))]
    x, prev_h, prev_c, dh, dc = (rng.normal(size=shape) for shape in ((4, 2), *4 * [(4, 3)]))
    cache = given.lstm_step_forward(x, prev_h, prev_c, *weights)[2]

    def parts(step):
        dx, dprev_h, dprev_c, dWx, dWh, _ = step(dh, dc, cache)
        return [*np.split(dWx, 4, axis=1), dWh, dx, dprev_h, dprev_c]

    right, found = parts(given.lstm_step_backward), {}
    for number, line in enumerate(lines[2:-1], start=3):
        target = line.split("=")[0].strip()
        changed = lines[:number] + [f"    {target} = 2 * {target}"] + lines[number:]
        namespace = dict(vars(given))
        exec(f'{head}"""{docstring}"""\n' + "\n".join(changed), namespace)
        pattern = frozenset(
            k
            for k, part in enumerate(parts(namespace["lstm_step_backward"]))
            if not np.allclose(part, right[k])
        )
        found.setdefault(pattern, number)
    return tuple(found[wrong[name]] for name in "ABCD")


def _gradients(rng, scale):
    return {"W": scale * rng.normal(size=(3, 4)), "b": scale * rng.normal(size=4)}


def _params(rng, H):
    shapes = {"Wx": (2, 4 * H), "Wh": (H, 4 * H), "b": (4 * H,), "Wy": (H, 1), "by": (1,)}
    return {name: rng.normal(size=shape) for name, shape in shapes.items()}


CASES = {
    "make_batch": lambda rng: [(np.random.default_rng(5), 6, 9), (np.random.default_rng(6), 3, 2)],
    "predict_the_plateaus": lambda rng: [()],
    "last_step_loss": lambda rng: [
        (rng.normal(size=(5, 4, 3)), rng.random((5, 1)), rng.normal(size=(3, 1)), rng.normal(size=1)),
        (rng.normal(size=(1, 1, 2)), rng.random((1, 1)), rng.normal(size=(2, 1)), rng.normal(size=1)),
    ],
    "clip_by_norm": lambda rng: [
        (_gradients(rng, 3.0), 1.5),
        (_gradients(rng, 0.01), 1.5),
        (_gradients(rng, 0.0), 1.0),
    ],
    "adam_step": lambda rng: [
        (_gradients(rng, 1.0), _gradients(rng, 2.0), {}, 0.1),
        (_gradients(rng, 1.0), _gradients(rng, 1e-8), {}, 0.1),
    ],
    "init_params": lambda rng: [(np.random.default_rng(7), 4, 1.5), (np.random.default_rng(8), 3)],
    "loss_and_gradients": lambda rng: [(_params(rng, 3), rng.random((4, 7, 2)), rng.random((4, 1)))],
    "train_from": lambda rng: [(np.random.default_rng(9), _params(rng, 3), 6, 4, 5, 0.05)],
    "train": lambda rng: [(np.random.default_rng(11), 6, 3, 4, 3, 0.02)],
    "predict_who_learns": lambda rng: [()],
    "find_the_lines": lambda rng: [()],
}
COMPARED = {
    "adam_step": lambda result: result[0],
    "train": lambda result: np.round(result[1], 4),  # the solution trains in float32
}
