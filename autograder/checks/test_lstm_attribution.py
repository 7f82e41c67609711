"""Hidden checks of 27_lstm_attribution."""

import numpy as np

from autograder.checking import (
    exercise,
    expect,
    expect_array,
    expect_close,
    expect_parts,
    expect_raises,
    misconception,
    misconception_by_edit,
    misconceptions_by_edit,
    numerical_gradient,
)

NEEDS = {
    "count_model_parameters": ["count_lstm_parameters"],
    "integrated_gradients": ["input_gradient", "quadrature"],
}


def lstm(rng, D, H, spread=0.7):
    """Random weights of an LSTM and its output; no bias is zero."""
    shapes = {"Wx": (D, 4 * H), "Wh": (H, 4 * H), "b": (4 * H,), "Wy": (H, 1), "by": (1,)}
    return {name: spread * rng.normal(size=shape) for name, shape in shapes.items()}


def answer(params, x):
    """The network's answer to one sequence (T, D)."""
    H = len(params["Wh"])
    h = c = np.zeros(H)
    for row in x:
        a = row @ params["Wx"] + h @ params["Wh"] + params["b"]
        i, f, o = np.split(1 / (1 + np.exp(-a[: 3 * H])), 3)
        c = f * c + i * np.tanh(a[3 * H :])
        h = o * np.tanh(c)
    return float(h @ params["Wy"][:, 0] + params["by"][0])


# --- count_lstm_parameters and count_model_parameters ----------------------------------------------------------------

SIZES = ((30, 22), (1, 1), (5, 2), (2, 5), (64, 1), (7, 128))


@exercise("count_lstm_parameters", weight=0)
def test_count_lstm_parameters_is_one_number(learner):
    """`count_lstm_parameters` must return one number."""
    expect_array(learner.count_lstm_parameters(3, 2), ())


@exercise("count_lstm_parameters", weight=3)
def test_count_lstm_parameters_for_the_network_of_the_question(learner, reference):
    """The asker's layer: 30 units, 22 features. Four gates with W, U and b each."""
    for size in SIZES[:2]:
        expect_close(learner.count_lstm_parameters(*size), reference.count_lstm_parameters(*size))


@exercise("count_lstm_parameters", weight=3)
def test_count_lstm_parameters_for_other_sizes(learner, reference):
    """Any number of units and features, more units than features and fewer: the hidden state comes back into every gate."""
    found = learner.map("count_lstm_parameters", list(SIZES))
    expect_close(
        np.array(found, dtype=float), np.array([reference.count_lstm_parameters(*size) for size in SIZES])
    )


misconceptions_by_edit("count_lstm_parameters",
    ("three_gates", "4 * one_gate", "3 * one_gate", "You counted three triples. An LSTM has four: input gate, forget gate, output gate and the candidate.", "measured: 4770 instead of 6360; a GRU has three"),
    ("one_gate_only", "4 * one_gate", "one_gate", "That is one gate. There are four such triples of W, U and b.", "reasoned: a plain recurrent layer"),
    ("no_biases", " + units\n", "\n", "You left out the biases: one for each unit in each gate.", "measured: 6240 instead of 6360"),
    ("no_recurrent_weights", " + units * units", "", "You left out U: every gate also sees the hidden state of the step before, through an (H, H) matrix.", "measured: 2760 instead of 6360"),
    ("two_biases", " + units\n", " + 2 * units\n", "You counted two biases a gate, as some programs store them. Here a gate has one bias for each unit.", "measured: PyTorch counts 6480"),
    ("inputs_and_units_swapped", "units * units", "inputs * inputs", "What comes back into the gates is the hidden state: U is (H, H), not (D, D).", "reasoned: the two sizes exchanged"),
    ("peepholes", "4 * one_gate", "4 * one_gate + 3 * units", "You counted connections from the cell to three gates. This LSTM has none.", "the peephole LSTM of Gers and Schmidhuber"),
)  # fmt: skip


@exercise("count_model_parameters", weight=0)
def test_count_model_parameters_is_one_number(learner):
    """`count_model_parameters` must return one number."""
    expect_array(learner.count_model_parameters(3, 2, 1), ())


@exercise("count_model_parameters", weight=2)
def test_count_model_parameters_with_one_output(learner, reference):
    """With one output: the LSTM's own numbers, one weight for each unit, one bias."""
    sizes = [(*size, 1) for size in SIZES]
    found = learner.map("count_model_parameters", sizes)
    expect_close(
        np.array(found, dtype=float), np.array([reference.count_model_parameters(*size) for size in sizes])
    )


@exercise("count_model_parameters", weight=2)
def test_count_model_parameters_with_several_outputs(learner, reference):
    """Every output has its own column of weights and its own bias."""
    sizes = [(*size, outputs) for size, outputs in zip(SIZES, (4, 2, 3, 9, 5, 6), strict=True)]
    found = learner.map("count_model_parameters", sizes)
    expect_close(
        np.array(found, dtype=float), np.array([reference.count_model_parameters(*size) for size in sizes])
    )


