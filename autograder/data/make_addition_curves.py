"""Make ``solutions/24_addition_problem/addition_curves.npz``: what lesson 24 shows and does not have the time to compute.

    python autograder/data/make_addition_curves.py

About five minutes on one core. Everything is computed with the lesson's own answers and ``given.py``, from the seeds
written below, so a part of the file can be made again and compared.
"""

import contextlib
import io
import sys
import types

import numpy as np

from autograder.judging.reference import Reference
from autograder.lesson.layout import Course

LESSON = Course().lesson("24_addition_problem")
TARGET = LESSON.solution_path.with_name("addition_curves.npz")

HIDDEN, BATCH = 16, 32
LSTM_LEARNING_RATE, TANH_LEARNING_RATE = 0.02, 0.003
BLOCK = 10  # losses are stored as means over blocks of so many steps
SOLVED = 1 / 240

# Wrong ways to write `lstm_backward`: a name and one edit of the right one.
SLOPES = "    da = da.reshape(T, N, 4, H)\n"
LOOP = "    for t in reversed(range(T)):\n"
WRONG = {
    "dh not carried from step to step": ("dh_t = dh_steps[t] + dh_next", "dh_t = dh_steps[t].copy()"),
    "dc not carried from step to step": ("        dc += dc_next\n", ""),
    "carried dc without the forget gate": ("dc_next = dc * f[t]", "dc_next = dc.copy()"),
    "forget gate paired with the new cell": ("c_steps[:-1]", "c_steps[1:]"),
    "slope of tanh(c) left out": ("o * (1 - tanh_c**2)", "o.copy()"),
    "slope of the output gate left out": (SLOPES, SLOPES + "    da[:, :, 2] = 1\n"),
    "candidate with a sigmoid's slope": (SLOPES, SLOPES + "    da[:, :, 3] = g * (1 - g)\n"),
    "dWh with the new h": ("h_steps[:-1].reshape", "h_steps[1:].reshape"),
    "db always zero": ("rows.sum(axis=0)", "0 * rows.sum(axis=0)"),
    "random matrix in place of Wh.T": (
        "WhT = np.ascontiguousarray(Wh.T)",
        "WhT = (np.random.default_rng(5).normal(size=(4 * H, H)) / np.sqrt(H)).astype(Wh.dtype)",
    ),
    "only the last ten steps": (LOOP, "    da[:-10] = 0\n    for t in reversed(range(T - 10, T)):\n"),
}

# The patients of the last exercise: one edited line of `lstm_step_backward` each.
PATIENTS = {
    "A": ("dWh = prev_h.T @ da", "dWh = (o * tanh_c).T @ da"),
    "B": ("dprev_c = dc * f", "dprev_c = dc"),
    "C": ("dc = dnext_c + dnext_h * o * (1 - tanh_c**2)", "dc = dnext_c + dnext_h * o"),
    "D": ("da_f = dc * prev_c * f * (1 - f)", "da_f = dc * (prev_c * f + i * g) * f * (1 - f)"),
}
# The same errors over whole sequences.
PATIENTS_TRAINED = [
    "dWh with the new h",
    "carried dc without the forget gate",
    "slope of tanh(c) left out",
    "forget gate paired with the new cell",
]


def given_module():
    """``given.py`` of the lesson as a module."""
    module = types.ModuleType("given")
    exec(LESSON.given, vars(module))
    return module


def edited(name, old, new):
    """Function ``name`` of ``given.py`` with one edit."""
    given = given_module()
    start = LESSON.given.index(f"def {name}(")
    source = LESSON.given[start : LESSON.given.find("\n\n\ndef ", start)]
    assert source.count(old) == 1, f"{old!r} occurs {source.count(old)} times in {name}"
    exec(source.replace(old, new), vars(given))
    return getattr(given, name)


def first_sequences():
    """The sequences of the program in section 1, with values rounded to float16."""
    X, _ = Reference(LESSON).make_batch(np.random.default_rng(1), 640, 100)
    X = X.astype(np.float16)
    y = np.sum(X[:, :, 0].astype(float) * X[:, :, 1], axis=1) / 2
    return {"X": X, "y": y}


def tanh_params(rng, hidden):
    """First weights of the tanh network, float32."""
    params = {
        "Wx": rng.normal(size=(2, hidden)) / np.sqrt(2),
        "Wh": rng.normal(size=(hidden, hidden)) / np.sqrt(hidden),
        "b": np.zeros(hidden),
        "Wy": rng.normal(size=(hidden, 1)) / np.sqrt(hidden),
        "by": np.zeros(1),
    }
    return {name: value.astype(np.float32) for name, value in params.items()}


def lstm_losses(solution, seed, length, steps, forget_bias=1.0, backward=None):
    """Losses of one LSTM run."""
    rng = np.random.default_rng(seed)
    params = solution.init_params(rng, HIDDEN, forget_bias)
    params = {name: value.astype(np.float32) for name, value in params.items()}
    more = {} if backward is None else {"backward": backward}
    with np.errstate(all="ignore"):  # some wrong gradients end in overflow
        return solution.train_from(rng, params, length, BATCH, steps, LSTM_LEARNING_RATE, **more)[1]


