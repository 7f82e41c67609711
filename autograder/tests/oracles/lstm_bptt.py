"""Independent answers to 23_lstm_bptt: the LSTM's equations gate by gate, and HIPS autograd for every gradient."""

import autograd
import autograd.numpy as anp
import numpy as np
from autograd.scipy.special import expit, logsumexp


def four_blocks(W):
    """Columns of each of the gates i, f, o, g."""
    H = W.shape[-1] // 4
    return [W[..., k * H : (k + 1) * H] for k in range(4)]


def separate_gates(x, prev_h, Wx, Wh, b):
    scores = [
        anp.dot(x, wx) + anp.dot(prev_h, wh) + bias
        for wx, wh, bias in zip(four_blocks(Wx), four_blocks(Wh), four_blocks(b), strict=True)
    ]
    return [expit(scores[0]), expit(scores[1]), expit(scores[2]), anp.tanh(scores[3])]


def one_step(x, prev_h, prev_c, Wx, Wh, b):
    i, f, o, g = separate_gates(x, prev_h, Wx, Wh, b)
    next_c = f * prev_c + i * g
    return o * anp.tanh(next_c), next_c


def all_steps(x, h0, Wx, Wh, b):
    h, c, outputs = h0, anp.zeros(h0.shape), []
    for t in range(x.shape[1]):
        h, c = one_step(x[:, t, :], h, c, Wx, Wh, b)
        outputs.append(h)
    return anp.stack(outputs, axis=1)


def bias_behind(gates, x, prev_h, Wx, Wh):
    """The bias that made these gates: the inverse of the squashing, less the two products."""
    H = prev_h.shape[1]
    s, g = gates[:1, : 3 * H], gates[:1, 3 * H :]
    scores = np.concatenate([np.log(s) - np.log1p(-s), np.arctanh(g)], axis=1)
    return (scores - x[:1] @ Wx - prev_h[:1] @ Wh)[0]


def gates_forward(x, prev_h, Wx, Wh, b):
    return np.concatenate(separate_gates(x, prev_h, Wx, Wh, b), axis=1)


def lstm_step_forward(x, prev_h, prev_c, Wx, Wh, b):
    next_h, next_c = one_step(x, prev_h, prev_c, Wx, Wh, b)
    gates = gates_forward(x, prev_h, Wx, Wh, b)
    return next_h, next_c, (x, prev_h, prev_c, Wx, Wh, gates, next_c)


def state_backward(dnext_h, dnext_c, gates, prev_c, next_c):
    def loss(gates, prev_c):
        i, f, o, g = four_blocks(gates)
        c = f * prev_c + i * g
        return anp.sum(dnext_h * o * anp.tanh(c)) + anp.sum(dnext_c * c)

    return autograd.grad(loss, (0, 1))(gates, prev_c)


def gates_backward(dgates, gates, x, prev_h, Wx, Wh):
    def loss(*arguments):
        return anp.sum(dgates * anp.concatenate(separate_gates(*arguments), axis=1))

    b = bias_behind(gates, x, prev_h, Wx, Wh)
    return autograd.grad(loss, (0, 1, 2, 3, 4))(x, prev_h, Wx, Wh, b)


def lstm_step_backward(dnext_h, dnext_c, cache):
    x, prev_h, prev_c, Wx, Wh, gates, _ = cache

    def loss(*arguments):
        next_h, next_c = one_step(*arguments)
        return anp.sum(dnext_h * next_h) + anp.sum(dnext_c * next_c)

    b = bias_behind(gates, x, prev_h, Wx, Wh)
    return autograd.grad(loss, (0, 1, 2, 3, 4, 5))(x, prev_h, prev_c, Wx, Wh, b)


def lstm_forward(x, h0, Wx, Wh, b):
    return all_steps(x, h0, Wx, Wh, b), None


