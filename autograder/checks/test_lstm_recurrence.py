"""Hidden checks of 26_lstm_recurrence."""

import numpy as np

from autograder.checking import (
    declare_answer_checks,
    draw_seed,
    exercise,
    expect,
    expect_array,
    expect_close,
    expect_parts,
    expect_raises,
    misconception,
    misconception_by_edit,
)

# --- make_series ----------------------------------------------------------------------------------------------------


@exercise("make_series", weight=0)
def test_make_series_returns_as_many_elements_as_asked(learner, rng):
    """`make_series` must return an array of `length` elements, the first one among them."""
    expect_array(learner.make_series(rng.uniform(-1, 5), 17), (17,))


@exercise("make_series", weight=3)
def test_make_series_values_over_several_laps(learner, reference, rng):
    """Below 10 the next element is one more, from 10 on it is the sine of the element before, in radians."""
    for x0 in rng.uniform(-1, 9.9, size=6):
        expect_close(learner.make_series(x0, 45), reference.make_series(x0, 45))


@exercise("make_series", weight=2)
def test_make_series_at_exactly_ten(learner):
    """10 itself is not below 10: its sine follows. A list of whole numbers gets there."""
    for x0 in (10.0, 9.0, 3.0, 7, -1.0):
        series = expect_array(learner.make_series(x0, 14), (14,))
        top = 10 - int(x0)
        expect_close(series[: top + 2], np.append(np.arange(int(x0), 11), np.sin(10)))


@exercise("make_series", weight=2)
def test_make_series_from_any_first_element(learner, reference, rng):
    """The first element may be anything: 10 or more, or far below zero."""
    for x0 in (rng.uniform(10.5, 11), rng.uniform(12, 300), rng.uniform(-40, -5)):
        expect_close(learner.make_series(x0, 30), reference.make_series(x0, 30))


@exercise("make_series", weight=1)
def test_make_series_of_one_or_two_elements(learner, reference, rng):
    """A list of one element is the first element alone; one of two has one step."""
    for x0 in (rng.uniform(1, 9), rng.uniform(10.2, 10.9)):
        for length in (1, 2):
            expect_close(learner.make_series(x0, length), reference.make_series(x0, length))


@exercise("make_series", weight=0.5)
def test_make_series_of_whole_numbers_is_float64(learner):
    """A list that begins with a whole number and has not reached its first sine must be float64 all the same."""
    series = expect_array(learner.make_series(3, 4), (4,))
    expect_close(series, np.array([3.0, 4.0, 5.0, 6.0]))
    expect(series.dtype == np.float64, "Its numbers are whole numbers.")


misconception_by_edit(
    "make_series", "ten_counts_as_below",
    old="last < 10", new="last <= 10",
    message="At exactly 10 you add 1. The rule says *below* 10: use `<`, not `<=`.",
    source="facts T23: the edge taken on the wrong side",
)  # fmt: skip
misconception_by_edit(
    "make_series", "sine_of_the_increased",
    old="np.sin(last)", new="np.sin(last + 1)",
    message="You take the sine of the last element plus 1. On the sine branch nothing is added.",
    source="reasoned: the increment carried out on both branches",
)  # fmt: skip
misconception_by_edit(
    "make_series", "sine_in_degrees",
    old="np.sin(last)", new="np.sin(np.radians(last))",
    message="Your sine is in degrees. `np.sin` takes radians, and so does the rule.",
    source="reasoned: degrees for radians",
)  # fmt: skip
misconception_by_edit(
    "make_series", "looks_at_the_next_element",
    old="last + 1 if last < 10", new="last + 1 if last + 1 < 10",
    message="You ask whether the *next* element would be below 10. The rule asks the last one, so a list climbs past 10 before a sine.",
    source="reasoned: the condition moved by one step",
)  # fmt: skip
misconception_by_edit(
    "make_series", "length_counts_steps",
    old="while len(series) < length", new="while len(series) <= length",
    message="Your list has one element too many: `length` counts elements, and the first one is among them.",
    source="the usual off-by-one of a sequence",
)  # fmt: skip
misconception_by_edit(
    "make_series", "first_element_left_out",
    old="series = np.array(series)", new="series = np.array(series + [last + 1 if last < 10 else np.sin(last)])[1:] if length > 1 else np.array(series)",
    message="Your list begins with the second element. `x0` itself is the first one.",
    source="reasoned: appending after the step instead of before",
)  # fmt: skip


