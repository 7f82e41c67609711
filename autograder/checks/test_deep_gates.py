"""Hidden checks of 25_deep_gates."""

import numpy as np

from autograder.checking import (
    declare_answer_checks,
    directional_derivative,
    exercise,
    expect,
    expect_array,
    expect_close,
    expect_parts,
    misconception_by_edit,
    misconceptions_by_edit,
)

NEEDS = {"deep_gate_backward": ["deep_gate", "layer_backward"]}
OPAQUE = {"deep_gate": [1]}
CHANGES_ARGUMENTS = set()

GRADIENT = {"rtol": 1e-5, "atol": 1e-8}
CELLS = ((3, 4, 5, 2), (2, 3, 1, 3), (1, 1, 4, 2), (5, 2, 3, 4))  # n_x, n_a, m, n_y
GATES = ((7, 4, 3, 5), (3, 2, 5, 2), (5, 3, 3, 1), (1, 1, 1, 4))  # n_in, n_h, n_a, m


# --- lstm_cell_forward ----------------------------------------------------------------------------------------------


def cell_arguments(rng, n_x=3, n_a=4, m=5, n_y=2, size=1.0):
    """xt, a_prev, c_prev, parameters; nothing is zero."""
    parameters = {}
    for gate in "fico":
        parameters[f"W{gate}"] = size * rng.normal(size=(n_a, n_a + n_x))
        parameters[f"b{gate}"] = rng.normal(size=(n_a, 1))
    parameters["Wy"] = size * rng.normal(size=(n_y, n_a))
    parameters["by"] = rng.normal(size=(n_y, 1))
    return [rng.normal(size=(n_x, m)), rng.normal(size=(n_a, m)), 1.5 * rng.normal(size=(n_a, m)), parameters]


def cells(learner, cases):
    """a_next, c_next and yt_pred, as arrays, of the learner's step on each case."""
    found = []
    for result, arguments in zip(learner.map("lstm_cell_forward", cases), cases, strict=True):
        a_next, c_next, yt_pred, _ = expect_parts(
            result, 4, "Return four things: a_next, c_next, yt_pred, cache, in this order.", kinds=tuple
        )
        n_a, m = arguments[2].shape
        found.append(
            (
                expect_array(a_next, (n_a, m), "a_next"),
                expect_array(c_next, (n_a, m), "c_next"),
                expect_array(yt_pred, (len(arguments[3]["Wy"]), m), "yt_pred"),
            )
        )
    return found


def compare_cells(learner, reference, cases, position):
    for mine, arguments in zip(cells(learner, cases), cases, strict=True):
        expect_close(mine[position], reference.lstm_cell_forward(*arguments)[position])


@exercise("lstm_cell_forward", weight=0)
def test_cell_returns_output_cell_and_prediction(learner, rng):
    """`lstm_cell_forward` must return a_next and c_next (n_a, m), yt_pred (n_y, m) and a cache."""
    cells(learner, [cell_arguments(rng)])


@exercise("lstm_cell_forward", weight=2)
def test_cell_content(learner, reference, rng):
    """c_next must be what the forget gate keeps of c_prev plus what the input gate lets in of the candidate (25.3)."""
    compare_cells(learner, reference, [cell_arguments(rng, *sizes) for sizes in CELLS], 1)


@exercise("lstm_cell_forward", weight=2)
def test_cell_output(learner, reference, rng):
    """a_next must be the part of tanh(c_next) that the output gate shows (25.4)."""
    compare_cells(learner, reference, [cell_arguments(rng, *sizes) for sizes in CELLS], 0)


@exercise("lstm_cell_forward", weight=2)
def test_cell_prediction(learner, reference, rng):
    """yt_pred must be the softmax of Wy a_next + by, column by column (25.5)."""
    compare_cells(learner, reference, [cell_arguments(rng, *sizes) for sizes in CELLS], 2)


@exercise("lstm_cell_forward")
def test_cell_with_large_scores_and_cells(learner, reference, rng):
    """A step must also be right, and never nan, where scores are in the hundreds and the old cell is large."""
    cases = [cell_arguments(rng, 3, 4, 5, 2, size=400.0), cell_arguments(rng)]
    cases[1][2] = 40 * cases[1][2]
    for position in range(3):
        compare_cells(learner, reference, cases, position)


@exercise("lstm_cell_forward")
def test_cell_cache(learner, reference, rng):
    """The cache must hold, in this order: a_next, c_next, a_prev, c_prev, ft, it, cct, ot, xt, parameters."""
    cases = [cell_arguments(rng, *sizes) for sizes in CELLS]
    for result, arguments in zip(learner.map("lstm_cell_forward", cases), cases, strict=True):
        cache, right = result[3], reference.lstm_cell_forward(*arguments)[3]
        expect_parts(
            cache,
            len(right),
            "Return as the cache a tuple of ten: leave the line of the stub that packs it as it is, in this order.",
            kinds=tuple,
        )
        for mine, true in zip(cache, right, strict=True):
            expect_close(mine, true)