misconceptions_by_edit("count_model_parameters",
    ("no_output_bias", "units * outputs + outputs", "units * outputs", "The output layer has biases too: one for each output.", "reasoned: 6390 instead of 6391"),
    ("one_bias_for_all", "units * outputs + outputs", "units * outputs + 1", "You counted one bias for the whole output layer. Each output has its own.", "reasoned: right for one output only"),
    ("sees_the_inputs", "units * outputs + outputs", "(units + inputs) * outputs + outputs", "The output layer sees the hidden state only, not the inputs.", "reasoned: a skip connection that is not there"),
    ("sees_all_gates", "units * outputs", "4 * units * outputs", "The output layer sees the hidden state, H numbers; the four gates are inside the LSTM.", "reasoned: 4H columns taken for the size of the state"),
    ("lstm_forgotten", "count_lstm_parameters(units, inputs) + output_layer", "output_layer", "That is the output layer alone. Add what is in the LSTM.", "reasoned: the second half of the sum only"),
    ("biases_per_unit", "units * outputs + outputs", "units * outputs + units", "The biases of the output layer belong to its outputs, not to the units.", "reasoned: the bias on the wrong side"),
)  # fmt: skip


# --- input_gradient --------------------------------------------------------------------------------------------------


@exercise("input_gradient", weight=0)
def test_input_gradient_has_the_shape_of_x(learner, rng):
    """`input_gradient` must return one slope for every input: the shape of `x`, for one sequence and for a stack."""
    expect_array(learner.input_gradient(lstm(rng, 3, 4), rng.normal(size=(5, 3))), (5, 3))


@exercise("input_gradient", weight=2)
def test_input_gradient_at_the_last_step(learner, reference, rng):
    """The last step: start with the column of Wy as derivative in h and with zeros as derivative in c."""
    for T, D, H in ((1, 3, 4), (1, 5, 2), (4, 3, 5)):
        params, x = lstm(rng, D, H), rng.normal(size=(T, D))
        expect_close(
            expect_array(learner.input_gradient(params, x), (T, D))[-1],
            reference.input_gradient(params, x)[-1],
            rtol=1e-5,
        )


@exercise("input_gradient", weight=4)
def test_input_gradient_at_all_steps(learner, rng):
    """All steps must agree with central differences: both dh and dc have to be handed on from step to step."""
    params, x = lstm(rng, 2, 3), rng.normal(size=(6, 2))
    found = expect_array(learner.input_gradient(params, x), (6, 2))
    expect(np.abs(found).max() > 1e-9, "Your slopes are all zero.")
    expect_close(found, numerical_gradient(lambda moved: answer(params, moved), x), rtol=1e-5)


@exercise("input_gradient", weight=3)
def test_input_gradient_values(learner, reference, rng):
    """Other sizes, short and long sequences, small and large weights."""
    for T, D, H, spread in ((9, 3, 5, 0.4), (2, 4, 3, 1.0), (5, 1, 1, 0.8)):
        params, x = lstm(rng, D, H, spread), rng.normal(size=(T, D))
        expect_close(learner.input_gradient(params, x), reference.input_gradient(params, x), rtol=1e-5)


@exercise("input_gradient", weight=2)
def test_input_gradient_of_a_stack(learner, reference, rng):
    """In a stack (N, T, D) every sequence has the slopes of its own answer, as if it were alone."""
    for N, T, D, H in ((4, 5, 3, 2), (1, 3, 2, 4)):
        params, X = lstm(rng, D, H), rng.normal(size=(N, T, D))
        expect_close(learner.input_gradient(params, X), reference.input_gradient(params, X), rtol=1e-5)