# --- windows --------------------------------------------------------------------------------------------------------


@exercise("windows", weight=0)
def test_windows_returns_three_axes_and_a_column(learner, rng):
    """`windows` must return X (M, length, 1) and y (M, 1) with M = elements − length."""
    result = learner.windows(rng.normal(size=11), 4)
    expect_parts(result, 2, "Two arrays are expected.")
    expect_array(result[0], (7, 4, 1), "X")
    expect_array(result[1], (7, 1), "y")


@exercise("windows", weight=3)
def test_windows_inputs(learner, reference, rng):
    """Window m holds the elements m to m + length − 1, in the order of the list."""
    for size, length in ((11, 4), (20, 6), (9, 2)):
        series = rng.normal(size=size)
        result = learner.windows(series, length)
        expect_parts(result, 2, "Two arrays are expected.")
        expect_close(result[0], reference.windows(series, length)[0])


@exercise("windows", weight=3)
def test_windows_targets(learner, reference, rng):
    """The target of a window is the element right after it: not its last one, and not the one after next."""
    for size, length in ((11, 4), (20, 6), (9, 2)):
        series = rng.normal(size=size)
        result = learner.windows(series, length)
        expect_parts(result, 2, "Two arrays are expected.")
        expect_close(result[1], reference.windows(series, length)[1])


@exercise("windows", weight=2)
def test_windows_of_one_and_the_longest(learner, reference, rng):
    """Windows of one element, and one window that leaves only the last element as target, must work, too."""
    series = rng.normal(size=8)
    for length in (1, 7, 6):
        expect_close(learner.windows(series, length), reference.windows(series, length))


misconception_by_edit(
    "windows", "target_is_the_last_input",
    old="series[m + length]", new="series[m + length - 1]",
    message="Your target is the last element of the window itself, which the network could simply copy. Take the one after it.",
    source="facts T23: the target is the last input",
)  # fmt: skip
misconception_by_edit(
    "windows", "target_one_too_late",
    old="series[m + length]", new="series[min(m + length + 1, len(series) - 1)]",
    message="Your target is two elements after the window. Counting from 0, window m ends at m + length − 1, so the next is m + length.",
    source="an off-by-one in the other direction",
)  # fmt: skip
misconception_by_edit(
    "windows", "last_window_left_out",
    old="M = len(series) - length", new="M = len(series) - length - 1",
    message="Your last window is missing. The last element of the list is a target, too: there are elements − length windows.",
    source="an upper bound lowered once too often",
)  # fmt: skip
misconception_by_edit(
    "windows", "latest_element_first",
    old="X[m, :, 0] = series[m : m + length]", new="X[m, :, 0] = series[m : m + length][::-1]",
    message="Your windows run backwards. The network must read the elements in the order of the list, the latest one last.",
    source="reasoned: lag order, latest first, as in autoregressive models",
)  # fmt: skip
misconception_by_edit(
    "windows", "targets_as_a_flat_vector",
    old="y[m, 0] = series[m + length]", new="y[m, 0] = series[m + length]\n    y = y[:, 0]",
    message="Your targets have the shape (M,). Against predictions (M, 1) they would broadcast to (M, M): return a column.",
    source="the broadcast of lesson 04",
)  # fmt: skip


@misconception(
    "windows",
    "Your windows follow each other without overlap. The next window begins one element later, not one window later.",
    source="reasoned: a stride of the window's length",
)
def windows_without_overlap(series, length):
    M = len(series) - length
    padded = np.concatenate([series, np.zeros(M * length + length)])
    X = np.stack([padded[m * length : (m + 1) * length] for m in range(M)])[:, :, None]
    y = np.array([[padded[(m + 1) * length]] for m in range(M)])
    return X, y


# --- branch_errors --------------------------------------------------------------------------------------------------


def predictions(rng, size):
    """Predictions, targets and last elements; both branches occur, and two rows lie exactly at 10."""
    last = rng.uniform(-1, 11, size=size)
    last[rng.permutation(size)[:6]] = (10, 10, 10.5, 10.9, 3, 9.99)
    y = np.where(last < 10, last + 1, np.sin(last))[:, None]
    # alternating sizes of the misses, so that no two ways to average agree
    misses = np.where(last < 10, 0.5, 2.0) * (1.5 + rng.random(size)) * rng.choice([-1, 1], size=size)
    misses[last == 10] = 9.0
    misses[last == 3] = 6.0
    return y + misses[:, None], y, last


