"""Hidden checks of 24_addition_problem."""

import numpy as np

from autograder.checking import (
    draw_seed,
    exercise,
    expect,
    expect_array,
    expect_close,
    expect_parts,
    misconception,
    misconception_by_edit,
    numerical_gradient_at_once,
)

NEEDS = {
    "loss_and_gradients": ["last_step_loss"],
    "train_from": ["make_batch", "loss_and_gradients", "clip_by_norm", "adam_step"],
    "train": ["init_params", "train_from"],
}
OPAQUE = {"adam_step": [1]}  # the state is the learner's own affair


def lstm_params(rng, hidden, spread=0.7):
    """Random weights of an LSTM and its output; no bias is zero."""
    shapes = {
        "Wx": (2, 4 * hidden),
        "Wh": (hidden, 4 * hidden),
        "b": (4 * hidden,),
        "Wy": (hidden, 1),
        "by": (1,),
    }
    return {name: spread * rng.normal(size=shape) for name, shape in shapes.items()}


def linear_forward(X, h0, Wx, Wh, b):
    """A recurrent network without any squashing, to be passed as a function."""
    X = np.asarray(X)
    h, states = np.asarray(h0), []
    for t in range(X.shape[1]):
        h = X[:, t] @ Wx + h @ Wh + b
        states.append(h)
    return np.stack(states, axis=1), [
        X,
        np.asarray(h0),
        np.stack(states, axis=1),
        np.asarray(Wx),
        np.asarray(Wh),
    ]


def linear_backward(dh, cache):
    """Gradients of ``linear_forward``."""
    X, h0, h, Wx, Wh = map(np.asarray, cache)
    dh = np.asarray(dh)
    dnext, dx, dWx, dWh, db = 0, np.zeros(X.shape), np.zeros(Wx.shape), np.zeros(Wh.shape), np.zeros(len(Wh))
    for t in reversed(range(X.shape[1])):
        da = dh[:, t] + dnext
        before = h[:, t - 1] if t else h0
        dx[:, t], dWx, dWh, db = da @ Wx.T, dWx + X[:, t].T @ da, dWh + before.T @ da, db + da.sum(axis=0)
        dnext = da @ Wh.T
    return dx, dnext, dWx, dWh, db


# --- make_batch -----------------------------------------------------------------------------------------------------


@exercise("make_batch", weight=0)
def test_make_batch_returns_sequences_and_a_column_of_targets(learner, rng):
    """`make_batch` must return X (N, T, 2) and y (N, 1): sequences first, then steps, then value and mark."""
    result = learner.make_batch(draw_seed(rng), 6, 11)
    expect_parts(result, 2, "Two arrays are expected.")
    expect_array(result[0], (6, 11, 2), "X")
    expect_array(result[1], (6, 1), "y")


@exercise("make_batch", weight=3)
def test_make_batch_marks_one_step_in_each_half(learner, rng):
    """One mark on a step below length // 2 and one from there on, each of these steps equally likely; marks are 0 or 1."""
    for length in (9, 8, 3, 2):
        X, _ = learner.make_batch(draw_seed(rng), 1200, length)
        marks = expect_array(X, (1200, length, 2), "X")[:, :, 1]
        expect(np.isin(marks, (0, 1)).all(), "There are marks that are neither 0 nor 1.")
        half = length // 2
        for part, name in ((marks[:, :half], "first"), (marks[:, half:], "second")):
            expect(
                (part.sum(axis=1) == 1).all(),
                f"Some sequence does not have exactly one mark in its {name} half.",
            )
            share = part.mean(axis=0) * part.shape[1]
            allowed = 6 * np.sqrt(part.shape[1] / 1200)
            expect(
                np.all(np.abs(share - 1) < max(allowed, 1e-9)),
                f"Not all steps of the {name} half are marked equally often.",
            )


@exercise("make_batch", weight=3)
def test_make_batch_target_is_the_average_of_the_marked_values(learner, rng):
    """Each target must be the average of the two marked values of its own sequence, and values lie between 0 and 1."""
    for batch, length in ((40, 12), (7, 5), (1, 2)):
        X, y = learner.make_batch(draw_seed(rng), batch, length)
        X, y = expect_array(X, (batch, length, 2), "X"), expect_array(y, (batch, 1), "y")
        values, marks = X[:, :, 0], X[:, :, 1]
        expect(
            (values >= 0).all() and (values < 1).all() and np.unique(values).size == values.size,
            "Look at the values.",
        )
        expect((marks.sum(axis=1) == 2).all(), "A sequence needs two marks.")
        expect_close(y, (values * marks).sum(axis=1, keepdims=True) / 2)


@exercise("make_batch", weight=2)
def test_make_batch_draws_in_the_order_of_the_text(learner, reference, rng):
    """The draws must come in the order of the docstring: all values, then all first marks, then all second marks."""
    for batch, length in ((30, 10), (8, 7), (5, 2)):
        start = draw_seed(rng)
        expect_close(
            learner.make_batch(start, batch, length), reference.make_batch(start.generator(), batch, length)
        )


misconception_by_edit(
    "make_batch", "target_is_the_sum",
    old="keepdims=True) / 2", new="keepdims=True)",
    message="Your target is the sum of the two values. Here it is their average: half of that, and a plateau of 1/24 instead of 1/6.",
    source="the usual form in the literature; measured: the plateau is then 1/6",
)  # fmt: skip
misconception_by_edit(
    "make_batch", "average_over_all_steps",
    old="keepdims=True) / 2", new="keepdims=True) / length",
    message="You divided by the number of steps. The target is the average of the two marked values: divide by 2.",
    source="reasoned: the mean along the wrong count",
)  # fmt: skip


@misconception(
    "make_batch",
    "Both of your marks may fall on any step, even on the same one. Draw the first below `length // 2` and the second from there on.",
    source="document 001 puts the marks anywhere; measured: both may then fall on one position",
)
def marks_anywhere(rng, batch, length):
    X = np.zeros((batch, length, 2))
    X[:, :, 0] = rng.random((batch, length))
    first = rng.integers(0, length, size=batch)
    second = rng.integers(0, length, size=batch)
    X[np.arange(batch), first, 1] = 1
    X[np.arange(batch), second, 1] = 1
    return X, (X[:, :, 0] * X[:, :, 1]).sum(axis=1, keepdims=True) / 2