misconceptions_by_edit("input_gradient",
    ("h_not_handed_on", "dh, dc = step_backward(dh, dc, caches[t])", "_, dc = step_backward(dh if t == x.shape[-2] - 1 else 0 * dh, dc, caches[t])", "The last step is right, but you do not hand the derivative in `h` to the step before: only the cell carries yours back.", "measured: the gradient is then right at the last step only"),
    ("c_not_handed_on", "dh, dc = step_backward(dh, dc, caches[t])", "dh, _ = step_backward(dh, 0 * dc, caches[t])", "You do not hand the derivative in `c` to the step before. It is the LSTM's own way back; `step_backward` returns it last.", "measured: the gradient of h alone"),
    ("an_answer_at_every_step", "step_backward(dh, dc, caches[t])", "step_backward(dh + (params['Wy'][:, 0] if t < x.shape[-2] - 1 else 0), dc, caches[t])", "You add the column of Wy at every step: that is the gradient of the sum of all steps' answers. Only the last is read.", "the asker's network answers at every step"),
    ("same_dh_at_every_step", "dx[..., t, :], dh, dc = step_backward(dh, dc, caches[t])", "dx[..., t, :], _, dc = step_backward(dh, dc, caches[t])", "Every step starts from the same `dh`. Only the last step gets the column of Wy; the others get what the step after hands back.", "reasoned: one return value thrown away"),
    ("output_weights_forgotten", 'params["Wy"][:, 0]', "1.0", "You start with ones as `dh`, the slope of the sum of the hidden units. The answer weights them with Wy.", "reasoned: the output layer skipped"),
    ("last_step_only", "reversed(range(x.shape[-2]))", "[x.shape[-2] - 1]", "Only the last step has slopes. Earlier inputs reach the answer through h and c: go on to step 0.", "measured: truncated after one step"),
    ("times_the_input", "= step_backward(dh, dc, caches[t])", "= step_backward(dh, dc, caches[t]); dx[..., t, :] *= x[..., t, :]", "You multiplied by the input already. Here only the slope is asked for; the factor comes in exercise 5.", "reasoned: gradient times input in one go"),
    ("forward_in_time", "reversed(range(x.shape[-2]))", "range(x.shape[-2])", "You go through the steps from the first to the last. The derivative starts at the last step and travels back.", "reasoned: the loop not reversed"),
    ("dc_starts_like_dh", "dc = np.zeros_like(dh)", "dc = dh.copy()", "`dc` starts at zero: nothing but `h` of the last step is read by the output, and `step_backward` takes the way from h to c itself.", "reasoned: the direct way into the cell counted twice"),
)  # fmt: skip


# --- quadrature ------------------------------------------------------------------------------------------------------


@exercise("quadrature", weight=0)
def test_quadrature_returns_points_and_weights(learner):
    """`quadrature` must return two arrays, points (m,) and weights (m,)."""
    result = learner.quadrature("midpoint", 6)
    expect_parts(result, 2, "Two arrays are expected.")
    expect_array(result[0], (6,), "points")
    expect_array(result[1], (6,), "weights")


@exercise("quadrature", weight=2)
def test_quadrature_left(learner, reference):
    """ "left": the beginnings of m equal pieces, in rising order, all with the length of a piece as weight."""
    for steps in (1, 2, 7, 50):
        expect_close(learner.quadrature("left", steps), reference.quadrature("left", steps))


@exercise("quadrature", weight=2)
def test_quadrature_midpoint(learner, reference):
    """ "midpoint": the middles of m equal pieces, in rising order, all with the length of a piece as weight."""
    for steps in (1, 2, 7, 50):
        expect_close(learner.quadrature("midpoint", steps), reference.quadrature("midpoint", steps))


@exercise("quadrature", weight=3)
def test_quadrature_gauss(learner, reference):
    """ "gauss": points and weights of `leggauss`, moved from −1 … 1 to 0 … 1; the weights sum to the length of the way, 1."""
    for steps in (1, 2, 5, 20):
        expect_close(learner.quadrature("gauss", steps), reference.quadrature("gauss", steps))


@exercise("quadrature", weight=2)
def test_quadrature_integrates(learner, rng):
    """All rules integrate constants; midpoints straight lines too, and m Gauss points polynomials of degree 2m − 1."""
    level, rise = rng.uniform(1, 2, size=2)
    for rule in ("left", "midpoint", "gauss"):
        points, weights = (np.asarray(part, dtype=float) for part in learner.quadrature(rule, 4))
        expect(points.shape == weights.shape == (4,), "Four points and four weights are expected.")
        expect_close(weights @ np.full(4, level), level)
        if rule != "left":
            expect_close(weights @ (level + rise * points), level + rise / 2)
        if rule == "gauss":
            expect_close(weights @ (rise * points**7), rise / 8)


@exercise("quadrature", weight=0.5)
def test_quadrature_refuses_other_rules(learner):
    """A rule that does not exist must raise a ValueError."""
    with expect_raises(ValueError):
        learner.quadrature("simpson", 4)