misconceptions_by_edit(
    "lstm_cell_forward",
    (
        "takes_the_weights_of_the_input_gate_twice",
        'parameters["Wo"]',
        'parameters["Wi"]',
        "The output gate is made with Wi, the weights of the input gate. It has weights of its own: Wo.",
        "copy and paste, found in a trial: training would hide it",
    ),
    (
        "input_first",
        "[a_prev, xt]",
        "[xt, a_prev]",
        "You stacked xt above a_prev. Here a_prev comes first: the first n_a columns of each W belong to it.",
        "layouts of other courses, where the input comes first",
    ),
    (
        "sigmoid_for_the_candidate",
        "cct = np.tanh(",
        "cct = sigmoid(",
        "The candidate went through the sigmoid. It is a tanh: it must be able to lower the cell, too.",
        "common slip: one squashing function for all four",
    ),
    (
        "tanh_for_the_forget_gate",
        "ft = sigmoid(",
        "ft = np.tanh(",
        "The forget gate went through tanh. It says how much stays, from 0 to 1; below 0 it would turn the cell's sign.",
        "measured facts, section 1: tanh used for a gate, so that the cell's sign flips",
    ),
    (
        "swaps_input_and_forget_gate",
        "ft * c_prev + it * cct",
        "it * c_prev + ft * cct",
        "The gates are swapped: ft keeps the old cell, it lets the candidate in.",
        "common slip; training hides it, since both are learned",
    ),
    (
        "forgets_the_old_cell",
        "ft * c_prev + it * cct",
        "it * cct",
        "The old cell is lost. What ft lets through of c_prev must be added.",
        "common slip; the cell then has no memory",
    ),
    (
        "keeps_everything",
        "ft * c_prev + it * cct",
        "c_prev + it * cct",
        "The old cell is kept whole. The forget gate decides how much of it stays: ft times c_prev.",
        "the LSTM of 1997, before the forget gate",
    ),
    (
        "couples_the_gates",
        "ft * c_prev + it * cct",
        "ft * c_prev + (1.0 - ft) * cct",
        "You let in 1 − ft of the candidate, as a gated recurrent unit does. Here the input gate `it` decides.",
        "Greff et al.: the coupled input and forget gate",
    ),
    (
        "shows_the_cell_without_tanh",
        "a_next = ot * np.tanh(c_next)",
        "a_next = ot * c_next",
        "a_next is ot times tanh(c_next). Without the tanh the output can leave the range from −1 to 1.",
        "Greff et al.: the variant without output activation",
    ),
    (
        "shows_the_old_cell",
        "a_next = ot * np.tanh(c_next)",
        "a_next = ot * np.tanh(c_prev)",
        "The output shows the old cell. It is made from the new one, c_next.",
        "common slip: the cell of the step before",
    ),
    (
        "softmax_along_the_batch",
        'yt_pred = softmax(np.dot(parameters["Wy"], a_next) + parameters["by"])',
        'yt_pred = softmax((np.dot(parameters["Wy"], a_next) + parameters["by"]).T).T',
        "Your predictions sum to 1 over the batch. Examples are columns here: each column sums to 1.",
        "axis mistakes after a change of layout",
    ),
    (
        "predicts_from_the_cell",
        'np.dot(parameters["Wy"], a_next)',
        'np.dot(parameters["Wy"], c_next)',
        "The prediction is made from c_next. What the cell shows to the outside is a_next.",
        "common slip: c for a",
    ),
    (
        "predicts_with_a_sigmoid",
        "yt_pred = softmax(",
        "yt_pred = sigmoid(",
        "The prediction went through the sigmoid. Its n_y entries are the probabilities of n_y classes: softmax.",
        "common slip: the gate's function everywhere",
    ),
    (
        "returns_scores",
        "yt_pred = softmax(",
        "yt_pred = 1.0 * (",
        "yt_pred holds scores. The prediction is their softmax.",
        "common slip: the last function forgotten",
    ),
)


# --- deep_gate ------------------------------------------------------------------------------------------------------


def gate_arguments(rng, n_in=7, n_h=4, n_a=3, m=5):
    """concat, W1, b1, W2, b2; no two sizes agree unless asked."""
    shapes = [(n_in, m), (n_h, n_in), (n_h, 1), (n_a, n_h), (n_a, 1)]
    return [rng.normal(size=shape) for shape in shapes]


def deep_gates(learner, cases):
    """gate of each case as an array, and the learner's caches."""
    found, caches = [], []
    for result, arguments in zip(learner.map("deep_gate", cases), cases, strict=True):
        gate, cache = expect_parts(result, 2, "Return two things: gate, cache, in this order.", kinds=tuple)
        found.append(expect_array(gate, (arguments[3].shape[0], arguments[0].shape[1]), "gate"))
        caches.append(cache)
    return found, caches


@exercise("deep_gate", weight=0)
def test_gate_shape(learner, rng):
    """`deep_gate` must return the gate, (n_a, m), and a cache."""
    deep_gates(learner, [gate_arguments(rng)])


@exercise("deep_gate", weight=3)
def test_gate_values(learner, reference, rng):
    """Two layers, each a matrix product, a bias and a sigmoid (25.6 to 25.9)."""
    cases = [gate_arguments(rng, *sizes) for sizes in GATES]
    for mine, arguments in zip(deep_gates(learner, cases)[0], cases, strict=True):
        expect_close(mine, reference.deep_gate(*arguments)[0])