def tanh_losses(solution, seed, length, steps):
    """Losses of one run of the tanh network."""
    given = given_module()
    rng = np.random.default_rng(seed)
    params = tanh_params(rng, HIDDEN)
    more = {"forward": given.rnn_forward, "backward": given.rnn_backward}
    return solution.train_from(rng, params, length, BATCH, steps, TANH_LEARNING_RATE, **more)[1]


def blocks(losses):
    """Means over blocks of ``BLOCK`` steps."""
    return losses.reshape(-1, BLOCK).mean(axis=1).astype(np.float32)


def steps_until_solved(losses):
    """First step at which the mean of the last 50 losses is below 1/240; nan if there is none."""
    means = np.convolve(losses, np.ones(50) / 50, "valid")
    below = np.flatnonzero(means < SOLVED)
    return below[0] + 50.0 if below.size else np.nan


def gradient_errors(solution):
    """Largest relative error over the parameters of each wrong backward pass, on one small float64 problem."""
    rng = np.random.default_rng(3)
    params = solution.init_params(rng, 4)
    params = {name: value + 0.1 * rng.normal(size=value.shape) for name, value in params.items()}
    X, y = solution.make_batch(rng, 5, 30)
    right = solution.loss_and_gradients(params, X, y)[1]
    errors = []
    for edit in WRONG.values():
        wrong = solution.loss_and_gradients(params, X, y, backward=edited("lstm_backward", *edit))[1]
        errors.append(max(np.max(np.abs(wrong[k] - right[k])) / np.max(np.abs(right[k])) for k in right))
    return np.array(errors)


def symptoms():
    """Relative error of every gradient of one step, gate by gate for dWx, for each patient."""
    rng = np.random.default_rng(7)
    N, D, H = 6, 2, 5
    given = given_module()
    weights = [rng.normal(size=shape) for shape in ((D, 4 * H), (H, 4 * H), (4 * H,))]
    x, prev_h, prev_c, dh, dc = (rng.normal(size=shape) for shape in ((N, D), *4 * [(N, H)]))
    cache = given.lstm_step_forward(x, prev_h, prev_c, *weights)[2]
    right = _by_name(given.lstm_step_backward(dh, dc, cache))
    table = []
    for edit in PATIENTS.values():
        wrong = _by_name(edited("lstm_step_backward", *edit)(dh, dc, cache))
        table.append([np.max(np.abs(wrong[k] - right[k])) / np.max(np.abs(right[k])) for k in right])
    return {"patients": list(PATIENTS), "symptom_names": list(right), "symptoms": np.array(table)}


def _by_name(gradients):
    dx, dprev_h, dprev_c, dWx, dWh, _ = gradients
    blocks = {
        f"dWx, columns {gate}": block for gate, block in zip("ifog", np.split(dWx, 4, axis=1), strict=True)
    }
    return {**blocks, "dWh": dWh, "dx": dx, "dprev_h": dprev_h, "dprev_c": dprev_c}


def make():
    """Everything that the file holds."""
    solution = Reference(LESSON)
    biases, tanh_lengths, wrong_lengths, seeds = [0.0, 1.0, 3.0], [10, 20, 30, 50, 100], [30, 100], [0, 1, 2]
    bias_losses = [[blocks(lstm_losses(solution, s, 100, 1200, bias)) for s in seeds] for bias in biases]
    tanh = [[blocks(tanh_losses(solution, s, length, 3000)) for s in seeds] for length in tanh_lengths]
    steps_of = {30: 500, 100: 700}
    solved = np.empty((len(WRONG) + 1, len(wrong_lengths), len(seeds)))
    for row, edit in enumerate([None, *WRONG.values()]):
        backward = edited("lstm_backward", *edit) if edit else None
        for column, length in enumerate(wrong_lengths):
            for k, seed in enumerate(seeds):
                losses = lstm_losses(solution, seed, length, steps_of[length], backward=backward)
                solved[row, column, k] = steps_until_solved(losses)
        print(edit, solved[row].tolist(), file=sys.stderr)
    return {
        **first_sequences(),
        "biases": np.array(biases),
        "bias_losses": np.array(bias_losses),
        "tanh_lengths": np.array(tanh_lengths),
        "tanh_losses": np.array(tanh),
        "wrong_names": np.array(["the right gradient", *WRONG]),
        "wrong_lengths": np.array(wrong_lengths),
        "wrong_solved_at": solved,
        "wrong_errors": np.concatenate([[0.0], gradient_errors(solution)]),
        **symptoms(),
        "patients_trained": np.array(
            [["the right gradient", *WRONG].index(name) for name in PATIENTS_TRAINED]
        ),
    }


if __name__ == "__main__":
    with contextlib.redirect_stdout(io.StringIO()):  # 87 progress bars
        arrays = make()
    np.savez_compressed(TARGET, **arrays)
    print(f"wrote {TARGET.name}, {TARGET.stat().st_size / 1024:.0f} kB")