misconceptions_by_edit("quadrature",
    ("both_ends", "np.arange(steps) / steps\n", "np.linspace(0, 1, steps)\n", "left: your points include the end, 1. m beginnings of m pieces are 0, 1/m, …, (m − 1)/m: linspace would need `endpoint=False`.", "np.linspace includes its end"),
    ("right_ends", "np.arange(steps) / steps\n", "np.arange(1, steps + 1) / steps\n", "left: you took the ends of the pieces, a right sum. The left one starts at 0.", "the sum in the paper on integrated gradients is a right sum"),
    ("midpoints_between_ends", "(np.arange(steps) + 0.5) / steps", "np.linspace(0, 1, steps + 2)[1:-1]", "midpoint: your points cut the way into m + 1 parts. The middles of m pieces lie half a piece from both ends.", "reasoned: linspace without its ends"),
    ("midpoint_is_left", "(np.arange(steps) + 0.5) / steps", "np.arange(steps) / steps", "midpoint: you take the beginnings of the pieces. Add half a piece.", "reasoned: the half forgotten"),
    ("gauss_not_moved", "(nodes + 1) / 2, node_weights / 2", "nodes, node_weights", "gauss: these are points and weights for −1 to 1. Move them to 0 to 1.", "measured: leggauss used as it comes"),
    ("gauss_weights_sum_to_two", "node_weights / 2", "node_weights", "gauss: the points are right, the weights sum to 2. The interval has become half as long, so halve them.", "reasoned: dα = ½ ds forgotten"),
    ("gauss_points_equal_weights", "points, weights = (nodes + 1) / 2, node_weights / 2", "points = (nodes + 1) / 2", "gauss: the points are right, but they do not all count the same. `leggauss` returns weights as well.", "reasoned: the weights thrown away"),
    ("weights_of_one", "np.full(steps, 1 / steps)", "np.ones(steps)", "left and midpoint: each point stands for a piece of length 1/m, so that is its weight.", "reasoned: a sum in place of a mean"),
)  # fmt: skip


# --- integrated_gradients --------------------------------------------------------------------------------------------


def problem(rng, T, D, H, spread=0.7):
    """A network, a sequence and a baseline that is not zero."""
    return lstm(rng, D, H, spread), rng.normal(size=(T, D)), rng.normal(size=(T, D)) + 0.5


@exercise("integrated_gradients", weight=0)
def test_integrated_gradients_has_the_shape_of_x(learner, rng):
    """`integrated_gradients` must return one attribution for every input: (T, D)."""
    params, x, baseline = problem(rng, 5, 3, 4)
    expect_array(learner.integrated_gradients(params, x, baseline, 6), (5, 3))


@exercise("integrated_gradients", weight=3)
def test_integrated_gradients_values(learner, reference, rng):
    """Midpoints: slopes at m points from baseline to x, their mean, times x − baseline. Any m, 1 included."""
    for steps, (T, D, H) in ((1, (3, 2, 4)), (2, (4, 3, 2)), (7, (6, 2, 3)), (40, (2, 5, 3)), (3, (1, 1, 1))):
        arguments = (*problem(rng, T, D, H), steps)
        expect_close(
            learner.integrated_gradients(*arguments), reference.integrated_gradients(*arguments), rtol=1e-5
        )


@exercise("integrated_gradients", weight=2)
def test_integrated_gradients_from_zeros(learner, reference, rng):
    """From a baseline of zeros the path is α x and the last factor is x."""
    params, x, _ = problem(rng, 5, 3, 4)
    arguments = (params, x, np.zeros((5, 3)), 6)
    expect_close(
        learner.integrated_gradients(*arguments), reference.integrated_gradients(*arguments), rtol=1e-5
    )


@exercise("integrated_gradients", weight=2)
def test_integrated_gradients_with_every_rule(learner, reference, rng):
    """The points and weights must be those of the rule that is asked for."""
    for rule, steps in (("left", 5), ("gauss", 4), ("midpoint", 6), ("gauss", 1)):
        arguments = (*problem(rng, 4, 2, 3), steps, rule)
        expect_close(
            learner.integrated_gradients(*arguments), reference.integrated_gradients(*arguments), rtol=1e-5
        )


@exercise("integrated_gradients", weight=3)
def test_integrated_gradients_are_complete(learner, rng):
    """With 40 Gauss points the attributions must sum to f(x) − f(baseline), and are not all alike."""
    params, x, baseline = problem(rng, 4, 2, 3, spread=0.4)
    found = expect_array(learner.integrated_gradients(params, x, baseline, 40, "gauss"), (4, 2))
    expect(np.ptp(found) > 1e-9, "Your attributions are all alike.")
    expect_close(found.sum(), answer(params, x) - answer(params, baseline), rtol=1e-5, atol=1e-8)


@exercise("integrated_gradients", weight=2)
def test_integrated_gradients_where_nothing_moves(learner, reference, rng):
    """An input that is the same in x and in the baseline gets 0; the others do not."""
    params, x, baseline = problem(rng, 4, 3, 2)
    baseline[1], baseline[3, 2] = x[1], x[3, 2]
    found = expect_array(learner.integrated_gradients(params, x, baseline, 5), (4, 3))
    expect_close(found, reference.integrated_gradients(params, x, baseline, 5), rtol=1e-5)