@exercise("branch_errors", weight=0)
def test_branch_errors_returns_a_dict_of_two_numbers(learner, rng):
    """`branch_errors` must return a dict with the keys "plus_one" and "sine", a number each."""
    result = learner.branch_errors(*predictions(rng, 20))
    expect(isinstance(result, dict) and set(result) == {"plus_one", "sine"}, "Look at the keys.")
    for name, value in result.items():
        expect_array(value, (), name)


@exercise("branch_errors", weight=3)
def test_branch_errors_of_the_climb(learner, reference, rng):
    """Over the rows with a last element below 10: square the misses, take their mean within the branch, then the root."""
    for size in (12, 25, 60):
        arguments = predictions(rng, size)
        expect_close(
            learner.branch_errors(*arguments)["plus_one"], reference.branch_errors(*arguments)["plus_one"]
        )


@exercise("branch_errors", weight=3)
def test_branch_errors_of_the_sine(learner, reference, rng):
    """Over the rows with a last element of 10 or more, by themselves; exactly 10 belongs to the sine."""
    for size in (12, 25, 60):
        arguments = predictions(rng, size)
        expect_close(learner.branch_errors(*arguments)["sine"], reference.branch_errors(*arguments)["sine"])


@exercise("branch_errors", weight=2)
def test_branch_errors_look_at_the_last_input_only(learner, reference, rng):
    """The last element decides the branch, whatever the target and the prediction are."""
    pred, y, last = rng.normal(size=(15, 1)) + 3, rng.normal(size=(15, 1)), rng.uniform(8, 12, size=15)
    last[:4] = (9.5, 10.5, 10, 9)
    expect_close(learner.branch_errors(pred, y, last), reference.branch_errors(pred, y, last))


@exercise("branch_errors", weight=1)
def test_branch_errors_of_an_empty_branch(learner, rng):
    """A branch without rows has the value nan, and the other one its error."""
    pred, y = rng.normal(size=(4, 1)), rng.normal(size=(4, 1))
    for last, empty, full in (
        (np.array([1.0, 2.0, 9.0, 4.0]), "sine", "plus_one"),
        (np.array([10.0, 10.1, 10.7, 10.2]), "plus_one", "sine"),
    ):
        result = learner.branch_errors(pred, y, last)
        expect(isinstance(result, dict) and set(result) == {"plus_one", "sine"}, "Look at the keys.")
        expect(np.ndim(result[empty]) == 0 and np.isnan(float(result[empty])), f"{empty} has no rows here.")
        expect_close(result[full], np.sqrt(np.mean((pred - y) ** 2)))


@exercise("branch_errors", weight=1)
def test_branch_errors_of_perfect_predictions(learner, rng):
    """A branch that is predicted perfectly has the error 0, and not nan; the other one keeps its own error."""
    _, y, last = predictions(rng, 20)
    for perfect, other, rows in (("sine", "plus_one", last < 10), ("plus_one", "sine", last >= 10)):
        pred = y + np.where(rows, 0.7, 0.0)[:, None]
        result = learner.branch_errors(pred, y, last)
        expect(isinstance(result, dict) and set(result) == {"plus_one", "sine"}, "Look at the keys.")
        expect_close([result[perfect], result[other]], [0.0, 0.7])