@exercise("deep_gate")
def test_gate_with_each_part_alone(learner, reference, rng):
    """Every part must count by itself: W1 with its input, b1, W2, b2. Look for a part that has no effect."""
    concat, W1, b1, W2, b2 = gate_arguments(rng)
    cases = [
        [concat, W1, 0 * b1, W2, 0 * b2],
        [concat, 0 * W1, b1, W2, 0 * b2],
        [concat, 0 * W1, 0 * b1, W2, b2],
        [concat, W1, b1, 0 * W2, b2],
    ]
    for mine, arguments in zip(deep_gates(learner, cases)[0], cases, strict=True):
        expect_close(mine, reference.deep_gate(*arguments)[0])


@exercise("deep_gate")
def test_gate_of_large_scores(learner, reference, rng):
    """The gate must be right, and never nan, where the scores of either layer are in the thousands."""
    concat, W1, b1, W2, b2 = gate_arguments(rng)
    cases = [[concat, 1000 * W1, b1, W2, b2], [concat, W1, b1, 2000 * W2, b2]]
    for mine, arguments in zip(deep_gates(learner, cases)[0], cases, strict=True):
        expect_close(mine, reference.deep_gate(*arguments)[0])


misconceptions_by_edit(
    "deep_gate",
    (
        "tanh_in_the_second_layer",
        "gate = sigmoid(",
        "gate = np.tanh(",
        "The second layer went through tanh. A gate says how much passes, from 0 to 1: a sigmoid.",
        "measured facts, section 1: tanh used for the outer gate, so that the cell's sign flips",
    ),
    (
        "tanh_in_the_first_layer",
        "hidden = sigmoid(",
        "hidden = np.tanh(",
        "The first layer went through tanh. The question uses a sigmoid in both layers.",
        "measured facts, section 1: the variant with an inner tanh",
    ),
    (
        "relu_in_the_first_layer",
        "hidden = sigmoid(",
        "hidden = np.maximum(0.0, ",
        "The first layer went through ReLU. The question uses a sigmoid in both layers.",
        "measured facts, section 1: the variant with an inner ReLU",
    ),
    (
        "nothing_between_the_layers",
        "hidden = sigmoid(",
        "hidden = 1.0 * (",
        "Nothing squashes the first layer. Two matrices in a row are only one matrix: the gate has one layer again.",
        "two linear layers collapse into one (lesson 17)",
    ),
    (
        "returns_scores",
        "gate = sigmoid(",
        "gate = 1.0 * (",
        "You returned the scores of the second layer. The gate is their sigmoid.",
        "common slip: the last function forgotten",
    ),
    (
        "forgets_the_second_bias",
        " + b2)",
        ")",
        "The bias b2 is missing. It is the forget gate's most important number.",
        "common slip; a zero start hides it",
    ),
    (
        "forgets_the_first_bias",
        " + b1)",
        ")",
        "The bias b1 is missing from the first layer.",
        "common slip; a zero start hides it",
    ),
    (
        "squashes_twice",
        "gate = sigmoid(np.dot(W2, hidden) + b2)",
        "gate = sigmoid(sigmoid(np.dot(W2, hidden) + b2))",
        "The second layer went through the sigmoid twice. Each layer has one.",
        "sigmoid of sigmoid read literally",
    ),
)


# --- layer_backward -------------------------------------------------------------------------------------------------

LAYERS = ((4, 7, 5), (3, 2, 4), (1, 5, 3), (2, 2, 3), (3, 4, 1))  # n_out, n_in, m


def layer_arguments(rng, n_out=4, n_in=7, m=5):
    """dvalue, value, inputs, W of a layer; value lies in (0, 1)."""
    value = rng.uniform(0.03, 0.97, (n_out, m))
    return [rng.normal(size=(n_out, m)), value, rng.normal(size=(n_in, m)), rng.normal(size=(n_out, n_in))]


def layers_back(learner, cases):
    found = []
    for result, (dvalue, _, inputs, W) in zip(learner.map("layer_backward", cases), cases, strict=True):
        dinputs, dW, db = expect_parts(
            result, 3, "Return three arrays: dinputs, dW, db, in this order.", kinds=tuple
        )
        found.append(
            (
                expect_array(dinputs, inputs.shape, "dinputs"),
                expect_array(dW, W.shape, "dW"),
                expect_array(db, (len(dvalue), 1), "db"),
            )
        )
    return found


@exercise("layer_backward", weight=0)
def test_layer_backward_shapes(learner, rng):
    """`layer_backward` must return dinputs (n_in, m), dW (n_out, n_in) and db (n_out, 1)."""
    layers_back(learner, [layer_arguments(rng)])


@exercise("layer_backward", weight=2)
def test_layer_backward_weights(learner, reference, rng):
    """dW and db: the gradient of the scores, times what the layer has seen, summed over the columns."""
    cases = [layer_arguments(rng, *sizes) for sizes in LAYERS]
    for mine, arguments in zip(layers_back(learner, cases), cases, strict=True):
        expect_close(mine[1:], reference.layer_backward(*arguments)[1:], **GRADIENT)


@exercise("layer_backward", weight=2)
def test_layer_backward_inputs(learner, reference, rng):
    """dinputs: the gradient of the scores goes back through the same weights."""
    cases = [layer_arguments(rng, *sizes) for sizes in LAYERS]
    for mine, arguments in zip(layers_back(learner, cases), cases, strict=True):
        expect_close(mine[0], reference.layer_backward(*arguments)[0], **GRADIENT)


