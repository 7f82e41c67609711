"""Make ``solutions/27_lstm_attribution/lstm_weights.npz``: the trained LSTM that lesson 27 takes apart.

    python autograder/data/make_lstm_weights.py

About 15 seconds on one core. The network has the asker's sizes, 22 features and 30 units, and starts as Keras starts
one: Glorot for the inputs and the output, orthogonal for each gate's recurrent matrix, forget bias 1. The sequences
are made up, so that it is known what the answer depends on: three of the 22 features and one gate feature, at known
steps. The rule is in ``target``. Training runs in float32 with Adam; another machine's rounding gives slightly other weights.
"""

import importlib.util
from pathlib import Path

import numpy as np

SOLUTIONS = Path(__file__).resolve().parents[2] / "solutions"
TARGET = SOLUTIONS / "27_lstm_attribution" / "lstm_weights.npz"
T, D, H = 10, 22, 30
STEPS, BATCH, LEARNING_RATE = 4000, 64, 0.005


def fast_lstm():
    """The forward and backward pass of lesson 24, which also gives the gradients of the weights."""
    spec = importlib.util.spec_from_file_location("fast_lstm", SOLUTIONS / "24_addition_problem" / "given.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.lstm_forward, module.lstm_backward


def target(X):
    """What the network learns: features 3, 7 (let through or not by 12) and 17 count, at the steps given here."""
    return (
        0.3
        + np.tanh(X[:, 9, 3] + X[:, 8, 3] + X[:, 7, 3])
        + 0.5 * X[:, 9, 7] * (X[:, 6, 12] > 0)
        + 0.3 * X[:, 4, 17]
    )


def start(rng):
    """Weights before training."""
    return {
        "Wx": rng.uniform(-1, 1, (D, 4 * H)) * (6 / (D + 4 * H)) ** 0.5,
        "Wh": np.hstack([np.linalg.qr(rng.normal(size=(H, H)))[0] for _ in range(4)]),
        "b": np.repeat([0.0, 1.0, 0.0, 0.0], H),
        "Wy": rng.uniform(-1, 1, (H, 1)) * (6 / (H + 1)) ** 0.5,
        "by": np.zeros(1),
    }


def main():
    """Train, report, save."""
    lstm_forward, lstm_backward = fast_lstm()
    rng = np.random.default_rng(27)
    params = {name: value.astype(np.float32) for name, value in start(rng).items()}
    first = {name: np.zeros_like(value) for name, value in params.items()}
    second = {name: np.zeros_like(value) for name, value in params.items()}
    for step in range(1, STEPS + 1):
        X = rng.normal(size=(BATCH, T, D))
        y = target(X).astype(np.float32)[:, None]
        h, cache = lstm_forward(
            X.astype(np.float32), np.zeros((BATCH, H), np.float32), params["Wx"], params["Wh"], params["b"]
        )
        dscores = 2 * (h[:, -1] @ params["Wy"] + params["by"] - y) / BATCH
        dh = np.zeros_like(h)
        dh[:, -1] = dscores @ params["Wy"].T
        _, _, dWx, dWh, db = lstm_backward(dh, cache)
        grads = {"Wx": dWx, "Wh": dWh, "b": db, "Wy": h[:, -1].T @ dscores, "by": dscores.sum(axis=0)}
        rate = LEARNING_RATE * min(
            1, 2 * (1 - step / STEPS)
        )  # the second half of the run slows down to a stop
        for name in params:
            first[name] = 0.9 * first[name] + 0.1 * grads[name]
            second[name] = 0.999 * second[name] + 0.001 * grads[name] ** 2
            m, v = first[name] / (1 - 0.9**step), second[name] / (1 - 0.999**step)
            params[name] = (params[name] - rate * m / (np.sqrt(v) + 1e-8)).astype(np.float32)
        if step % 1000 == 0:
            print(f"step {step}: loss {np.mean((BATCH / 2 * dscores) ** 2):.4f}")
    np.savez_compressed(TARGET, **params)
    print(TARGET.name, f"{TARGET.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