misconception_by_edit(
    "branch_errors", "one_error_for_both",
    old="np.mean(squares[rows])", new="np.mean(squares)",
    message="Both your errors are taken over all rows. One error for everything hides the failure: take the rows of each branch.",
    source="facts T23: one overall error is reported",
)  # fmt: skip
misconception_by_edit(
    "branch_errors", "ten_counts_as_below",
    old='{"plus_one": last < 10, "sine": last >= 10}', new='{"plus_one": last <= 10, "sine": last > 10}',
    message="You put rows with a last element of exactly 10 into the +1 branch. 10 is not below 10.",
    source="facts T23: the edge taken on the wrong side",
)  # fmt: skip
misconception_by_edit(
    "branch_errors", "without_the_root",
    old="float(np.sqrt(np.mean(squares[rows])))", new="float(np.mean(squares[rows]))",
    message="You return the mean squared error. Take its root, so that it is in the units of the elements.",
    source="reasoned: mean squared error for its root",
)  # fmt: skip
misconception_by_edit(
    "branch_errors", "mean_absolute_error",
    old="float(np.sqrt(np.mean(squares[rows])))", new="float(np.mean(np.sqrt(squares[rows])))",
    message="You took the root before the mean, which gives the mean absolute error. First the mean of the squares, then the root.",
    source="reasoned: root and mean in the wrong order",
)  # fmt: skip
misconception_by_edit(
    "branch_errors", "divides_by_all_rows",
    old="np.mean(squares[rows])", new="np.sum(squares[rows]) / len(last)",
    message="You divide by the number of all rows. Each branch has its own number of rows.",
    source="reasoned: a masked sum divided by the whole count, as in lesson 10",
)  # fmt: skip
misconception_by_edit(
    "branch_errors", "branch_by_the_target",
    old='{"plus_one": last < 10, "sine": last >= 10}', new='{"plus_one": y[:, 0] >= 0, "sine": y[:, 0] < 0}',
    message="You sort the rows by their targets. A negative target may come from either branch: the last *input* decides.",
    source="reasoned: sines on [10, 11) are negative, but so may be other targets",
)  # fmt: skip
misconception_by_edit(
    "branch_errors", "names_exchanged",
    old='{"plus_one": last < 10, "sine": last >= 10}', new='{"sine": last < 10, "plus_one": last >= 10}',
    message="Your two errors carry each other's names: below 10 it is the +1 branch.",
    source="reasoned: branches exchanged",
)  # fmt: skip
misconception_by_edit(
    "branch_errors", "rows_against_columns",
    old="float(np.sqrt(np.mean(squares[rows])))", new="float(np.sqrt(np.mean((pred[rows] - y[rows, 0]) ** 2)))",
    message="You subtract (m,) from (m, 1): NumPy makes an (m, m) table of every prediction against every target. Use one shape for both.",
    source="the broadcast of lesson 04",
)  # fmt: skip


# --- fixed_cycle ----------------------------------------------------------------------------------------------------


@exercise("fixed_cycle", weight=0)
def test_fixed_cycle_has_twelve_elements(learner):
    """`fixed_cycle` must return the twelve elements of one lap."""
    expect_array(learner.fixed_cycle(), (12,))


@exercise("fixed_cycle", weight=3)
def test_fixed_cycle_values(learner, reference):
    """The elements must be those of the cycle, correct to ten digits, from the smallest one: go on for enough laps."""
    expect_close(learner.fixed_cycle(), reference.fixed_cycle(), rtol=1e-9, atol=1e-10)


@exercise("fixed_cycle", weight=1)
def test_fixed_cycle_closes(learner):
    """The rule must lead from each element to the next, and from the last one back to the first."""
    cycle = expect_array(learner.fixed_cycle(), (12,))
    expect(cycle.min() < 0 and cycle.max() >= 10, "The cycle reaches below 0 and into the sine branch.")
    following = np.where(cycle < 10, cycle + 1, np.sin(cycle))
    expect_close(following, np.roll(cycle, -1), rtol=1e-9, atol=1e-10)


misconception_by_edit(
    "fixed_cycle", "a_single_lap",
    old="range(100)", new="range(1)",
    message="One lap is not enough: your elements are those of one list on its way to the cycle. Repeat until nothing changes.",
    source="reasoned: the first lap taken for the cycle",
)  # fmt: skip
misconception_by_edit(
    "fixed_cycle", "stops_too_early",
    old="range(100)", new="range(12)",
    message="You are near the cycle, but not there: a lap leaves two thirds of the distance. Ten digits take about 70 laps.",
    source="measured: after 12 laps the distance is about 2e-3",
)  # fmt: skip
misconception_by_edit(
    "fixed_cycle", "begins_with_the_largest",
    old="np.sin(x) + np.arange(12)", new="np.roll(np.sin(x) + np.arange(12), 1)",
    message="Your cycle begins with its largest element. Begin with the smallest, the one right after the sine.",
    source="reasoned: the cycle written from the fixed point x*",
)  # fmt: skip
misconception_by_edit(
    "fixed_cycle", "in_falling_order",
    old="np.sin(x) + np.arange(12)", new="x - np.arange(12)",
    message="Your elements are in falling order. A list climbs: begin with the smallest.",
    source="reasoned: the cycle written backwards from x*",
)  # fmt: skip
misconception_by_edit(
    "fixed_cycle", "ten_steps_in_a_lap",
    old="x = np.sin(x) + 11", new="x = np.sin(x) + 10",
    message="You let a lap add 10. After ten steps the element is still below 10, since the sine is negative: an eleventh follows.",
    source="reasoned: sin x + 10 taken for the next entry",
)  # fmt: skip