@exercise("layer_backward")
def test_layer_backward_is_the_slope_of_a_layer(learner, rng):
    """The three gradients must be the slopes of a sigmoid layer (compared with finite differences)."""
    dvalue, _, inputs, W = layer_arguments(rng)
    b = rng.normal(size=(4, 1))

    def loss(inputs, W, b):
        return (dvalue * (0.5 + 0.5 * np.tanh(0.5 * (W @ inputs + b)))).sum()

    arguments = [inputs, W, b]
    value = 0.5 + 0.5 * np.tanh(0.5 * (W @ inputs + b))
    for k, gradient in enumerate(layers_back(learner, [[dvalue, value, inputs, W]])[0]):
        way = rng.normal(size=arguments[k].shape)
        there = directional_derivative(
            lambda v, k=k: loss(*arguments[:k], v, *arguments[k + 1 :]), arguments[k], way
        )
        expect_close((gradient * way).sum(), there, **GRADIENT)


@exercise("layer_backward", weight=0.5)
def test_layer_backward_of_shut_gates(learner, reference, rng):
    """Where the value is exactly 0 or 1 the slope is 0 and nothing comes back; the other entries must still be right."""
    dvalue, value, inputs, W = layer_arguments(rng)
    value[rng.random(value.shape) < 0.4] = 1.0
    value[0, :2] = 0.0
    value[1, 1:3] = 0.5
    mine = layers_back(learner, [[dvalue, value, inputs, W]])[0]
    expect_close(mine, reference.layer_backward(dvalue, value, inputs, W), **GRADIENT)


SLOPE = "dscores = dvalue * value * (1.0 - value)"
misconceptions_by_edit(
    "layer_backward",
    (
        "forgets_the_slope",
        SLOPE,
        "dscores = dvalue",
        "The slope of the sigmoid is missing: dvalue belongs to the value, and the weights made the score.",
        "measured facts, section 1: the slope of a sigmoid forgotten",
    ),
    (
        "slope_of_tanh",
        SLOPE,
        "dscores = dvalue * (1.0 - value**2)",
        "You used the slope of tanh, 1 − value². This layer is a sigmoid.",
        "measured facts, section 8: the slopes of tanh and sigmoid mixed up",
    ),
    (
        "half_of_the_slope",
        SLOPE,
        "dscores = dvalue * value",
        "Half of the slope is missing: besides `value` it has a second factor.",
        "common slip",
    ),
    (
        "squashes_the_value_again",
        SLOPE,
        "again = 1.0 / (1.0 + np.exp(-value)); dscores = dvalue * again * (1.0 - again)",
        "You took the sigmoid of `value` once more. `value` is already behind the sigmoid; the slope is made from it directly.",
        "measured facts, section 6: the slope of z taken at a",
    ),
    (
        "mean_over_the_batch",
        "dW = np.dot(dscores, inputs.T)",
        "dW = np.dot(dscores, inputs.T) / inputs.shape[1]",
        "Your dW is m times too short. dvalue is the gradient of the loss already; here the columns are summed.",
        "measured facts, section 4: mean over the batch in place of the sum",
    ),
    (
        "sends_back_dvalue",
        "np.dot(W.T, dscores)",
        "np.dot(W.T, dvalue)",
        "dinputs is made from dvalue. What goes back through the weights is the gradient of the scores, with the slope in it.",
        "common slip: the slope in only one of two places",
    ),
    (
        "weights_see_dvalue",
        "np.dot(dscores, inputs.T)",
        "np.dot(dvalue, inputs.T)",
        "dW is made from dvalue. The weights made the scores: the slope comes first.",
        "common slip: the slope in only one of two places",
    ),
    (
        "bias_sees_dvalue",
        "db = dscores.sum(",
        "db = dvalue.sum(",
        "db is made from dvalue. The bias is a part of the score: the slope comes first.",
        "common slip: the slope in only one of two places",
    ),
    (
        "transposes_dW",
        "dW = np.dot(dscores, inputs.T)",
        "dW = np.dot(inputs, dscores.T)",
        "Your dW is transposed. It must have the shape of W, (n_out, n_in).",
        "measured facts, section 4: the transposed product; the layout with examples in rows",
    ),
    (
        "keeps_a_bias_per_example",
        "db = dscores.sum(axis=1, keepdims=True)",
        "db = dscores",
        "Your db has a column for each example. All columns share the same b: sum over them.",
        "measured facts, section 4: db kept with the batch axis",
    ),
    (
        "loses_the_column",
        "db = dscores.sum(axis=1, keepdims=True)",
        "db = dscores.sum(axis=1)",
        "Your db is a flat array of n_out numbers; b is a column (n_out, 1). A flat db would broadcast along the wrong axis. Keep the dimension.",
        "the classic slip of this layout: (n,) against (n, 1)",
    ),
)


# --- deep_gate_backward ---------------------------------------------------------------------------------------------