@misconception(
    "make_batch",
    "`X[:, first, 1] = 1` sets these steps in every sequence. Index row n together with first[n]: `X[np.arange(batch), first, 1]`.",
    source="a slice in place of paired indices, a common NumPy error",
)
def marks_every_sequence(rng, batch, length):
    X = np.zeros((batch, length, 2))
    X[:, :, 0] = rng.random((batch, length))
    X[:, rng.integers(0, length // 2, size=batch), 1] = 1
    X[:, rng.integers(length // 2, length, size=batch), 1] = 1
    return X, (X[:, :, 0] * X[:, :, 1]).sum(axis=1, keepdims=True) / 2


@misconception(
    "make_batch",
    "The last step of each half is never marked: `rng.integers(low, high)` leaves out `high` by itself, so do not take 1 off.",
    source="the exclusive upper bound of Generator.integers",
)
def leaves_out_the_last_step(rng, batch, length):
    X = np.zeros((batch, length, 2))
    X[:, :, 0] = rng.random((batch, length))
    first = rng.integers(0, max(1, length // 2 - 1), size=batch)
    second = rng.integers(length // 2, max(length // 2 + 1, length - 1), size=batch)
    X[np.arange(batch), first, 1] = 1
    X[np.arange(batch), second, 1] = 1
    return X, (X[:, :, 0] * X[:, :, 1]).sum(axis=1, keepdims=True) / 2


@misconception(
    "make_batch",
    "All sequences of your batch are marked at the same two steps. Draw one position for each sequence: `size=batch`.",
    source="rng.integers without a size draws one number",
)
def one_pair_of_steps_for_all(rng, batch, length):
    X = np.zeros((batch, length, 2))
    X[:, :, 0] = rng.random((batch, length))
    X[:, rng.integers(0, length // 2), 1] = 1
    X[:, rng.integers(length // 2, length), 1] = 1
    return X, (X[:, :, 0] * X[:, :, 1]).sum(axis=1, keepdims=True) / 2


@misconception(
    "make_batch",
    "You drew the marks before the values. The batch is a right one, but the docstring fixes the order: values first.",
    source="the order of the draws decides what a seed means",
)
def marks_before_values(rng, batch, length):
    X = np.zeros((batch, length, 2))
    X[np.arange(batch), rng.integers(0, length // 2, size=batch), 1] = 1
    X[np.arange(batch), rng.integers(length // 2, length, size=batch), 1] = 1
    X[:, :, 0] = rng.random((batch, length))
    return X, (X[:, :, 0] * X[:, :, 1]).sum(axis=1, keepdims=True) / 2


# --- predict_the_plateaus -------------------------------------------------------------------------------------------


def plateau(learner, index):
    """One of the learner's three numbers."""
    answers = learner.predict_the_plateaus()
    expect_parts(answers, 3, "Three numbers are expected.")
    return expect_array(answers[index], (), f"number {index + 1}")


@exercise("predict_the_plateaus")
def test_plateau_of_the_sum(learner, reference):
    """(a) The sum is twice the average. Doubling a number does more to its variance than doubling it."""
    expect_close(plateau(learner, 0), reference.predict_the_plateaus()[0], rtol=2e-3)


@exercise("predict_the_plateaus")
def test_plateau_with_one_value_remembered(learner, reference):
    """(b) The second value is known, so only the half of the first one that enters the target is left to vary."""
    expect_close(plateau(learner, 1), reference.predict_the_plateaus()[1], rtol=2e-3)


@exercise("predict_the_plateaus")
def test_plateau_of_three_values(learner, reference):
    """(c) Three variances add up, and dividing by 3 acts on the variance of their sum."""
    expect_close(plateau(learner, 2), reference.predict_the_plateaus()[2], rtol=2e-3)


@misconception(
    "predict_the_plateaus",
    "(a) You doubled the variance. Doubling a number makes its variance four times as large.",
    source="reasoned: Var[2y] taken for 2 Var[y]",
)
def doubles_the_variance():
    return 2 / 24, 1 / 48, 1 / 36


@misconception(
    "predict_the_plateaus",
    "(a) The plateau does change with the target: the sum is twice the average, so its variance is four times as large.",
    source="measured: the plateau is 1/6 with the sum; taken for 1/24 in comparisons of published curves",
)
def same_plateau_for_the_sum():
    return 1 / 24, 1 / 48, 1 / 36


@misconception(
    "predict_the_plateaus",
    "(b) Only half of the unknown value enters the target, and halving a number divides its variance by four.",
    source="reasoned: the factor in front of the unknown value forgotten",
)
def whole_variance_of_one_value():
    return 4 / 24, 1 / 12, 1 / 36


@misconception(
    "predict_the_plateaus",
    "(b) Halving a number divides its variance by four, not by two.",
    source="reasoned: Var[u/2] taken for Var[u]/2",
)
def half_variance_of_one_value():
    return 4 / 24, 1 / 24, 1 / 36


@misconception(
    "predict_the_plateaus",
    "(c) You divided one variance by 9. Three values vary: their variances add up before you divide.",
    source="reasoned: only one of three variances counted",
)
def one_variance_for_three():
    return 4 / 24, 1 / 48, 1 / 108


@misconception(
    "predict_the_plateaus",
    "(c) Three variances add up to 3/12. Dividing the sum of the values by 3 divides that by 9, not by 3.",
    source="reasoned: Var[s/3] taken for Var[s]/3",
)
def divides_by_three_only():
    return 4 / 24, 1 / 48, 1 / 12


# --- last_step_loss -------------------------------------------------------------------------------------------------


def head(rng, N, T, H):
    """Arguments of last_step_loss; nothing is zero, square or equal."""
    return rng.normal(size=(N, T, H)), rng.random((N, 1)), rng.normal(size=(H, 1)), rng.normal(size=1) + 0.5


@exercise("last_step_loss", weight=0)
def test_last_step_loss_returns_four_parts_with_their_shapes(learner, rng):
    """`last_step_loss` returns loss (a number), dh (N, T, H), dWy (H, 1) and dby (1,)."""
    result = learner.last_step_loss(*head(rng, 5, 4, 3))
    expect_parts(result, 4, "Four parts are expected.")
    for value, shape, name in zip(
        result, ((), (5, 4, 3), (3, 1), (1,)), ("loss", "dh", "dWy", "dby"), strict=True
    ):
        expect_array(value, shape, name)


@exercise("last_step_loss", weight=2)
def test_last_step_loss_value(learner, reference, rng):
    """The loss is the mean over the sequences of (answer - y)², with the answer read from the last hidden state."""
    for sizes in ((6, 5, 3), (1, 4, 2), (7, 1, 1)):
        arguments = head(rng, *sizes)
        expect_close(learner.last_step_loss(*arguments)[0], reference.last_step_loss(*arguments)[0])


@exercise("last_step_loss", weight=3)
def test_last_step_loss_gradients_of_the_output(learner, rng):
    """dWy and dby must be the slopes of your own loss: compare with `numerical_gradient`. The square brings down a 2."""
    h, y, Wy, by = head(rng, 5, 4, 3)
    _, _, dWy, dby = learner.last_step_loss(h, y, Wy, by)

    def losses(moves):
        results = learner.map("last_step_loss", [(h, y, Wy + m[:3, None], by + m[3:]) for m in moves])
        return [float(result[0]) for result in results]

    slopes = numerical_gradient_at_once(losses, np.zeros(4))
    expect(np.abs(slopes).max() > 1e-6, "Your loss does not depend on Wy and by.")
    expect_close(dWy, slopes[:3, None], rtol=1e-5, atol=1e-8)
    expect_close(dby, slopes[3:], rtol=1e-5, atol=1e-8)


@exercise("last_step_loss", weight=3)
def test_last_step_loss_gradient_of_the_hidden_states(learner, reference, rng):
    """dh must be the slope of the loss at the last step, and 0 at all steps before, which the loss does not see."""
    for sizes in ((5, 4, 3), (3, 6, 5), (4, 1, 2)):
        arguments = head(rng, *sizes)
        expect_close(learner.last_step_loss(*arguments)[1], reference.last_step_loss(*arguments)[1])


@exercise("last_step_loss", weight=2)
def test_last_step_loss_all_gradients(learner, reference, rng):
    """Loss and gradients must belong together: the loss is a mean, so the gradients carry 2 / N."""
    arguments = head(rng, 8, 3, 4)
    expect_close(learner.last_step_loss(*arguments), reference.last_step_loss(*arguments))


misconception_by_edit(
    "last_step_loss", "forgets_the_two",
    old="derror = 2 * error / len(y)", new="derror = error / len(y)",
    message="Your gradients are half as long as they should be: the derivative of a square brings down a 2.",
    source="lessons with a factor ½ in the loss; here there is none",
)  # fmt: skip
misconception_by_edit(
    "last_step_loss", "forgets_the_mean",
    old="2 * error / len(y)", new="2 * error",
    message="Your gradients are N times too long: the loss is a mean over the batch, so divide by N.",
    source="a mean in the loss, a sum in the gradient: the usual mismatch in learners' code",
)  # fmt: skip
misconception_by_edit(
    "last_step_loss", "wrong_sign",
    old="derror = 2 * error", new="derror = -2 * error",
    message="Your gradients point uphill: the error is answer minus target, in the loss and in the gradient.",
    source="target minus answer, as in many derivations of the delta rule",
)  # fmt: skip
misconception_by_edit(
    "last_step_loss", "gradient_at_every_step",
    old="dh[:, -1] = derror @ Wy.T", new="dh[:] = (derror @ Wy.T)[:, None, :]",
    message="You gave every step the gradient of the last one. The loss looks at the last step only: dh is 0 before it.",
    source="measured facts: a loss at every step in place of one at T; document 001: other outputs are ignored",
)  # fmt: skip
misconception_by_edit(
    "last_step_loss", "reads_the_first_step",
    old="last = h[:, -1]", new="last = h[:, 0]",
    message="You read the answer from the first step, when the network has seen next to nothing: `h[:, -1]` is the last.",
    source="reasoned: time axis taken from the wrong end",
)  # fmt: skip
misconception_by_edit(
    "last_step_loss", "mean_bias_gradient",
    old="derror.sum(axis=0)", new="derror.mean(axis=0)",
    message="`dby` is N times too small: 1/N is already in the error's gradient, so sum over the batch.",
    source="1/N applied twice, a known error in learners' backward passes",
)  # fmt: skip


@misconception(
    "last_step_loss",
    "You took half of the squared error. In this course the mean squared error has no factor ½: the loss and the gradients double.",
    source="the ½ of many textbooks",
)
def half_squared_error(h, y, Wy, by):
    last = h[:, -1]
    error = last @ Wy + by - y
    dh = np.zeros_like(h)
    dh[:, -1] = error @ Wy.T / len(y)
    return np.mean(error**2) / 2, dh, last.T @ error / len(y), error.sum(axis=0) / len(y)


@misconception(
    "last_step_loss",
    "You summed the squared errors. The loss is their mean over the N sequences: loss and gradients are N times smaller.",
    source="sum in place of mean",
)
def sums_over_the_batch(h, y, Wy, by):
    last = h[:, -1]
    error = last @ Wy + by - y
    dh = np.zeros_like(h)
    dh[:, -1] = 2 * error @ Wy.T
    return np.sum(error**2), dh, 2 * last.T @ error, 2 * error.sum(axis=0)


@misconception(
    "last_step_loss",
    "Your answers are (N,) and the targets (N, 1): their difference is an (N, N) square, every answer against every target. "
    "Keep the answers a column.",
    source="a broadcast that NumPy makes silently; document 000 has the same one with a 3×3 cost",
)
def every_answer_meets_every_target(h, y, Wy, by):
    last = h[:, -1]
    error = (last @ Wy + by).ravel() - y
    derror = 2 * error / error.size
    dh = np.zeros_like(h)
    dh[:, -1] = derror.sum(axis=0)[:, None] @ Wy.T
    return np.mean(error**2), dh, last.T @ derror.sum(axis=0)[:, None], derror.sum(keepdims=True)[0]


@misconception(
    "last_step_loss",
    "You averaged the squared error over all steps. Only the answer after the last step counts; the others are ignored.",
    source="measured facts: loss at every step; document 001 says that the other outputs are ignored",
)
def loss_at_every_step(h, y, Wy, by):
    N, T, H = h.shape
    error = (h @ Wy + by)[:, :, 0] - y
    derror = 2 * error / error.size
    return (
        np.mean(error**2),
        derror[:, :, None] * Wy[:, 0],
        np.einsum("nth,nt->h", h, derror)[:, None],
        np.array([derror.sum()]),
    )


# --- clip_by_norm ---------------------------------------------------------------------------------------------------


def gradients(rng, scale=1.0):
    """Gradients of three shapes and of different sizes."""
    shapes = {"Wx": (2, 6), "b": (6,), "Wy": (3, 1)}
    return {
        name: scale * factor * rng.normal(size=shape)
        for (name, shape), factor in zip(shapes.items(), (1.0, 3.0, 0.2), strict=True)
    }


def length_of(grads):
    return np.sqrt(sum(np.sum(grad**2) for grad in grads.values()))


@exercise("clip_by_norm", weight=0)
def test_clip_by_norm_returns_a_dict_with_the_same_names_and_shapes(learner, rng):
    """`clip_by_norm` must return a dict with the names and shapes of `grads`."""
    grads = gradients(rng)
    clipped = learner.clip_by_norm(grads, 0.5)
    expect(isinstance(clipped, dict) and set(clipped) == set(grads), "The names differ.")
    for name, grad in grads.items():
        expect_array(clipped[name], grad.shape, f"clipped[{name!r}]")


@exercise("clip_by_norm", weight=4)
def test_clip_by_norm_shortens_all_by_one_factor(learner, rng):
    """Gradients that are too long must keep their direction: one norm over all arrays, one factor for all."""
    for share in (0.01, 0.3, 0.95):
        grads = gradients(rng, scale=rng.uniform(0.5, 4))
        expect_close(
            learner.clip_by_norm(grads, share * length_of(grads)),
            {name: share * grad for name, grad in grads.items()},
        )


@exercise("clip_by_norm", weight=2)
def test_clip_by_norm_leaves_short_gradients_alone(learner, rng):
    """Gradients whose norm is at most max_norm must come back unchanged, and longer ones must not."""
    grads = gradients(rng)
    length = length_of(grads)
    for factor in (1.0001, 1.2, 50.0):
        expect_close(learner.clip_by_norm(grads, factor * length), grads)
    expect_close(
        learner.clip_by_norm(grads, 0.999 * length), {name: 0.999 * grad for name, grad in grads.items()}
    )


@exercise("clip_by_norm", weight=2)
def test_clip_by_norm_of_very_different_sizes(learner, rng):
    """Gradients of 0 must stay 0 instead of becoming nan, alone and next to an array that is far too long."""
    zeros = {"a": np.zeros((2, 3)), "b": np.zeros(4)}
    expect_close(learner.clip_by_norm(zeros, 1.0), zeros)
    direction = rng.normal(size=5)
    direction /= np.linalg.norm(direction)
    expect_close(
        learner.clip_by_norm({"a": np.zeros((2, 3)), "b": 1e4 * direction}, 3.0),
        {"a": np.zeros((2, 3)), "b": 3 * direction},
    )


@misconception(
    "clip_by_norm",
    "You clipped every array by its own norm. That turns the direction of the step: take one norm over all arrays.",
    source="measured facts: one global norm is the course's convention; per-array clipping is the usual mistake",
)
def norm_of_each_array(grads, max_norm):
    clipped = {}
    for name, grad in grads.items():
        norm = np.sqrt(np.sum(grad**2))
        clipped[name] = grad * (max_norm / norm if norm > max_norm else 1.0)
    return clipped


@misconception(
    "clip_by_norm",
    "You cut each entry to the range ±max_norm. Clipping by the norm scales all entries by one factor and keeps the direction.",
    source="np.clip, as in many character-level networks on the web",
)
def cuts_each_entry(grads, max_norm):
    return {name: np.clip(grad, -max_norm, max_norm) for name, grad in grads.items()}


@misconception(
    "clip_by_norm",
    "You scaled short gradients up to max_norm as well. Only gradients that are too long are changed.",
    source="normalising in place of clipping",
)
def always_scales(grads, max_norm):
    norm = np.sqrt(sum(np.sum(grad**2) for grad in grads.values()))
    return {name: grad * max_norm / (norm if norm > 0 else 1.0) for name, grad in grads.items()}


@misconception(
    "clip_by_norm",
    "You forgot the root: the norm is the square root of the sum of the squares.",
    source="reasoned: squared length in place of length",
)
def norm_without_the_root(grads, max_norm):
    norm = sum(np.sum(grad**2) for grad in grads.values())
    return {name: grad * (max_norm / norm if norm > max_norm else 1.0) for name, grad in grads.items()}


@misconception(
    "clip_by_norm",
    "You added the norms of the arrays. Squares add up, lengths do not: sum the squares of all arrays, then take one root.",
    source="a sum of norms in place of the norm of all",
)
def adds_the_norms(grads, max_norm):
    norm = sum(np.linalg.norm(grad) for grad in grads.values())
    return {name: grad * (max_norm / norm if norm > max_norm else 1.0) for name, grad in grads.items()}


@misconception(
    "clip_by_norm",
    "Your clipped gradients have the norm 1 whatever max_norm is: multiply by max_norm / norm.",
    source="reasoned: invisible as long as max_norm is 1",
)
def scales_to_one(grads, max_norm):
    norm = np.sqrt(sum(np.sum(grad**2) for grad in grads.values()))
    return {name: grad * (1.0 / norm if norm > max_norm else 1.0) for name, grad in grads.items()}


@misconception(
    "clip_by_norm",
    "You compared the largest entry with max_norm. The norm is the length of the whole vector: root of the sum of squares.",
    source="the maximum norm, a known variant of clipping",
)
def largest_entry(grads, max_norm):
    norm = max(np.max(np.abs(grad)) for grad in grads.values())
    return {name: grad * (max_norm / norm if norm > max_norm else 1.0) for name, grad in grads.items()}


# --- adam_step ------------------------------------------------------------------------------------------------------


def weights(rng):
    shapes = {"Wx": (2, 3), "b": (4,), "by": (1,)}
    return {name: rng.normal(size=shape) for name, shape in shapes.items()}


def walk(step, params, gradients_of_steps, learning_rate):
    """Weights after each of several steps of Adam."""
    state, path = {}, []
    for grads in gradients_of_steps:
        params, state = step(params, grads, state, learning_rate)
        path.append(params)
    return path


@exercise("adam_step", weight=0)
def test_adam_step_returns_weights_and_a_state(learner, rng):
    """`adam_step` must return a dict with the names and shapes of `params`, and a state."""
    params = weights(rng)
    result = learner.adam_step(params, weights(rng), {}, 0.1)
    expect_parts(result, 2, "Two dicts are expected.")
    expect(isinstance(result[0], dict) and set(result[0]) == set(params), "The names of the weights differ.")
    for name, value in params.items():
        expect_array(result[0][name], value.shape, f"params[{name!r}]")


@exercise("adam_step", weight=2)
def test_adam_first_step_has_the_length_of_the_learning_rate(learner, reference, rng):
    """The first step has the length learning_rate in every entry, against the sign of the gradient, in every array."""
    for size, learning_rate in ((1.0, 0.1), (50.0, 0.003)):
        params, grads = weights(rng), {name: size * value for name, value in weights(rng).items()}
        right = reference.adam_step(params, grads, {}, learning_rate)[0]
        expect_close(learner.adam_step(params, grads, {}, learning_rate)[0], right, rtol=1e-9, atol=1e-9)


@exercise("adam_step", weight=4)
def test_adam_carries_its_means_from_step_to_step(learner, reference, rng):
    """Over several steps both running means and the count must go on: 0.9 for the gradient, 0.999 for its square."""
    params = weights(rng)
    steps = [weights(rng) for _ in range(5)]
    right = walk(reference.adam_step, params, steps, 0.05)
    for mine, wanted in zip(walk(learner.adam_step, params, steps, 0.05), right, strict=True):
        expect_close(mine, wanted, rtol=1e-8, atol=1e-9)


@exercise("adam_step", weight=2)
def test_adam_step_with_tiny_gradients(learner, reference, rng):
    """With gradients near 1e-8, and with gradients of 0, ε counts: 1e-8 is added to the root, outside of it."""
    params = weights(rng)
    steps = [{name: 1e-8 * value for name, value in weights(rng).items()} for _ in range(2)]
    steps[0]["b"] = np.zeros(4)
    right = walk(reference.adam_step, params, steps, 0.5)
    for mine, wanted in zip(walk(learner.adam_step, params, steps, 0.5), right, strict=True):
        expect_close(mine, wanted, rtol=1e-8, atol=1e-9)


@exercise("adam_step", weight=1)
def test_adam_starts_afresh_from_an_empty_state(learner, reference, rng):
    """What Adam remembers must travel in the state: a call with {} starts afresh, whatever was called before."""
    params, other = weights(rng), {"v": rng.normal(size=(3, 2))}
    walk(learner.adam_step, params, [weights(rng) for _ in range(3)], 0.1)
    for start in (params, other):
        steps = [{name: rng.normal(size=value.shape) for name, value in start.items()} for _ in range(2)]
        expect_close(
            walk(learner.adam_step, start, steps, 0.1),
            walk(reference.adam_step, start, steps, 0.1),
            rtol=1e-8,
        )


misconception_by_edit(
    "adam_step", "no_correction",
    old="mean = means[name] / (1 - 0.9**k)\n        square = squares[name] / (1 - 0.999**k)",
    new="mean = means[name]\n        square = squares[name]",
    message="Both running means start at 0 and are too small at first. Divide them by 1 - 0.9**k and 1 - 0.999**k.",
    source="a known omission in hand-written Adam; the first step is then 3.2 times too long",
)  # fmt: skip
misconception_by_edit(
    "adam_step", "square_not_corrected",
    old="square = squares[name] / (1 - 0.999**k)", new="square = squares[name]",
    message="You corrected the mean of the gradient but not the mean of its square: divide that by 1 - 0.999**k.",
    source="half of the correction forgotten",
)  # fmt: skip
misconception_by_edit(
    "adam_step", "epsilon_inside_the_root",
    old="(np.sqrt(square) + 1e-8)", new="np.sqrt(square + 1e-8)",
    message="You put 1e-8 under the root. It is added to the root, outside of it: under the root it weighs like 1e-4.",
    source="the place of ε differs between published versions; here it is outside",
)  # fmt: skip
misconception_by_edit(
    "adam_step", "climbs",
    old="params[name] - learning_rate", new="params[name] + learning_rate",
    message="Your weights move with the gradient. To make the loss smaller, subtract.",
    source="the sign of the update, document 001: the most common reason for divergence",
)  # fmt: skip
misconception_by_edit(
    "adam_step", "no_root",
    old="(np.sqrt(square) + 1e-8)", new="(square + 1e-8)",
    message="You divided by the mean of the squares. Take its root first, so that the step has the unit of a learning rate.",
    source="reasoned: root forgotten",
)  # fmt: skip
misconception_by_edit(
    "adam_step", "correction_uses_the_wrong_betas",
    old="mean = means[name] / (1 - 0.9**k)\n        square = squares[name] / (1 - 0.999**k)",
    new="mean = means[name] / (1 - 0.999**k)\n        square = squares[name] / (1 - 0.9**k)",
    message="You swapped the two corrections: 1 - 0.9**k belongs to the gradient's mean, 1 - 0.999**k to the mean of the squares.",
    source="β₁ and β₂ mixed up",
)  # fmt: skip


@misconception(
    "adam_step",
    "Your means use 0.999 for the gradient and 0.9 for its square. It is the other way round.",
    source="β₁ and β₂ swapped throughout",
)
def swaps_the_betas(params, grads, state, learning_rate):
    k = state.get("k", 0) + 1
    new, m, v = {}, {}, {}
    for name, grad in grads.items():
        m[name] = 0.999 * state.get("m", {}).get(name, 0) + 0.001 * grad
        v[name] = 0.9 * state.get("v", {}).get(name, 0) + 0.1 * grad**2
        new[name] = params[name] - learning_rate * m[name] / (1 - 0.999**k) / (
            np.sqrt(v[name] / (1 - 0.9**k)) + 1e-8
        )
    return new, {"k": k, "m": m, "v": v}


@misconception(
    "adam_step",
    "You raise the count once per array, so the second array is corrected as if it were the second step. Raise it once per call.",
    source="a known error in hand-written Adam over a dict of weights",
)
def counts_per_array(params, grads, state, learning_rate):
    k = state.get("k", 0)
    new, m, v = {}, {}, {}
    for name, grad in grads.items():
        k += 1
        m[name] = 0.9 * state.get("m", {}).get(name, 0) + 0.1 * grad
        v[name] = 0.999 * state.get("v", {}).get(name, 0) + 0.001 * grad**2
        new[name] = params[name] - learning_rate * m[name] / (1 - 0.9**k) / (
            np.sqrt(v[name] / (1 - 0.999**k)) + 1e-8
        )
    return new, {"k": k, "m": m, "v": v}


@misconception(
    "adam_step",
    "Every one of your steps is a first step: nothing is carried on. Read the means and the count from `state`.",
    source="a state that is returned and never read",
)
def forgets_the_state(params, grads, state, learning_rate):
    new = {name: params[name] - learning_rate * grad / (np.abs(grad) + 1e-8) for name, grad in grads.items()}
    return new, {"k": state.get("k", 0) + 1}


@misconception(
    "adam_step",
    "You put the corrected means into the state. Correct them for the step only: the state holds the uncorrected ones.",
    source="a known error: correction applied again and again",
)
def stores_the_corrected_means(params, grads, state, learning_rate):
    k = state.get("k", 0) + 1
    new, m, v = {}, {}, {}
    for name, grad in grads.items():
        m[name] = (0.9 * state.get("m", {}).get(name, 0) + 0.1 * grad) / (1 - 0.9**k)
        v[name] = (0.999 * state.get("v", {}).get(name, 0) + 0.001 * grad**2) / (1 - 0.999**k)
        new[name] = params[name] - learning_rate * m[name] / (np.sqrt(v[name]) + 1e-8)
    return new, {"k": k, "m": m, "v": v}


@misconception(
    "adam_step",
    "Your count stays at 1. It must grow by one with every call, since both corrections fade with it.",
    source="a step count that is not kept",
)
def count_stays_at_one(params, grads, state, learning_rate):
    new, m, v = {}, {}, {}
    for name, grad in grads.items():
        m[name] = 0.9 * state.get("m", {}).get(name, 0) + 0.1 * grad
        v[name] = 0.999 * state.get("v", {}).get(name, 0) + 0.001 * grad**2
        new[name] = params[name] - learning_rate * m[name] / 0.1 / (np.sqrt(v[name] / 0.001) + 1e-8)
    return new, {"m": m, "v": v}


@misconception("adam_step", "You count the steps from 2: at the first step your corrections use 0.9**2 and 0.999**2. The first step is step 1; count up before you use the count, from 0, or after, from 1, but not both.",
               source="read in learners' public programs: the count starts at 1 and is raised before it is used, seven of 41")  # fmt: skip
def counts_from_two(params, grads, state, learning_rate):
    k = state.get("k", 1) + 1
    means = {n: 0.9 * state.get("means", {}).get(n, 0.0) + 0.1 * g for n, g in grads.items()}
    squares = {n: 0.999 * state.get("squares", {}).get(n, 0.0) + 0.001 * g**2 for n, g in grads.items()}
    params = {
        n: params[n] - learning_rate * means[n] / (1 - 0.9**k) / (np.sqrt(squares[n] / (1 - 0.999**k)) + 1e-8)
        for n in grads
    }
    return params, {"k": k, "means": means, "squares": squares}


# --- init_params ----------------------------------------------------------------------------------------------------


@exercise("init_params", weight=0)
def test_init_params_returns_five_arrays(learner, rng):
    """`init_params` must return a dict with Wx (2, 4H), Wh (H, 4H), b (4H,), Wy (H, 1) and by (1,)."""
    params = learner.init_params(draw_seed(rng), 7, 1.0)
    shapes = {"Wx": (2, 28), "Wh": (7, 28), "b": (28,), "Wy": (7, 1), "by": (1,)}
    expect(isinstance(params, dict) and set(params) == set(shapes), "The names differ.")
    for name, shape in shapes.items():
        expect_array(params[name], shape, name)


@exercise("init_params", weight=4)
def test_init_params_biases(learner, reference, rng):
    """The forget gates, the second of the four blocks of b, start with forget_bias; every other bias is 0."""
    for hidden, forget_bias in ((5, 1.0), (3, 2.5), (4, -0.7), (1, 3.0)):
        start = draw_seed(rng)
        mine = learner.init_params(start, hidden, forget_bias)
        right = reference.init_params(start.generator(), hidden, forget_bias)
        expect_close([mine["b"], mine["by"]], [right["b"], right["by"]])


@exercise("init_params", weight=4)
def test_init_params_weights(learner, reference, rng):
    """Wx, Wh, Wy are drawn in this order with rng.normal, divided by √2, √H and √H: the root of a unit's inputs."""
    for hidden in (5, 2, 11):
        start = draw_seed(rng)
        expect_close(
            learner.init_params(start, hidden, 1.0), reference.init_params(start.generator(), hidden, 1.0)
        )


@exercise("init_params", weight=1)
def test_init_params_has_a_forget_bias_of_one_by_default(learner, reference, rng):
    """Without a third argument, the forget bias is 1."""
    start = draw_seed(rng)
    expect_close(learner.init_params(start, 4), reference.init_params(start.generator(), 4))


for _name, _slice, _gate in (
    ("bias_on_the_input_gate", "[:hidden]", "first block of b, the input gate"),
    ("bias_on_the_output_gate", "[2 * hidden : 3 * hidden]", "third block of b, the output gate"),
    ("bias_on_the_candidate", "[3 * hidden :]", "last block of b, the candidate"),
):
    misconception_by_edit(
        "init_params", _name,
        old="b[hidden : 2 * hidden]", new=f"b{_slice}",
        message=f"You gave the forget bias to the {_gate}. The order is i, f, o, g: the forget gate is the second block.",
        source="measured facts: forget bias on the wrong slice",
    )  # fmt: skip
misconception_by_edit(
    "init_params", "bias_on_all_gates",
    old="b[hidden : 2 * hidden] = forget_bias", new="b[:] = forget_bias",
    message="You gave the forget bias to all four gates. Only the second block of b belongs to the forget gates.",
    source="measured facts: forget bias on the wrong slice",
)  # fmt: skip
misconception_by_edit(
    "init_params", "bias_always_one",
    old="= forget_bias", new="= 1.0",
    message="Your forget bias is 1 whatever is asked for: use the argument `forget_bias`.",
    source="reasoned: the default written into the code",
)  # fmt: skip
misconception_by_edit(
    "init_params", "no_forget_bias",
    old="    b[hidden : 2 * hidden] = forget_bias\n", new="",
    message="All your biases are 0. The forget gates start with `forget_bias`: b[H:2H].",
    source="measured facts: without it the LSTM leaves the plateau much later",
)  # fmt: skip


@misconception(
    "init_params",
    "Your weights are not divided by the root of the number of inputs: √2 for `Wx`, √H for `Wh` and `Wy`.",
    source="plain normal weights saturate the gates",
)
def weights_not_scaled(rng, hidden, forget_bias=1.0):
    Wx, Wh, Wy = (
        rng.normal(size=(2, 4 * hidden)),
        rng.normal(size=(hidden, 4 * hidden)),
        rng.normal(size=(hidden, 1)),
    )
    b = np.zeros(4 * hidden)
    b[hidden : 2 * hidden] = forget_bias
    return {"Wx": Wx, "Wh": Wh, "b": b, "Wy": Wy, "by": np.zeros(1)}


@misconception(
    "init_params",
    "You divided by the number of inputs. Divide by its root, or the states shrink from layer to layer.",
    source="reasoned: root forgotten",
)
def divides_without_the_root(rng, hidden, forget_bias=1.0):
    Wx = rng.normal(size=(2, 4 * hidden)) / 2
    Wh = rng.normal(size=(hidden, 4 * hidden)) / hidden
    Wy = rng.normal(size=(hidden, 1)) / hidden
    b = np.zeros(4 * hidden)
    b[hidden : 2 * hidden] = forget_bias
    return {"Wx": Wx, "Wh": Wh, "b": b, "Wy": Wy, "by": np.zeros(1)}


# --- loss_and_gradients ---------------------------------------------------------------------------------------------


@exercise("loss_and_gradients", weight=0)
def test_loss_and_gradients_has_a_gradient_for_every_weight(learner, rng):
    """`loss_and_gradients` must return a number and a dict with the names and shapes of `params`."""
    params = lstm_params(rng, 3)
    result = learner.loss_and_gradients(params, rng.random((4, 6, 2)), rng.random((4, 1)))
    expect_parts(result, 2, "A loss and a dict are expected.")
    expect_array(result[0], (), "loss")
    expect(
        isinstance(result[1], dict) and set(result[1]) == set(params), "The names of the gradients differ."
    )
    for name, value in params.items():
        expect_array(result[1][name], value.shape, f"grads[{name!r}]")


@exercise("loss_and_gradients", weight=3)
def test_loss_and_gradients_values(learner, reference, rng):
    """Loss and gradients must be those of an LSTM that starts from a hidden state of 0 and answers after the last step."""
    for N, T, H in ((4, 6, 3), (1, 9, 5), (6, 2, 2)):
        arguments = lstm_params(rng, H), rng.random((N, T, 2)), rng.random((N, 1))
        expect_close(learner.loss_and_gradients(*arguments), reference.loss_and_gradients(*arguments))


@exercise("loss_and_gradients", weight=3)
def test_loss_and_gradients_are_slopes_of_the_loss(learner, rng):
    """Every gradient must be the slope of your own loss: compare it with `numerical_gradient`, array by array."""
    params, X, y = lstm_params(rng, 3), rng.random((5, 7, 2)), rng.random((5, 1))
    _, grads = learner.loss_and_gradients(params, X, y)
    directions = {name: rng.normal(size=value.shape) for name, value in params.items()}
    calls = [
        (params | {name: params[name] + sign * 1e-5 * directions[name]}, X, y)
        for name in params
        for sign in (1, -1)
    ]
    losses = np.array([float(result[0]) for result in learner.map("loss_and_gradients", calls)])
    slopes = (losses[0::2] - losses[1::2]) / 2e-5
    expect(np.abs(slopes).min() > 1e-7, "Your loss does not depend on every array.")
    for name, slope in zip(params, slopes, strict=True):
        expect_close(
            np.sum(grads[name] * directions[name]),
            slope,
            rtol=1e-5,
            atol=1e-8,
            message=f"It is not for {name}.",
        )


@exercise("loss_and_gradients", weight=2)
def test_loss_and_gradients_runs_the_network_that_it_is_given(learner, reference, rng):
    """The arguments `forward` and `backward` must be used, whatever network they are."""
    shapes = {"Wx": (2, 3), "Wh": (3, 3), "b": (3,), "Wy": (3, 1), "by": (1,)}
    params = {name: 0.5 * rng.normal(size=shape) for name, shape in shapes.items()}
    arguments = params, rng.random((4, 5, 2)), rng.random((4, 1)), linear_forward, linear_backward
    expect_close(learner.loss_and_gradients(*arguments), reference.loss_and_gradients(*arguments))


misconception_by_edit(
    "loss_and_gradients", "starts_from_ones",
    old="h0 = np.zeros(", new="h0 = np.ones(",
    message="Your hidden state starts at 1. Before the first step there is nothing to remember: h0 is 0.",
    source="reasoned: a wrong first state",
)  # fmt: skip
misconception_by_edit(
    "loss_and_gradients", "divides_by_the_length",
    old='grads = {"Wx": dWx, "Wh": dWh, "b": db,',
    new='T = X.shape[1]\n    grads = {"Wx": dWx / T, "Wh": dWh / T, "b": db / T,',
    message="You divided the gradients of the network by the number of steps. Every step uses the same weights, so their shares are summed.",
    source="document 001 averages the weight changes over the steps of the sequence",
)  # fmt: skip
misconception_by_edit(
    "loss_and_gradients", "output_never_learns",
    old='"Wy": dWy, "by": dby}', new='"Wy": 0 * dWy, "by": 0 * dby}',
    message="The gradients of `Wy` and `by` are 0 in your dict: `last_step_loss` has computed them.",
    source="reasoned: the output layer left out of the update",
)  # fmt: skip


misconception_by_edit(
    "loss_and_gradients", "hands_back_the_states",
    old="= backward(dh, cache)", new="= backward(h, cache)",
    message="You gave `backward` the hidden states. It wants the gradient with respect to them: the `dh` of `last_step_loss`.",
    source="reasoned: h in place of dh",
)  # fmt: skip
misconception_by_edit(
    "loss_and_gradients", "unpacks_in_the_wrong_order",
    old="_, _, dWx, dWh, db", new="_, _, dWh, dWx, db",
    message="You swapped two results of `backward`: it returns dx, dh0, dWx, dWh, db in this order.",
    source="reasoned: five results unpacked in the wrong order",
)  # fmt: skip


@misconception(
    "loss_and_gradients",
    "Your targets became a flat (N,) array, so every answer is compared with every target. Keep `y` a column (N, 1).",
    source="a broadcast that NumPy makes silently",
)
def flat_targets(params, X, y, forward=None, backward=None):
    forward, backward = forward or lstm_forward, backward or lstm_backward  # noqa: F821
    h, cache = forward(X, np.zeros((len(X), len(params["Wh"]))), params["Wx"], params["Wh"], params["b"])
    last = h[:, -1]
    error = last @ params["Wy"] + params["by"] - y.ravel()
    derror = 2 * error.sum(axis=1, keepdims=True) / error.size
    dh = np.zeros_like(h)
    dh[:, -1] = derror @ params["Wy"].T
    _, _, dWx, dWh, db = backward(dh, cache)
    return np.mean(error**2), {"Wx": dWx, "Wh": dWh, "b": db, "Wy": last.T @ derror, "by": derror.sum(axis=0)}


# --- train_from -----------------------------------------------------------------------------------------------------


def steep_params(rng, hidden):
    """Weights whose first gradients are longer than 1, so that clipping shows."""
    params = lstm_params(rng, hidden)
    return params | {"by": params["by"] + 2.5}


@exercise("train_from", weight=0)
def test_train_from_returns_weights_and_losses(learner, rng):
    """`train_from` must return the weights by name and one loss per step."""
    params = lstm_params(rng, 3)
    result = learner.train_from(draw_seed(rng), params, 5, 4, 3, 0.01)
    expect_parts(result, 2, "Weights and losses are expected.")
    expect(isinstance(result[0], dict) and set(result[0]) == set(params), "The names of the weights differ.")
    for name, value in params.items():
        expect_array(result[0][name], value.shape, f"params[{name!r}]")
    expect_array(result[1], (3,), "losses")


@exercise("train_from", weight=2)
def test_train_from_first_step(learner, reference, rng):
    """One step: a batch, its loss before the update, and one step of Adam."""
    for length, batch in ((6, 4), (3, 7)):
        start, params = draw_seed(rng), lstm_params(rng, 3)
        arguments = params, length, batch, 1, 0.03
        expect_close(
            learner.train_from(start, *arguments),
            reference.train_from(start.generator(), *arguments),
            rtol=1e-5,
            atol=1e-7,
        )


@exercise("train_from", weight=5)
def test_train_from_many_steps(learner, reference, rng):
    """Every step takes a fresh batch, clips all gradients to the norm 1.0 and goes on with Adam's state."""
    for length, batch, steps in ((7, 5, 8), (4, 3, 12)):
        start = draw_seed(rng)
        arguments = steep_params(rng, 4), length, batch, steps, 0.05
        expect_close(
            learner.train_from(start, *arguments),
            reference.train_from(start.generator(), *arguments),
            rtol=1e-5,
            atol=1e-7,
        )


@exercise("train_from", weight=1)
def test_train_from_trains_the_network_that_it_is_given(learner, reference, rng):
    """The arguments `forward` and `backward` must be handed on to `loss_and_gradients`."""
    shapes = {"Wx": (2, 3), "Wh": (3, 3), "b": (3,), "Wy": (3, 1), "by": (1,)}
    start, params = draw_seed(rng), {name: 0.5 * rng.normal(size=shape) for name, shape in shapes.items()}
    arguments = params, 4, 5, 2, 0.02, linear_forward, linear_backward
    expect_close(
        learner.train_from(start, *arguments),
        reference.train_from(start.generator(), *arguments),
        rtol=1e-5,
        atol=1e-7,
    )


misconception_by_edit(
    "train_from", "no_clipping",
    old="clip_by_norm(grads, 1.0)", new="grads",
    message="Your gradients are not clipped: pass them through `clip_by_norm` with the norm 1.0 before Adam's step.",
    source="measured facts: hardly any difference in the curve, so only the numbers show it",
)  # fmt: skip
misconception_by_edit(
    "train_from", "adam_without_memory",
    old="clip_by_norm(grads, 1.0), state, learning_rate", new="clip_by_norm(grads, 1.0), {}, learning_rate",
    message="Every step starts Adam afresh. Pass on the `state` that the last step returned.",
    source="an optimiser made anew in every step, common in learners' code",
)  # fmt: skip
misconception_by_edit(
    "train_from", "batch_and_length_swapped",
    old="make_batch(rng, batch, length)", new="make_batch(rng, length, batch)",
    message="You swapped the arguments of `make_batch`: first the number of sequences, then their length.",
    source="train takes length first, make_batch takes batch first",
)  # fmt: skip
misconception_by_edit(
    "train_from", "loss_after_the_update",
    old="clip_by_norm(grads, 1.0), state, learning_rate)",
    new="clip_by_norm(grads, 1.0), state, learning_rate)\n        losses[step] = loss_and_gradients(params, X, y, forward, backward)[0]",
    message="Your losses are measured after the update, on a batch the network has just learned from. Take them before it.",
    source="the course's convention: losses are taken before each update",
)  # fmt: skip


@misconception(
    "train_from",
    "You draw one batch and use it in every step. Draw a fresh one inside the loop: the network must not learn 32 sequences by heart.",
    source="a batch drawn outside the loop",
)
def same_batch_every_step(rng, params, length, batch, steps, learning_rate, forward=None, backward=None):
    networks = (forward, backward) if forward else ()
    X, y = make_batch(rng, batch, length)  # noqa: F821
    losses, state = np.zeros(steps), {}
    for step in range(steps):
        losses[step], grads = loss_and_gradients(params, X, y, *networks)  # noqa: F821
        params, state = adam_step(params, clip_by_norm(grads, 1.0), state, learning_rate)  # noqa: F821
    return params, losses


@misconception(
    "train_from",
    "Your weights take a plain gradient step. Use `adam_step`, with its state.",
    source="gradient descent in place of Adam",
)
def plain_descent(rng, params, length, batch, steps, learning_rate, forward=None, backward=None):
    networks = (forward, backward) if forward else ()
    losses = np.zeros(steps)
    for step in range(steps):
        X, y = make_batch(rng, batch, length)  # noqa: F821
        losses[step], grads = loss_and_gradients(params, X, y, *networks)  # noqa: F821
        grads = clip_by_norm(grads, 1.0)  # noqa: F821
        params = {name: params[name] - learning_rate * grads[name] for name in params}
    return params, losses


@misconception(
    "train_from",
    "The weights never change in your loop: keep what `adam_step` returns as `params`.",
    source="a new dict that is thrown away",
)
def weights_stay(rng, params, length, batch, steps, learning_rate, forward=None, backward=None):
    networks = (forward, backward) if forward else ()
    losses = np.zeros(steps)
    for step in range(steps):
        losses[step] = loss_and_gradients(params, *make_batch(rng, batch, length), *networks)[0]  # noqa: F821
    return params, losses


# --- train ----------------------------------------------------------------------------------------------------------


# The learning rate is tiny: the training runs in float32, and its rounding errors enter multiplied by it.
TINY = 1e-4


@exercise("train", weight=0)
def test_train_returns_weights_of_the_right_size(learner, rng):
    """`train(rng, length, hidden, batch, steps, learning_rate)` must return the five arrays and one loss per step."""
    result = learner.train(draw_seed(rng), 6, 3, 5, 2, TINY)
    expect_parts(result, 2, "Weights and losses are expected.")
    expect(
        isinstance(result[0], dict) and set(result[0]) == {"Wx", "Wh", "b", "Wy", "by"}, "The names differ."
    )
    expect_array(result[0]["Wh"], (3, 12), "Wh")
    expect_array(result[1], (2,), "losses")


@exercise("train", weight=2)
def test_train_losses(learner, reference, rng):
    """The losses must be those of fresh weights with forget bias 1, on batches from the same generator."""
    for length, hidden, batch in ((6, 4, 5), (9, 3, 2)):
        start = draw_seed(rng)
        mine = learner.train(start, length, hidden, batch, 4, TINY)
        right = reference.train(start.generator(), length, hidden, batch, 4, TINY)
        expect_close(mine[1], right[1], rtol=1e-4, atol=1e-6)


@exercise("train", weight=2)
def test_train_weights(learner, reference, rng):
    """The weights after the last update must be those of this training."""
    start = draw_seed(rng)
    mine = learner.train(start, 5, 4, 6, 5, TINY)
    expect_close(mine[0], reference.train(start.generator(), 5, 4, 6, 5, TINY)[0], rtol=1e-5, atol=2e-6)


misconception_by_edit(
    "train", "forget_bias_zero",
    old="init_params(rng, hidden)", new="init_params(rng, hidden, 0.0)",
    message="Your forget gates start without a bias. `init_params` has 1 as its default.",
    source="measured facts: forget bias 0 leaves the plateau much later",
)  # fmt: skip
misconception_by_edit(
    "train", "a_generator_of_its_own",
    old="init_params(rng, hidden)", new="init_params(np.random.default_rng(0), hidden)",
    message="Your weights come from a generator of their own, so every run starts alike. Draw them from `rng`.",
    source="a fixed seed inside a function",
)  # fmt: skip
misconception_by_edit(
    "train", "starts_from_zero",
    old="params = {name: value.astype(np.float32)", new="params = {name: 0 * value.astype(np.float32)",
    message="Your weights start at 0: all hidden units are then alike and stay alike. Keep what `init_params` returns.",
    source="zeros as first weights, document 001: the asker of another question did",
)  # fmt: skip
misconception_by_edit(
    "train", "returns_the_first_weights",
    old="params, losses = train_from", new="_, losses = train_from",
    message="You return the weights from before the training: keep what `train_from` returns.",
    source="reasoned: a result thrown away",
)  # fmt: skip


@misconception(
    "train",
    "You drew the batches from another generator than the weights. One `rng` serves both: first the weights, then the batches.",
    source="two generators in place of one",
)
def batches_from_another_generator(rng, length, hidden, batch, steps, learning_rate):
    params = init_params(rng, hidden)  # noqa: F821
    params = {name: value.astype(np.float32) for name, value in params.items()}
    return train_from(np.random.default_rng(0), params, length, batch, steps, learning_rate)  # noqa: F821


# --- predict_who_learns ---------------------------------------------------------------------------------------------


@exercise("predict_who_learns")
def test_who_learns(learner, reference):
    """The run below the exercise decides: which of the curves fall below the line at 1/240?"""
    letters = learner.predict_who_learns()
    expect(isinstance(letters, str), "A string of letters is expected.")
    expect(set(letters.upper()) == set(reference.predict_who_learns()))


for _letters, _name, _message in (
    ("", "nobody_learns", "A wrong gradient may still point downhill: run the race and see."),
    ("AB", "not_the_short_sighted", "C surprises most people: what the last ten steps teach the weights, they do at every step. Run the race."),
    ("A", "only_the_cell", "B too: the way through the cell is untouched, and the random matrix disturbs it little. And C? Run the race."),
    ("ABCD", "everybody_learns", "One of the four stays near 1/24: look at the race once more."),
    ("AC", "no_random_matrix", "B learns as well: the way through the cell is untouched, and the random matrix disturbs it little."),
    ("ABD", "all_but_the_short_sighted", "D has a wrong factor on the way to what is written into the cell, C does not. Run the race."),
):  # fmt: skip
    misconception_by_edit(
        "predict_who_learns", _name,
        old='"ABC"', new=f'"{_letters}"', message=_message,
        source="measured facts: most wrong BPTT trains; the guess before the run",
    )  # fmt: skip


# --- find_the_lines -------------------------------------------------------------------------------------------------


def line_of(learner, patient):
    lines = learner.find_the_lines()
    expect_parts(lines, 4, "Four line numbers are expected.")
    return expect_array(lines["ABCD".index(patient)], (), f"the line of patient {patient}")


@exercise("find_the_lines")
def test_patient_a(learner, reference):
    """Patient A: a single gradient is wrong, so nothing else is computed from the wrong line."""
    expect_close(line_of(learner, "A"), reference.find_the_lines()[0])


@exercise("find_the_lines")
def test_patient_b(learner, reference):
    """Patient B: only what is handed to the cell of the step before is wrong."""
    expect_close(line_of(learner, "B"), reference.find_the_lines()[1])


@exercise("find_the_lines")
def test_patient_c(learner, reference):
    """Patient C: the output gate is right, the other three gates and dprev_c are wrong. What do these four share?"""
    expect_close(line_of(learner, "C"), reference.find_the_lines()[2])


@exercise("find_the_lines")
def test_patient_d(learner, reference):
    """Patient D: of the four gates one is wrong, and dprev_c is right."""
    expect_close(line_of(learner, "D"), reference.find_the_lines()[3])


for _lines, _name, _message in (
    ((12, 9, 3, 5), "wx_for_wh", "Patient A: the wrong gradient is `dWh`, and line 12 computes `dWx`."),
    ((13, 3, 3, 5), "dc_for_b", "Patient B: a wrong `dc` would spoil three gates as well. Only `dprev_c` is wrong."),
    ((13, 9, 8, 5), "joined_gates", "Patient C: line 8 joins all four gates, but the output gate is right and `dprev_c` does not come from it."),
    ((13, 9, 3, 4), "input_for_forget", "Patient D: count the columns again. The order is i, f, o, g, and the wrong ones are f."),
    ((13, 9, 3, 9), "dprev_c_for_d", "Patient D: `dprev_c` is right, so its line is. The wrong line feeds the columns f."),
    ((9, 13, 3, 5), "a_and_b_swapped", "You have A and B the wrong way round: A's wrong gradient is `dWh`, B's is `dprev_c`."),
):  # fmt: skip
    misconception_by_edit(
        "find_the_lines", _name,
        old="(13, 9, 3, 5)", new=str(_lines), message=_message,
        source="reasoned: a table of gradient errors read wrongly",
    )  # fmt: skip