# --- recurrence_gradients -------------------------------------------------------------------------------------------


def network(rng, N, T, H, spread=0.7):
    """Random weights and a batch; no bias is zero."""
    shapes = {"Wx": (1, 4 * H), "Wh": (H, 4 * H), "b": (4 * H,), "Wy": (H, 1), "by": (1,)}
    params = {name: spread * rng.normal(size=shape) for name, shape in shapes.items()}
    return params, rng.normal(size=(N, T, 1)), rng.normal(size=(N, 1)) + 1.5


@exercise("recurrence_gradients", weight=0)
def test_recurrence_gradients_returns_a_loss_and_five_gradients(learner, rng):
    """`recurrence_gradients` must return the loss, a number, and a dict with a gradient of each array's shape."""
    params, X, y = network(rng, 5, 4, 3)
    result = learner.recurrence_gradients(params, X, y)
    expect_parts(result, 2, "Loss and gradients are expected.")
    expect_array(result[0], (), "loss")
    expect(
        isinstance(result[1], dict) and set(result[1]) == set(params),
        "Five names are expected: Wx Wh b Wy by.",
    )
    for name, value in params.items():
        expect_array(result[1][name], value.shape, f"the gradient of {name}")


@exercise("recurrence_gradients", weight=2)
def test_recurrence_gradients_loss(learner, reference, rng):
    """The loss is the mean over the windows of the squared error, with the prediction read from the last hidden state."""
    for sizes in ((5, 4, 3), (7, 2, 5)):
        arguments = network(rng, *sizes)
        expect_close(
            learner.recurrence_gradients(*arguments)[0], reference.recurrence_gradients(*arguments)[0]
        )


@exercise("recurrence_gradients", weight=2)
def test_recurrence_gradients_of_the_dense_layer(learner, reference, rng):
    """`Wy` and `by` get the last hidden states and the column sums of 2/N times the error."""
    for sizes in ((6, 5, 3), (3, 7, 4)):
        arguments = network(rng, *sizes)
        actual, expected = (
            f(*arguments)[1] for f in (learner.recurrence_gradients, reference.recurrence_gradients)
        )
        for name in ("by", "Wy"):
            expect_close(actual[name], expected[name], rtol=1e-5, atol=1e-8, message=f"Look at {name}.")


@exercise("recurrence_gradients", weight=3)
def test_recurrence_gradients_are_slopes_of_the_loss(learner, rng):
    """Every gradient must be the slope of your own loss, those of the LSTM included: compare with `numerical_gradient`."""
    params, X, y = network(rng, 5, 4, 3)
    _, grads = learner.recurrence_gradients(params, X, y)
    names, moves = [], []
    for name, value in params.items():
        for _ in range(3):
            direction = rng.normal(size=value.shape)
            names.append((name, direction))
            moves += [params | {name: value + sign * 1e-5 * direction} for sign in (1, -1)]
    losses = [float(result[0]) for result in learner.map("recurrence_gradients", [(m, X, y) for m in moves])]
    slopes = (np.array(losses[0::2]) - np.array(losses[1::2])) / 2e-5
    expect(np.abs(slopes).max() > 1e-6, "Your loss does not depend on the weights.")
    for (name, direction), slope in reversed(
        list(zip(names, slopes, strict=True))
    ):  # nearest to the loss first
        gradient = expect_array(grads[name], params[name].shape, f"the gradient of {name}")
        expect_close(np.sum(gradient * direction), slope, rtol=1e-5, atol=1e-7, message=f"Look at {name}.")


@exercise("recurrence_gradients", weight=2)
def test_recurrence_gradients_of_the_lstm(learner, reference, rng):
    """The LSTM's three gradients start from the error handed on through `Wy`, at the last step only."""
    for sizes in ((6, 5, 3), (3, 7, 4)):
        arguments = network(rng, *sizes)
        actual, expected = (
            f(*arguments)[1] for f in (learner.recurrence_gradients, reference.recurrence_gradients)
        )
        for name in ("Wx", "Wh", "b"):
            expect_close(actual[name], expected[name], rtol=1e-5, atol=1e-8, message=f"Look at {name}.")