def gates_back(learner, rng, all_sizes):
    """Random gates forwards with the learner's own function, and the learner's gradients of each."""
    cases = [gate_arguments(rng, *sizes) for sizes in all_sizes]
    caches = deep_gates(learner, cases)[1]
    upstream = [rng.normal(size=(n_a, m)) for _, _, n_a, m in all_sizes]
    calls = list(zip(upstream, caches, strict=True))
    names, found = ["dconcat", "dW1", "db1", "dW2", "db2"], []
    for result, arguments in zip(learner.map("deep_gate_backward", calls), cases, strict=True):
        result = expect_parts(
            result, 5, "Return five arrays: dconcat, dW1, db1, dW2, db2, in this order.", kinds=tuple
        )
        shapes = [argument.shape for argument in arguments]
        found.append([expect_array(*row) for row in zip(result, shapes, names, strict=True)])
    return list(zip(found, cases, upstream, strict=True))


def compare_gates_back(learner, reference, rng, positions, all_sizes=GATES):
    for mine, arguments, dgate in gates_back(learner, rng, all_sizes):
        true = reference.deep_gate_backward(dgate, reference.deep_gate(*arguments)[1])
        for k in positions:
            expect_close(mine[k], true[k], **GRADIENT)


@exercise("deep_gate_backward", weight=0)
def test_gate_backward_shapes(learner, rng):
    """`deep_gate_backward` must return five arrays, each with the shape of what it is the gradient of."""
    gates_back(learner, rng, [(5, 3, 3, 2)])  # a square W2, so that a lost transpose is judged by its values


@exercise("deep_gate_backward")
def test_gate_backward_of_equal_layers(learner, reference, rng):
    """With as many hidden units as gate units no shape complains, and the values must be right all the same."""
    compare_gates_back(learner, reference, rng, range(5), [(5, 3, 3, 2), (4, 2, 2, 3)])


@exercise("deep_gate_backward", weight=2)
def test_gate_backward_second_layer(learner, reference, rng):
    """dW2 and db2: the last layer is the first on the way back, and its inputs are the hidden values."""
    compare_gates_back(learner, reference, rng, [3, 4])


@exercise("deep_gate_backward", weight=2)
def test_gate_backward_first_layer(learner, reference, rng):
    """dW1 and db1: the first layer is handed what the last one sends back."""
    compare_gates_back(learner, reference, rng, [1, 2])


@exercise("deep_gate_backward")
def test_gate_backward_input(learner, reference, rng):
    """dconcat must be right: it is what travels on to the step before."""
    compare_gates_back(learner, reference, rng, [0])


@exercise("deep_gate_backward")
def test_gate_backward_is_the_slope_of_the_gate(learner, reference, rng):
    """The five gradients must be the slopes of the gate (compared with finite differences)."""
    mine, arguments, dgate = gates_back(learner, rng, GATES[:1])[0]
    for k, gradient in enumerate(mine):

        def loss(value, k=k):
            return (dgate * reference.deep_gate(*arguments[:k], value, *arguments[k + 1 :])[0]).sum()

        way = rng.normal(size=arguments[k].shape)
        expect_close((gradient * way).sum(), directional_derivative(loss, arguments[k], way), **GRADIENT)


OUTER, INNER = "layer_backward(dgate, gate, hidden, W2)", "layer_backward(dhidden, hidden, concat, W1)"
NO_OUTER_SLOPE = "layer_backward(dgate / (gate * (1.0 - gate)), gate, hidden, W2)"
NO_INNER_SLOPE = "layer_backward(dhidden / (hidden * (1.0 - hidden)), hidden, concat, W1)"
SECOND_LINE = "\n    dconcat, dW1, db1 = "
GRADIENTS = "return dconcat, dW1, db1, dW2, db2"
misconceptions_by_edit(
    "deep_gate_backward",
    (
        "forgets_the_outer_slope",
        OUTER,
        NO_OUTER_SLOPE,
        "The slope of the outer sigmoid is missing, so all five gradients are several times too long.",
        "measured facts, section 1: the slope of the outer sigmoid forgotten",
    ),
    (
        "forgets_the_inner_slope",
        INNER,
        NO_INNER_SLOPE,
        "The slope of the inner sigmoid is missing: dW2 and db2 are right, the other three are several times too long.",
        "measured facts, section 1: the slope of the inner sigmoid forgotten, dW1 4.3 times too long",
    ),
    (
        "forgets_both_slopes",
        OUTER + SECOND_LINE + INNER,
        NO_OUTER_SLOPE + SECOND_LINE + NO_INNER_SLOPE,
        "Both slopes are missing: your backward pass treats the gate as two linear layers.",
        "measured facts, section 6: a net without its slopes",
    ),
    (
        "inner_slope_from_the_gate",
        INNER,
        "layer_backward(dhidden / (hidden * (1.0 - hidden)) * (gate * (1.0 - gate)), hidden, concat, W1)",
        "You made the inner slope from `gate`. Chunk 2 put out `hidden`, so its slope is hidden (1 − hidden).",
        "exercise 8's mistake E; a raw ValueError as soon as the two layers differ in size",
    ),
    (
        "goes_back_without_the_transpose",
        OUTER,
        "layer_backward(dgate, gate, hidden, W2.T)",
        "W2 goes back without being transposed. With as many hidden units as gate units no shape complains, and the direction is lost.",
        "exercise 8's mistake C; square W2: a forgotten transpose raises no error",
    ),
    (
        "slope_of_tanh_inside",
        INNER,
        "layer_backward(dhidden * (1.0 + hidden) / hidden, hidden, concat, W1)",
        "The inner layer has the slope of tanh. It is a sigmoid.",
        "measured facts, section 8: the slopes of tanh and sigmoid mixed up",
    ),
    (
        "slope_of_tanh_outside",
        OUTER,
        "layer_backward(dgate * (1.0 + gate) / gate, gate, hidden, W2)",
        "The outer layer has the slope of tanh. It is a sigmoid.",
        "measured facts, section 8: the slopes of tanh and sigmoid mixed up",
    ),
    (
        "mean_over_the_batch",
        GRADIENTS,
        "m = dgate.shape[1]\n    return dconcat, dW1 / m, db1 / m, dW2 / m, db2 / m",
        "Your weights' gradients are m times too short. dgate is the gradient of the loss already; the columns are summed.",
        "measured facts, section 4: mean over the batch in place of the sum",
    ),
    (
        "layers_in_the_other_order",
        GRADIENTS,
        "return dconcat, dW2, db2, dW1, db1",
        "The two layers are swapped in what you return: dW1 and db1 come first.",
        "common slip: returned in the order of computing",
    ),
    (
        "forgets_the_input",
        GRADIENTS,
        "return 0.0 * dconcat, dW1, db1, dW2, db2",
        "dconcat is zero. The gate's input is where the gradient leaves for the step before.",
        "common slip: only the weights get gradients",
    ),
)