misconceptions_by_edit("integrated_gradients",
    ("slope_at_x_only", "input_gradient(params, path)", "input_gradient(params, np.stack([x] * steps))", "You take the slopes at x every time. They must be taken at the points of the path, from the baseline to x.", "measured: sum of -0.13 for a difference of 0.46"),
    ("last_factor_forgotten", "(x - baseline) * mean_slopes", "mean_slopes", "These are the mean slopes. Multiply by x − baseline: an input that has not moved has done nothing.", "measured in the facts: (X − B) forgotten"),
    ("times_x", "(x - baseline) * mean_slopes", "x * mean_slopes", "The last factor is x − baseline, how far the input has come. Yours is x, which is right for a baseline of zeros only.", "code that takes the baseline for zero"),
    ("path_from_the_origin", "baseline + points[:, None, None] * (x - baseline)", "points[:, None, None] * x", "Your path starts at the origin. It must start at the baseline: b + α (x − b).", "X scaled with a baseline that is not zero"),
    ("path_beyond_x", "baseline + points[:, None, None] * (x - baseline)", "baseline + points[:, None, None] * x", "At α = 1 your path is at baseline + x, not at x. Move by x − baseline.", "reasoned: the difference forgotten in the path"),
    ("wrong_direction", "(x - baseline) * mean_slopes", "(baseline - x) * mean_slopes", "All your signs are turned round: the path goes from the baseline to x, so the factor is x − baseline.", "reasoned: sign of the difference"),
    ("absolute_slopes", "input_gradient(params, path)", "np.abs(input_gradient(params, path))", "You took absolute values of the slopes. Slopes of both signs must be able to cancel, or the sum is not the difference.", "saliency maps take absolute gradients"),
    ("always_midpoints", "quadrature(rule, steps)", 'quadrature("midpoint", steps)', "Your result does not depend on `rule`. Hand it on to `quadrature`.", "reasoned: an argument that is not used"),
    ("equal_weights", "np.tensordot(weights, input_gradient(params, path), axes=1)", "input_gradient(params, path).mean(axis=0)", "Right for equal weights only: Gauss points have weights of their own. Use the weights of `quadrature`.", "reasoned: np.mean over the path"),
    ("sum_without_weights", "np.tensordot(weights, input_gradient(params, path), axes=1)", "input_gradient(params, path).sum(axis=0)", "You add up the slopes and forget their weights: the integral is a mean, not a sum.", "reasoned: the factor 1/m forgotten"),
)  # fmt: skip


@misconception(
    "integrated_gradients",
    "You scaled the attributions so that they sum to f(x) − f(baseline) exactly. That hides the error of the rule, and with it the test.",
    source="gradient times input scaled to 100 %; measured: it passes every completeness test",
)
def scaled_to_fit(params, x, baseline, steps, rule="midpoint"):
    points, weights = quadrature(rule, steps)  # noqa: F821
    slopes = input_gradient(params, baseline + points[:, None, None] * (x - baseline))  # noqa: F821
    found = (x - baseline) * np.tensordot(weights, slopes, axes=1)
    difference = lstm_answer(params, x)[0] - lstm_answer(params, baseline)[0]  # noqa: F821
    return found * difference / found.sum()


# --- shares ----------------------------------------------------------------------------------------------------------


@exercise("shares", weight=0)
def test_shares_keeps_the_shape(learner):
    """`shares` must return one share for each entry, in the shape of `attributions`."""
    expect_array(learner.shares(np.array([[1.0, 2.0, 4.0]])), (1, 3))


@exercise("shares", weight=3)
def test_shares_values(learner, reference, rng):
    """Each entry is divided by the sum of all, with its sign. Single shares may be negative or beyond 1."""
    fixed = np.array([3.0, -2.5, 0.25, -0.5])
    for attributions in (fixed, rng.uniform(0.5, 2, size=5), np.concatenate([rng.uniform(1, 2, 4), [-0.75]])):
        expect_close(learner.shares(attributions), reference.shares(attributions))


@exercise("shares", weight=2)
def test_shares_of_any_shape(learner, reference, rng):
    """Arrays of any shape: one total for all entries, not one for each row."""
    for shape in ((4, 3), (2, 3, 2), (1,)):
        attributions = rng.uniform(0.5, 2, size=shape)
        attributions.flat[0] = -0.25
        expect_close(learner.shares(attributions), reference.shares(attributions))


@exercise("shares", weight=2)
def test_shares_of_a_negative_total(learner, reference, rng):
    """With a negative total, what goes with it has a positive share."""
    attributions = -rng.uniform(0.5, 2, size=6)
    attributions[2] *= -0.5
    expect_close(learner.shares(attributions), reference.shares(attributions))


@exercise("shares", weight=2)
def test_shares_of_a_small_total(learner, reference, rng):
    """A total that is small but more than rounding is shared as usual, and so are attributions that are all small."""
    large = rng.uniform(1, 2)
    for attributions in (np.array([large, -large + 1e-7, 1e-7]), 1e-9 * rng.uniform(1, 2, size=4)):
        expect_close(learner.shares(attributions), reference.shares(attributions), rtol=1e-5)