@exercise("recurrence_gradients", weight=1)
def test_recurrence_gradients_of_small_cases(learner, reference, rng):
    """One window, one element, one hidden unit must work as well; nothing may be squeezed away."""
    for sizes in ((1, 3, 2), (4, 1, 3), (3, 4, 1)):
        arguments = network(rng, *sizes)
        expect_close(
            learner.recurrence_gradients(*arguments),
            reference.recurrence_gradients(*arguments),
            rtol=1e-5,
            atol=1e-8,
        )


misconception_by_edit(
    "recurrence_gradients", "nothing_for_the_lstm",
    old='dh[:, -1] = dpred @ params["Wy"].T', new="pass",
    message="Your `dh` stays zero, so the LSTM gets no gradient and only the dense layer would learn. Hand the error on through `Wy.T`.",
    source="document 003: the asker's suspicion, as a program",
)  # fmt: skip
misconception_by_edit(
    "recurrence_gradients", "error_at_every_step",
    old='dh[:, -1] = dpred @ params["Wy"].T', new='dh[:] = (dpred @ params["Wy"].T)[:, None]',
    message="You hand the error to every step. The loss sees the last hidden state only: all other entries of `dh` are 0.",
    source="a broadcast over the time axis, common in hand-written networks",
)  # fmt: skip
misconception_by_edit(
    "recurrence_gradients", "reads_the_first_state",
    old="h_last = h[:, -1]", new="h_last = h[:, 0]",
    message="You predict from the *first* hidden state, which has seen one element. Take the last one.",
    source="reasoned: index 0 for −1, or the wrong axis after a transposition",
)  # fmt: skip
misconception_by_edit(
    "recurrence_gradients", "reads_the_mean_state",
    old="h_last = h[:, -1]", new="h_last = h.mean(axis=1)",
    message="You predict from the mean of all hidden states. The dense layer reads the last one.",
    source="reasoned: pooling over time",
)  # fmt: skip
misconception_by_edit(
    "recurrence_gradients", "forgets_the_two",
    old="dpred = 2 * error / N", new="dpred = error / N",
    message="Your gradients are half as long as they should be: the derivative of a square brings down a 2.",
    source="lessons with a factor ½ in the loss; here there is none",
)  # fmt: skip
misconception_by_edit(
    "recurrence_gradients", "forgets_the_mean",
    old="dpred = 2 * error / N", new="dpred = 2 * error",
    message="Your gradients are N times too long: the loss is a mean over the windows, so divide by N.",
    source="a mean in the loss, a sum in the gradient: the usual mismatch in learners' code",
)  # fmt: skip
misconception_by_edit(
    "recurrence_gradients", "half_in_the_loss",
    old="loss = np.mean(error**2)", new="loss = np.mean(error**2) / 2",
    message="Your loss carries a hidden ½ that your gradients do not know of. It is the plain mean of the squared errors.",
    source="the ½ of lesson 03 carried over",
)  # fmt: skip
misconception_by_edit(
    "recurrence_gradients", "mean_for_the_bias",
    old="dpred.sum(axis=0)", new="dpred.mean(axis=0)",
    message="The gradient of `by` is the *sum* of 2/N times the error over the windows; you divided by N twice.",
    source="reasoned: the mean taken twice",
)  # fmt: skip
misconception_by_edit(
    "recurrence_gradients", "dense_gradient_only_first_state",
    old="h_last.T @ dpred", new="h[:, 0].T @ dpred",
    message="The gradient of `Wy` takes the hidden states that the prediction was made from: the last ones, not the first.",
    source="mistake C of exercise 6",
)  # fmt: skip
misconception_by_edit(
    "recurrence_gradients", "uphill",
    old="dpred = 2 * error / N", new="dpred = -2 * error / N",
    message="Your gradients point uphill: the error is prediction minus target, in the loss and in the gradient.",
    source="target minus prediction with the sign forgotten",
)  # fmt: skip


# --- match_the_bugs -------------------------------------------------------------------------------------------------


def four_letters(letters):
    expect(
        isinstance(letters, str) and sorted(letters) == list("ABCD"),
        "A string with A, B, C, D once each is expected.",
    )
    return letters