# --- gate_sensitivity -----------------------------------------------------------------------------------------------


def some_gates(rng, T=6, n=4, m=5):
    """Gates whose units sit at very different levels and move a little."""
    level = rng.permutation(np.linspace(0.2, 0.8, n)).reshape(1, n, 1)
    width = np.linspace(0.01, 0.08, n).reshape(1, n, 1)
    over_time, over_batch = rng.uniform(-1, 1, (T, n, 1)), rng.uniform(-1, 1, (1, n, m))
    return level + width * (over_time + 0.7 * over_batch + 0.4 * rng.uniform(-1, 1, (T, n, m))) / 2.1


SERIES = ((6, 4, 5), (3, 2, 7), (9, 5, 2))


@exercise("gate_sensitivity", weight=0)
def test_sensitivity_is_one_number(learner, rng):
    """`gate_sensitivity` must return one number."""
    expect_array(learner.gate_sensitivity(some_gates(rng)), (), "the sensitivity")


@exercise("gate_sensitivity", weight=3)
def test_sensitivity_values(learner, reference, rng):
    """For each unit, the standard deviation over time and batch together; then the mean over the units."""
    for sizes in SERIES:
        gates = some_gates(rng, *sizes)
        expect_close(learner.gate_sensitivity(gates), reference.gate_sensitivity(gates))


@exercise("gate_sensitivity")
def test_sensitivity_of_the_edges(learner, reference, rng):
    """It must also be right with one unit, one step or one sequence, and for gates that move from 0 to 1."""
    for sizes in ((5, 1, 4), (1, 3, 6), (6, 3, 1)):
        gates = rng.uniform(0, 1, sizes)
        expect_close(learner.gate_sensitivity(gates), reference.gate_sensitivity(gates))


@exercise("gate_sensitivity", weight=0.4)
def test_sensitivity_of_constant_units(learner, rng):
    """Units at different levels that never move have a sensitivity of 0, however far apart they are; moving ones do not."""
    still = np.tile(rng.permutation(np.linspace(0.1, 0.9, 4)).reshape(1, 4, 1), (6, 1, 5))
    expect(abs(float(learner.gate_sensitivity(still))) < 1e-12)
    expect(float(learner.gate_sensitivity(some_gates(rng))) > 1e-4)


for name, body, message, source in [
    (
        "spread_of_everything",
        "gates.std()",
        "You took the spread of all entries at once. That includes the differences between units, which say nothing about the input.",
        "measured facts, section 1: range and dependence mixed up",
    ),
    (
        "spread_between_units",
        "gates.mean(axis=(0, 2)).std()",
        "You measured how far apart the units are. Measure how much each unit moves: over time and batch.",
        "measured facts, section 1: the 0.07 between units",
    ),
    (
        "over_time_only",
        "gates.std(axis=0).mean()",
        "You took the spread over time only. A unit that answers to the sequence as a whole would seem not to move: use time and batch together.",
        "axis mistakes",
    ),
    (
        "over_batch_only",
        "gates.std(axis=2).mean()",
        "You took the spread over the batch only. Use time and batch together.",
        "axis mistakes",
    ),
    (
        "over_units",
        "gates.std(axis=1).mean()",
        "You took the spread over the units, axis 1. The units are what stays apart: spread over axes 0 and 2.",
        "axis mistakes",
    ),
    (
        "variance",
        "gates.var(axis=(0, 2)).mean()",
        "You averaged variances. The sensitivity is a mean of standard deviations.",
        "common slip: the square root forgotten",
    ),
    (
        "root_of_the_mean_variance",
        "np.sqrt(gates.var(axis=(0, 2)).mean())",
        "You took the root of the mean variance. Take each unit's standard deviation first, then the mean.",
        "common slip: mean and root exchanged",
    ),
    (
        "sample_deviation",
        "gates.std(axis=(0, 2), ddof=1).mean()",
        "You divided by one less than the number of values. Here the population's standard deviation is asked for, NumPy's default.",
        "pandas and statistics courses: ddof=1",
    ),
    (
        "width_of_the_range",
        "(gates.max(axis=(0, 2)) - gates.min(axis=(0, 2))).mean()",
        "You took the widest range of each unit. Two extreme values decide that; take the standard deviation.",
        "common slip: range for spread",
    ),
]:
    misconception_by_edit(
        "gate_sensitivity",
        name,
        old="sensitivity = gates.std(axis=(0, 2)).mean()",
        new=f"sensitivity = {body}",
        message=message,
        source=source,
    )