@exercise("shares", weight=1)
def test_shares_of_nothing(learner):
    """A total that is zero up to rounding cannot be shared: raise a ValueError, and not for other totals."""
    expect_close(learner.shares(np.array([2.0, -1.0])), np.array([2.0, -1.0]))
    for nothing in ([1.5, -1.5], [0.0, 0.0, 0.0], [0.1, 0.2, -0.3], [[1e6, 0.1], [0.2, -1000000.3]]):
        with expect_raises(ValueError):
            learner.shares(np.array(nothing))


misconceptions_by_edit("shares",
    ("absolute_everywhere", "result = attributions / total", "result = np.abs(attributions) / np.abs(attributions).sum()", "You took absolute values: these are shares of strength, not of the change. Keep the signs and divide by the signed sum.", "|a| normalised and called complete, a common figure in reports"),
    ("absolute_total", "result = attributions / total", "result = attributions / np.abs(attributions).sum()", "You divide by the sum of the absolute values, so your shares do not sum to 1. Divide by the signed sum.", "reasoned: signs kept above and lost below"),
    ("negative_cut_off", "result = attributions / total", "result = np.maximum(attributions, 0) / max(np.maximum(attributions, 0).sum(), 1e-300)", "You cut off negative entries. They are a part of the sum: keep them, and others go beyond 1.", "negative relevance set to zero in heat maps"),
    ("sign_of_the_total_lost", "attributions / total", "attributions / abs(total)", "With a negative total your shares sum to −1. Divide by the total itself, not by its absolute value.", "reasoned: a negative total feared"),
    ("percent", "attributions / total", "100 * attributions / total", "These are percent. The shares asked for sum to 1.", "reasoned: percent in place of fractions"),
    ("one_total_a_row", "result = attributions / total", "result = attributions / attributions.sum(axis=-1, keepdims=True)", "You took a total for each row. All entries share one total.", "reasoned: axis=-1 from softmax"),
    ("softmax", "result = attributions / total", "result = np.exp(attributions - attributions.max()) / np.exp(attributions - attributions.max()).sum()", "That is a softmax. It makes everything positive; here each entry is only divided by the sum.", "reasoned: the other way to make numbers sum to 1"),
    ("exactly_zero_only", "abs(total) <= 1e-12 * np.abs(attributions).sum()", "total == 0", "You compare the total with exactly 0. 0.1 + 0.2 − 0.3 leaves 5e-17 in floating point: compare with the sizes of the entries.", "measured: np.sum([0.1, 0.2, -0.3]) is 5.6e-17"),
    ("absolute_threshold", "abs(total) <= 1e-12 * np.abs(attributions).sum()", "abs(total) <= 1e-12", "You compare the total with a fixed small number. Attributions may all be small, or all be large: compare with the sum of their absolute values.", "reasoned: a tolerance without a scale"),
)  # fmt: skip


# --- shapley_values --------------------------------------------------------------------------------------------------


class Game:
    """A function of the players that treats no two of them alike; counts its calls."""

    def __init__(self, rng, shape):
        self.first, self.second = rng.normal(size=(2, *shape)) + 0.5
        self.calls = 0

    def __call__(self, z):
        self.calls += 1
        z = np.asarray(z, dtype=float)
        products = z[:-1] * z[1:] if len(z) > 1 else z
        return float(
            np.tanh(np.sum(self.first * z)) + np.sum(self.second * z**2) + np.sum(products) + np.prod(z)
        )


def game(rng, *shape):
    """f, x and baseline; x and baseline are far from zero and from each other."""
    return Game(rng, shape), rng.uniform(1.2, 2, size=shape), rng.uniform(-1, -0.4, size=shape)


@exercise("shapley_values", weight=0)
def test_shapley_values_has_one_value_for_each_player(learner, rng):
    """`shapley_values` must return one number for each entry of the first axis of `x`."""
    expect_array(learner.shapley_values(*game(rng, 3)), (3,))


@exercise("shapley_values", weight=3)
def test_shapley_values_values(learner, reference, rng):
    """Players that are numbers, one to four of them: the mean over all orders of what each changes when it is switched."""
    for n in (3, 4, 2, 1):
        arguments = game(rng, n)
        expect_close(learner.shapley_values(*arguments), reference.shapley_values(*arguments))


@exercise("shapley_values", weight=2)
def test_shapley_values_of_rows(learner, reference, rng):
    """Players may be rows of x, each switched as a whole."""
    for shape in ((3, 2), (4, 3), (1, 2)):
        arguments = game(rng, *shape)
        expect_close(learner.shapley_values(*arguments), reference.shapley_values(*arguments))