declare_answer_checks(
    globals(),
    "match_the_bugs",
    read=four_letters,
    test_match_the_bugs_single_wrong_entry="Patient 1 has a single wrong gradient: nothing else is computed from what is wrong there.",
    test_match_the_bugs_errors_of_one="Patient 2 has relative errors of exactly 1 in all three arrays of the LSTM: what value of a gradient gives that?",
    test_match_the_bugs_one_factor_everywhere="Patient 3 is wrong by one and the same factor everywhere, so the mistake sits before the roads part.",
    test_match_the_bugs_lstm_wrong_but_not_zero="Patient 4 has wrong gradients in the LSTM, which are not zero, and right ones in the dense layer.",
)


for _letters, _message in {
    "CADB": "Patients 2 and 4 are exchanged. A gradient that is zero has a relative error of exactly 1.",
    "CDBA": "Patients 2 and 3 are exchanged. A lost 1/N spoils all five gradients, a `dh` of zero only those of the LSTM.",
    "DBCA": "Patients 1 and 3 are exchanged. A lost 1/N spoils all five gradients; the mistake in `Wy` spoils only its own.",
    "BCDA": "Patients 1 and 2 are exchanged. The mistake in the gradient of `Wy` leaves the LSTM alone.",
    "CBAD": "Patients 3 and 4 are exchanged. Errors of N − 1 everywhere are a forgotten division by N.",
    "ABCD": "The patients are not in the order of the mistakes. Ask of each mistake which gradients are computed from it.",
}.items():
    misconception_by_edit(
        "match_the_bugs", f"answers_{_letters}", old='"CBDA"', new=f'"{_letters}"',
        message=_message, source="a wrong choice of exercise 6; measured by the cell `patients_again`",
    )  # fmt: skip


# --- balanced_rows --------------------------------------------------------------------------------------------------


def mixed(rng, size):
    """Last elements of both branches in a mixed order; row 0 is exactly 10, and so is one more."""
    last = np.concatenate([[10.0], rng.uniform(-1, 10, size - 5), [10.0], rng.uniform(10, 11, 3)])
    last[1:] = rng.permutation(last[1:])
    return last


@exercise("balanced_rows", weight=0)
def test_balanced_rows_returns_row_numbers(learner, rng):
    """`balanced_rows` must return 2 · per_branch whole numbers between 0 and M − 1."""
    rows = expect_array(learner.balanced_rows(draw_seed(rng), mixed(rng, 20), 7), (14,))
    expect(
        np.issubdtype(rows.dtype, np.integer), "Return where the elements stand, not the elements themselves."
    )
    expect(rows.min() >= 0 and rows.max() < 20, "There are 20 rows here, counted from 0.")


@exercise("balanced_rows", weight=3)
def test_balanced_rows_come_from_their_branch(learner, rng):
    """The first half must be rows with a last element below 10, the second half rows with 10 or more."""
    for size, per_branch in ((20, 9), (33, 16), (12, 40)):
        last = mixed(rng, size)
        rows = expect_array(learner.balanced_rows(draw_seed(rng), last, per_branch), (2 * per_branch,))
        expect(
            np.issubdtype(rows.dtype, np.integer) and rows.min() >= 0 and rows.max() < size,
            "Look at the rows.",
        )
        expect((last[rows[:per_branch]] < 10).all(), "The first half holds a row of the sine branch.")
        expect((last[rows[per_branch:]] >= 10).all(), "The second half holds a row of the +1 branch.")


@exercise("balanced_rows", weight=3)
def test_balanced_rows_draws_in_the_order_of_the_text(learner, reference, rng):
    """Two draws with `rng.choice`, with replacement: first the +1 rows, then the sine rows."""
    for size, per_branch in ((20, 9), (33, 16), (12, 40)):
        start, last = draw_seed(rng), mixed(rng, size)
        expect_close(
            learner.balanced_rows(start, last, per_branch),
            reference.balanced_rows(start.generator(), last, per_branch),
        )


@exercise("balanced_rows", weight=2)
def test_balanced_rows_gives_every_row_its_chance(learner, rng):
    """Every row of a branch must be equally likely, whatever its number."""
    last = mixed(rng, 12)
    rows = expect_array(learner.balanced_rows(draw_seed(rng), last, 4000), (8000,))
    expect(np.issubdtype(rows.dtype, np.integer) and rows.min() >= 0 and rows.max() < 12, "Look at the rows.")
    share = np.bincount(rows, minlength=12) / 4000
    wanted = np.where(last < 10, 1 / np.sum(last < 10), 1 / np.sum(last >= 10))
    expect(np.all(np.abs(share - wanted) < 0.06), "Some rows are drawn too often, others too rarely.")