# --- cell_gradient_ratio --------------------------------------------------------------------------------------------


@exercise("cell_gradient_ratio", weight=0)
def test_ratio_is_one_number(learner, rng):
    """`cell_gradient_ratio` must return one number."""
    expect_array(learner.cell_gradient_ratio(rng.uniform(0.2, 0.9, (4, 3, 2))), (), "the ratio")


@exercise("cell_gradient_ratio", weight=3)
def test_ratio_values(learner, reference, rng):
    """For each unit and sequence, the product of its gate over all steps; then the mean of these products."""
    for sizes in ((4, 3, 2), (6, 2, 5), (3, 5, 4)):
        gates = rng.uniform(0.2, 0.95, sizes)
        expect_close(learner.cell_gradient_ratio(gates), reference.cell_gradient_ratio(gates), atol=1e-12)


@exercise("cell_gradient_ratio")
def test_ratio_over_many_steps(learner, reference, rng):
    """Over a hundred steps the ratio is tiny, and must be right all the same: every factor counts once."""
    gates = rng.uniform(0.3, 0.9, (100, 3, 2))
    gates[:, 1] = rng.uniform(0.6, 0.9, (100, 2))
    expect_close(learner.cell_gradient_ratio(gates), reference.cell_gradient_ratio(gates), atol=0)


@exercise("cell_gradient_ratio")
def test_ratio_of_the_edges(learner, reference, rng):
    """One step; one unit and one sequence; gates that are exactly 0 or 1."""
    open_and_shut = rng.uniform(0.2, 0.9, (5, 4, 3))
    open_and_shut[2, 1], open_and_shut[:, 2] = 0.0, 1.0
    for gates in (rng.uniform(0.2, 0.9, (1, 3, 2)), rng.uniform(0.2, 0.9, (7, 1, 1)), open_and_shut):
        expect_close(learner.cell_gradient_ratio(gates), reference.cell_gradient_ratio(gates), atol=1e-12)


for name, body, message, source in [
    (
        "power_of_the_mean",
        "forget_gates.mean() ** len(forget_gates)",
        "You raised the mean gate to the power T. Multiply each unit's own gates; the mean comes last. Units that keep more count far more.",
        "0.5^T and 0.731^T taken for the whole story",
    ),
    (
        "product_of_the_means",
        "np.prod(forget_gates.mean(axis=(1, 2)))",
        "You averaged at each step and multiplied the averages. Multiply first, unit by unit, and average the products.",
        "common slip: mean and product exchanged",
    ),
    (
        "sum_over_time",
        "forget_gates.sum(axis=0).mean()",
        "You added the gates up. Each step multiplies what comes through: it is a product.",
        "common slip: sum for product",
    ),
    (
        "mean_over_time",
        "forget_gates.mean()",
        "You took the mean of all gates. What survives T steps is their product over time.",
        "a gate of 0.7 read as 70 % left",
    ),
    (
        "product_over_units",
        "np.prod(forget_gates, axis=1).mean()",
        "You multiplied over the units, axis 1. Time is axis 0.",
        "axis mistakes",
    ),
    (
        "product_over_the_batch",
        "np.prod(forget_gates, axis=2).mean()",
        "You multiplied over the sequences, axis 2. Time is axis 0.",
        "axis mistakes",
    ),
    (
        "sum_of_the_products",
        "np.prod(forget_gates, axis=0).sum()",
        "You added the products up. The ratio is their mean over units and sequences.",
        "common slip: sum for mean",
    ),
    (
        "geometric_mean",
        "np.exp(np.log(np.maximum(forget_gates, 1e-300)).sum(axis=0).mean())",
        "You averaged the logarithms of the products. That is their geometric mean; the plain mean is asked for.",
        "log-sum read as log-mean",
    ),
    (
        "forgets_one_step",
        "np.prod(forget_gates[1:], axis=0).mean()",
        "One step is missing from your product: all T gates lie between the gradient in c_0 and the one in c_T.",
        "common slip: T − 1 in place of T",
    ),
]:
    misconception_by_edit(
        "cell_gradient_ratio",
        name,
        old="ratio = np.prod(forget_gates, axis=0).mean()",
        new=f"ratio = {body}",
        message=message,
        source=source,
    )


# --- order_the_cells ------------------------------------------------------------------------------------------------


@exercise("order_the_cells", weight=0)
def test_order_form(learner):
    """`order_the_cells` must return a tuple of the five letters A to E, each once."""
    order = learner.order_the_cells()
    expect(isinstance(order, tuple) and all(type(letter) is str for letter in order))
    expect(sorted(order) == ["A", "B", "C", "D", "E"])


@exercise("order_the_cells")
def test_order_of_the_bias_in_the_first_layer(learner, reference):
    """Cell E is in the wrong place among the others. Follow its bias of 1 through the first sigmoid, and on through W2."""
    mine, right = learner.order_the_cells(), reference.order_the_cells()
    for letter in "ABCD":
        expect((mine.index("E") < mine.index(letter)) == (right.index("E") < right.index(letter)))