@exercise("shapley_values", weight=2)
def test_shapley_values_are_complete(learner, rng):
    """They must sum to f(x) − f(baseline), and are not all alike."""
    f, x, baseline = game(rng, 4)
    found = expect_array(learner.shapley_values(f, x, baseline), (4,))
    expect(np.ptp(found) > 1e-9, "Your values are all alike.")
    expect_close(found.sum(), f(x) - f(baseline))


@exercise("shapley_values", weight=2)
def test_shapley_values_of_idlers_and_twins(learner, reference, rng):
    """A player with the same value in x and baseline gets 0, and two that f treats alike get the same."""
    twins = float(rng.uniform(1, 2))
    x, baseline = np.array([twins, 3.0, twins, 0.7]), np.array([-0.5, 1.0, -0.5, 0.7])

    def f(z):
        z = np.asarray(z, dtype=float)
        return float(z[0] * z[2] * z[1] + z[1] ** 2 + z[3] * z[0] * z[2])

    expect_close(learner.shapley_values(f, x, baseline), reference.shapley_values(f, x, baseline))


@exercise("shapley_values", weight=2)
def test_shapley_values_calls_f_once_for_each_set(learner, reference, rng):
    """f is slow: call it once for each of the 2**n sets, store what it says, and get the values from that."""
    f, x, baseline = game(rng, 4)
    found = expect_array(learner.shapley_values(f, x, baseline), (4,))
    calls = f.calls
    expect_close(found, reference.shapley_values(f, x, baseline))
    expect(calls <= 16, "f is called more often than there are sets.")


misconceptions_by_edit("shapley_values",
    ("banzhaf", "factorial(size) * factorial(n - 1 - size) / factorial(n)", "1 / 2 ** (n - 1)", "You weight all sets alike. That is the Banzhaf value, and its sum is not f(x) − f(b): sets of a middling size are many and must count less each.", "Banzhaf (1965); the plain mean over subsets"),
    ("factorial_off_by_one", "factorial(n - 1 - size)", "factorial(n - size)", "After player i there are n − 1 − s players left, not n − s: i itself is neither in S nor after itself.", "reasoned: the formula with |S| counted without or with i"),
    ("not_divided_by_the_orders", "factorial(n - 1 - size) / factorial(n)", "factorial(n - 1 - size)", "Your values are n! times too large: you count orders. Divide by the number of all orders to average over them.", "reasoned: a sum in place of a mean"),
    ("absent_means_zero", "np.array(baseline, dtype=float)", "np.zeros(np.shape(x))", "Absent players have the value 0 in your sets. They must keep their value from `baseline`.", "masking with zeros whatever the baseline is"),
    ("present_and_absent_exchanged", "z[present[s]] = x[present[s]]", "z[~present[s]] = x[~present[s]]", "You switch the absent players and leave the present ones at the baseline: all signs are turned round.", "reasoned: the mask the wrong way"),
)  # fmt: skip


@misconception(
    "shapley_values",
    "That is leave-one-out: f(x) minus f without player i. It does not add up when players need each other. Average over all sets.",
    source="measured: its sum misses the difference by 0.26 for sequence 1",
)
def leave_one_out(f, x, baseline):
    phi = np.zeros(len(x))
    for i in range(len(x)):
        z = np.array(x, dtype=float)
        z[i] = baseline[i]
        phi[i] = f(x) - f(z)
    return phi


@misconception(
    "shapley_values",
    "You switch each player alone, starting from the baseline. What it does together with others is missing: average over all sets.",
    source="one-at-a-time sensitivity",
)
def one_at_a_time(f, x, baseline):
    phi = np.zeros(len(x))
    for i in range(len(x)):
        z = np.array(baseline, dtype=float)
        z[i] = x[i]
        phi[i] = f(z) - f(baseline)
    return phi


@misconception(
    "shapley_values",
    "You used a single order, first to last. Its sum is right, but a player that comes early gets another value than one that comes late: average over all orders.",
    source="sequential attribution; complete and dependent on the order",
)
def one_order(f, x, baseline):
    phi, z = np.zeros(len(x)), np.array(baseline, dtype=float)
    before = f(z)
    for i in range(len(x)):
        z[i] = x[i]
        after = f(z)
        phi[i], before = after - before, after
    return phi


@misconception(
    "shapley_values",
    "You average the two orders first to last and last to first. All n! orders count.",
    source="antithetic orders, taken for the exact value",
)
def two_orders(f, x, baseline):
    phi = np.zeros(len(x))
    for order in (range(len(x)), reversed(range(len(x)))):
        z = np.array(baseline, dtype=float)
        before = f(z)
        for i in order:
            z[i] = x[i]
            after = f(z)
            phi[i] += (after - before) / 2
            before = after
    return phi


# --- predict_two_attributions ----------------------------------------------------------------------------------------


def predicted(learner):
    """The learner's four numbers."""
    numbers = learner.predict_two_attributions()
    expect_parts(numbers, 4, "Four numbers are expected.")
    return expect_array(np.array(numbers, dtype=float), (4,), "the prediction")