@exercise("balanced_rows", weight=0.5)
def test_balanced_rows_without_a_branch(learner, rng):
    """If a branch has no rows, raise ValueError."""
    for last in (rng.uniform(0, 9, size=5), rng.uniform(10.1, 10.9, size=5)):
        with expect_raises(ValueError):
            learner.balanced_rows(draw_seed(rng), last, 3)


misconception_by_edit(
    "balanced_rows", "sine_rows_first",
    old="np.concatenate([plus_one, sine])", new="np.concatenate([sine, plus_one])",
    message="Your sine rows come first. The +1 rows make up the first half.",
    source="reasoned: the halves exchanged",
)  # fmt: skip
misconception_by_edit(
    "balanced_rows", "ten_counts_as_below",
    old="np.flatnonzero(last < 10)", new="np.flatnonzero(last <= 10)",
    message="You count a last element of exactly 10 as +1. 10 is not below 10, and its sine follows.",
    source="facts T23: the edge taken on the wrong side",
)  # fmt: skip
misconception_by_edit(
    "balanced_rows", "half_as_many",
    old="rows = np.concatenate([plus_one, sine])",
    new="rows = np.concatenate([plus_one[: (per_branch + 1) // 2], sine[: per_branch // 2]])",
    message="You return `per_branch` rows in all. It is the number for *each* of the two branches.",
    source="reasoned: batch size taken for the number per branch",
)  # fmt: skip


@misconception(
    "balanced_rows",
    "Your rows come as they are, most of them from the +1 branch. Draw from each branch by itself.",
    source="measured: that is the usual batch, with one sine in twelve",
)
def rows_as_they_come(rng, last, per_branch):
    return rng.integers(len(last), size=2 * per_branch)


@misconception(
    "balanced_rows",
    "You return positions *within* a branch, not row numbers of `last`. Draw from `np.flatnonzero(…)`, not from its length.",
    source="reasoned: an index into a selection used as an index into the whole",
)
def positions_within_the_branch(rng, last, per_branch):
    plus_one = rng.integers(np.sum(last < 10), size=per_branch)
    return np.concatenate([plus_one, rng.integers(np.sum(last >= 10), size=per_branch)])


@misconception(
    "balanced_rows",
    "You draw one row per branch and repeat it. Ask `rng.choice` for `size=per_branch` rows.",
    source="rng.choice without a size draws a single entry",
)
def one_row_repeated(rng, last, per_branch):
    plus_one = rng.choice(np.flatnonzero(last < 10))
    return np.repeat([plus_one, rng.choice(np.flatnonzero(last >= 10))], per_branch)


@misconception(
    "balanced_rows",
    "You draw the sine rows before the +1 rows. The batch is a right one, but the docstring fixes the order of the draws.",
    source="the order of the draws decides what a seed means",
)
def draws_the_sine_first(rng, last, per_branch):
    sine = rng.choice(np.flatnonzero(last >= 10), size=per_branch)
    plus_one = rng.choice(np.flatnonzero(last < 10), size=per_branch)
    return np.concatenate([plus_one, sine])


# --- predict_frozen -------------------------------------------------------------------------------------------------


@exercise("predict_frozen", weight=1)
def test_predict_frozen(learner, reference):
    """Name those networks, in alphabetical order, that beat a fixed guess on the sine and miss +1 by less than 0.1: run the cells below and read the table."""
    letters = learner.predict_frozen()
    expect(isinstance(letters, str), "A string of letters is expected.")
    expect(letters == reference.predict_frozen())


for _letters, _message in {
    "A": "C learns both branches, too: an LSTM can shape its hidden states so that a random dense layer reads them rightly.",
    "AB": "It is the other way round: the dense layer can stay random, the LSTM cannot.",
    "ABC": "B does not: with a frozen LSTM the prediction is a weighted sum of 16 fixed smooth functions, and none of them jumps at 10.",
    "C": "A learns both as well: it may do all that C may, and more.",
    "": "Two of the three do. Run the table below the exercise.",
    "B": "B is the only one that does not learn both.",
}.items():
    misconception_by_edit(
        "predict_frozen", f"answers_{_letters or 'none'}", old='"AC"', new=f'"{_letters}"',
        message=_message, source="a wrong choice of exercise 8; measured by the cells below it",
    )  # fmt: skip