def lstm_backward(dh, cache):
    x, h0, Wx, Wh = np.stack([step[0] for step in cache], axis=1), cache[0][1], cache[0][3], cache[0][4]
    b = bias_behind(cache[0][5], x[:, 0], h0, Wx, Wh)
    return autograd.grad(lambda *arguments: anp.sum(dh * all_steps(*arguments)), (0, 1, 2, 3, 4))(
        x, h0, Wx, Wh, b
    )


def sequence_loss(h, y, Wy, by):
    def loss(h, Wy, by):
        scores = anp.tensordot(h, Wy, axes=1) + by
        signed = anp.where(y > 0.5, -scores, scores)  # log(1 + e^signed), as a log-sum-exp
        return anp.mean(logsumexp(anp.stack([anp.zeros(signed.shape), signed]), axis=0))

    return loss(h, Wy, by), *autograd.grad(loss, (0, 1, 2))(h, Wy, by)


def _step(rng, N, D, H):
    return tuple(rng.normal(size=s) for s in [(N, D), (N, H), (N, H), (D, 4 * H), (H, 4 * H), (4 * H,)])


def _sequence(rng, N, T, D, H):
    return tuple(rng.normal(size=s) for s in [(N, T, D), (N, H), (D, 4 * H), (H, 4 * H), (4 * H,)])


def _without_cell(step):
    return step[0], step[1], step[3], step[4], step[5]


def _state(rng, N, H):
    step = _step(rng, N, 3, H)
    gates = gates_forward(*_without_cell(step))
    dnext_h, dnext_c = rng.normal(size=(2, N, H))
    return dnext_h, dnext_c, gates, step[2], one_step(*step)[1]


def _gates(rng, N, D, H):
    x, prev_h, Wx, Wh, b = _without_cell(_step(rng, N, D, H))
    return rng.normal(size=(N, 4 * H)), gates_forward(x, prev_h, Wx, Wh, b), x, prev_h, Wx, Wh


def _step_back(rng, N, D, H):
    dnext_h, dnext_c = rng.normal(size=(2, N, H))
    return dnext_h, dnext_c, lstm_step_forward(*_step(rng, N, D, H))[2]


def _back(rng, N, T, D, H):
    x, h, Wx, Wh, b = _sequence(rng, N, T, D, H)
    cache, c = [], np.zeros((N, H))
    for t in range(T):
        h, c, kept = lstm_step_forward(x[:, t], h, c, Wx, Wh, b)
        cache.append(kept)
    return rng.normal(size=(N, T, H)), cache


def _loss(rng, N, T, H, K, size=1.0):
    y = rng.integers(0, 2, size=(N, T, K)).astype(float)
    return rng.normal(size=(N, T, H)), y, size * rng.normal(size=(H, K)), rng.normal(size=K)


STEPS = [(3, 4, 2), (1, 1, 1), (2, 3, 5)]
SEQUENCES = [(3, 5, 4, 2), (1, 12, 1, 1), (2, 1, 3, 4)]
CASES = {
    "gates_forward": lambda rng: [_without_cell(_step(rng, *sizes)) for sizes in STEPS],
    "lstm_step_forward": lambda rng: [_step(rng, *sizes) for sizes in STEPS],
    "state_backward": lambda rng: [_state(rng, N, H) for N, _, H in STEPS],
    "gates_backward": lambda rng: [_gates(rng, *sizes) for sizes in STEPS],
    "lstm_step_backward": lambda rng: [_step_back(rng, *sizes) for sizes in STEPS],
    "lstm_forward": lambda rng: [_sequence(rng, *sizes) for sizes in SEQUENCES],
    "lstm_backward": lambda rng: [_back(rng, *sizes) for sizes in SEQUENCES],
    "sequence_loss": lambda rng: [
        _loss(rng, 3, 5, 4, 2),
        _loss(rng, 1, 12, 1, 1),
        _loss(rng, 2, 3, 4, 1, 300.0),
    ],
}
WITHOUT_ORACLE = {
    "never_learns": "a choice that a training run reveals, not a computation",
    "name_the_bugs": "a choice that is read from a table, not a computation",
}
COMPARED = {"lstm_step_forward": lambda result: result[:2], "lstm_forward": lambda result: result[0]}