@exercise("predict_two_attributions")
def test_prediction_of_integrated_gradients(learner, reference):
    """Integrated gradients: put (2α, 3α) into both partial derivatives, integrate, and multiply by how far u and v move."""
    expect_close(
        predicted(learner)[:2], np.array(reference.predict_two_attributions()[:2], dtype=float), rtol=2e-3
    )


@exercise("predict_two_attributions")
def test_prediction_of_shapley_values(learner, reference):
    """Shapley values: in each of the two orders, what does the first change, and what the second? Then average."""
    expect_close(
        predicted(learner)[2:], np.array(reference.predict_two_attributions()[2:], dtype=float), rtol=2e-3
    )


for _values, _name, _message in (
    ("(8.0, 4.0, 8.0, 4.0)", "two_names_for_one", "The two methods do not agree here. In the orders the one who is switched first finds the other at 0, whoever it is."),
    ("(6.0, 6.0, 6.0, 6.0)", "shared_equally", "Integrated gradients do not share equally: on the straight path the slope in u, 2uv, has a factor 2 from the square."),
    ("(24.0, 12.0, 6.0, 6.0)", "slope_at_the_end", "Your first pair is slope times input at x; its sum is 36. Average the slopes along the path."),
    ("(4.0, 8.0, 6.0, 6.0)", "exchanged", "You have u and v the wrong way round in the integrated gradients."),
    ("(8.0, 4.0, 12.0, 0.0)", "one_order_only", "You used one order, in which all goes to one of them. Average both orders."),
    ("(8.0, 4.0, 0.0, 12.0)", "other_order_only", "You used one order, u first. Average both orders."),
    ("(8.0, 4.0, 4.0, 8.0)", "shapley_exchanged", "Shapley values know nothing of the square: without u or without v there is 0, so the two are equal partners."),
):  # fmt: skip
    misconception_by_edit(
        "predict_two_attributions", _name,
        old="(8.0, 4.0, 6.0, 6.0)", new=_values, message=_message,
        source="reasoned: a computation on paper that went wrong",
    )  # fmt: skip


# --- predict_the_symptoms --------------------------------------------------------------------------------------------


def symptom(learner, index):
    """The learner's symptom for one program."""
    numbers = learner.predict_the_symptoms()
    expect_parts(numbers, 4, "Four numbers are expected.")
    expect(
        len({float(np.ravel(number)[0]) for number in numbers}) == 4, "Each symptom belongs to one program."
    )
    return expect_array(numbers[index], (), f"number {index + 1}")


@exercise("predict_the_symptoms")
def test_symptom_of_a(learner, reference):
    """Program A: its points are those of the left sum, which you have measured."""
    expect_close(symptom(learner, 0), reference.predict_the_symptoms()[0])


@exercise("predict_the_symptoms")
def test_symptom_of_b(learner, reference):
    """Program B: for which baseline is its path the right one?"""
    expect_close(symptom(learner, 1), reference.predict_the_symptoms()[1])


@exercise("predict_the_symptoms")
def test_symptom_of_c(learner, reference):
    """Program C: what does its last factor do to the sum?"""
    expect_close(symptom(learner, 2), reference.predict_the_symptoms()[2])


@exercise("predict_the_symptoms")
def test_symptom_of_d(learner, reference):
    """Program D: what changes when it takes the same slopes more often?"""
    expect_close(symptom(learner, 3), reference.predict_the_symptoms()[3])


for _values, _name, _message in (
    ("(3, 2, 4, 1)", "a_and_b_exchanged", "A and B are the wrong way round: A goes the right way with coarse points, so more points help; B goes a wrong way, and more points do not."),
    ("(2, 3, 1, 4)", "c_and_d_exchanged", "C and D are the wrong way round: C is scaled until the sum fits, so the test has nothing to say against it."),
    ("(2, 4, 3, 1)", "b_and_c_exchanged", "B and C are the wrong way round: scaling makes the sum fit for every baseline, the path from the origin for zeros only."),
    ("(1, 3, 4, 2)", "a_and_d_exchanged", "A and D are the wrong way round: taking the same slopes m times and averaging changes nothing, whatever m is."),
    ("(2, 1, 4, 3)", "b_and_d_exchanged", "B and D are the wrong way round: for a baseline of zeros B is a right program. D is wrong for that one too."),
    ("(4, 3, 2, 1)", "a_and_c_exchanged", "A and C are the wrong way round: a left sum is never exact for a bent function, and C is exact because it was made so."),
):  # fmt: skip
    misconception_by_edit(
        "predict_the_symptoms", _name,
        old="(2, 3, 4, 1)", new=_values, message=_message,
        source="reasoned: symptoms matched wrongly",
    )  # fmt: skip