@exercise("order_the_cells")
def test_order_of_the_cells(learner, reference):
    """The order did not come true. Compare it with the figure below: where does each curve end on the left?"""
    expect(learner.order_the_cells() == reference.order_the_cells())


for name, value, message, source in [
    (
        "bias_works_from_inside",
        '("A", "C", "B", "D", "E")',
        "You expected the bias to work from the first layer as well. There it moves a value between 0 and 1, and W2, whose entries have both signs, mixes it away.",
        "measured facts, section 1: the forget bias on layer 1",
    ),
    (
        "bias_inside_almost_as_good",
        '("A", "C", "B", "E", "D")',
        "You placed E above B. A bias inside moves the gate by a few hundredths of its range and not to 0.73.",
        "measured facts, section 1: the forget bias on layer 1",
    ),
    (
        "bias_inside_as_in_one_layer",
        '("A", "C", "E", "D", "B")',
        "E is in its place, and B and D are swapped. The mean is made by the units that keep most, and with two layers the units lie further apart.",
        "measured facts, section 1: a factor of ten for the extra layer, under another start",
    ),
    (
        "layers_decide",
        '("C", "E", "D", "A", "B")',
        "You sorted by the number of layers. The bias of the last layer decides; the layers come second.",
        "the asker's doubt: does the extra layer stop the flow?",
    ),
    (
        "two_layers_lose_at_each_bias",
        '("C", "E", "A", "D", "B")',
        "You expected two layers to lose at each bias. The slopes of the gate are not on the cell's road: only the gate's value is. And with two layers the values differ more from unit to unit.",
        "the slope of sigmoid of sigmoid taken for the gate's value",
    ),
    (
        "two_layers_lose_at_bias_zero",
        '("C", "E", "A", "B", "D")',
        "B and D are right, and the three with a small ratio are not: A is the lowest. With one layer all units stay near one half, so none keeps more than the others.",
        "measured facts, section 1, under another start",
    ),
    (
        "bias_inside_does_harm",
        '("A", "E", "C", "B", "D")',
        "C and E are swapped. The bias inside does a little good: larger hidden values spread the units further, and those that keep most make the mean.",
        "a bias that is mixed away, taken for one that does harm",
    ),
]:
    misconception_by_edit(
        "order_the_cells",
        name,
        old='order = ("A", "C", "E", "B", "D")',
        new=f"order = {value}",
        message=message,
        source=source,
    )


# --- name_the_bugs --------------------------------------------------------------------------------------------------


@exercise("name_the_bugs", weight=0)
def test_name_the_bugs_form(learner):
    """`name_the_bugs` must return a tuple of four different letters out of A to G."""
    bugs = learner.name_the_bugs()
    expect_parts(bugs, 4, kinds=tuple)
    expect(all(type(letter) is str and letter in tuple("ABCDEFG") for letter in bugs))
    expect(len(set(bugs)) == 4)


declare_answer_checks(
    globals(),
    "name_the_bugs",
    test_suspect_p="Suspect P: which of its gradients are too long, and by how much?",
    test_suspect_q="Suspect Q: which of its gradients point in the right direction, and which do not?",
    test_suspect_r="Suspect R: which of its gradients point in the right direction, and which do not?",
    test_suspect_s="Suspect S: which of its gradients are too long, and by how much?",
)


for name, value, message, source in [
    (
        "swaps_the_slopes",
        '("A", "D", "C", "B")',
        "P and S are swapped. A slope that is missing in the outer layer makes all five too long; one missing inside cannot touch dW2 and db2.",
        "measured facts, section 1: both slopes, 4.3 and 4.1 times",
    ),
    (
        "takes_one_missing_slope_for_two",
        '("B", "D", "C", "F")',
        "For S the lengths are near 4, once. With both slopes missing the first layer's would be near 16.",
        "measured facts, section 1",
    ),
    (
        "takes_a_missing_slope_for_both",
        '("F", "D", "C", "A")',
        "For P dW2 and db2 are right, so the outer slope is there.",
        "measured facts, section 1",
    ),
    (
        "takes_a_lost_transpose_for_a_wrong_slope",
        '("B", "D", "E", "A")',
        "For R the direction is lost. A slope taken from the wrong array is still near ¼ everywhere, and hardly turns the gradient.",
        "square W2: a forgotten transpose raises no error",
    ),
    (
        "takes_a_mean_for_a_wrong_slope",
        '("B", "E", "C", "A")',
        "For Q every direction is exactly right and dconcat is right altogether: only a constant factor is missing.",
        "measured facts, section 4: mean over the batch",
    ),
    (
        "takes_a_mean_for_one_bias",
        '("B", "G", "C", "A")',
        "For Q all four gradients of weights are too short, not only that of one bias.",
        "measured facts, section 4: mean over the batch",
    ),
    (
        "swaps_mean_and_transpose",
        '("B", "C", "D", "A")',
        "Q and R are swapped. A mean in place of a sum changes lengths only; a forgotten transpose changes directions.",
        "common confusion of length and direction",
    ),
]:
    misconception_by_edit(
        "name_the_bugs",
        name,
        old='bugs = ("B", "D", "C", "A")',
        new=f"bugs = {value}",
        message=message,
        source=source,
    )
