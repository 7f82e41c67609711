"""Hidden checks of 23_lstm_bptt."""

import numpy as np

from autograder.checking import (
    declare_answer_checks,
    directional_derivative,
    exercise,
    expect,
    expect_array,
    expect_close,
    expect_parts,
    misconception,
    misconception_by_edit,
    misconceptions_by_edit,
)

NEEDS = {
    "lstm_step_forward": ["gates_forward"],
    "lstm_step_backward": ["lstm_step_forward", "state_backward", "gates_backward"],
    "lstm_forward": ["lstm_step_forward"],
    "lstm_backward": ["lstm_forward", "lstm_step_backward"],
}
OPAQUE = {"lstm_step_forward": [2], "lstm_forward": [1]}
CHANGES_ARGUMENTS = set()

GRADIENT = {"rtol": 1e-5, "atol": 1e-8}
STEPS = ((3, 4, 2), (1, 1, 1), (2, 3, 5))  # N, D, H
SEQUENCES = ((3, 5, 4, 2), (2, 7, 1, 3))  # N, T, D, H
SMALL_SEQUENCES = ((2, 1, 4, 3), (1, 6, 2, 4), (1, 1, 1, 1))


def step_arguments(rng, N=3, D=4, H=2):
    """x, prev_h, prev_c, Wx, Wh, b of one step; nothing is zero and no two sizes agree."""
    shapes = [(N, D), (N, H), (N, H), (D, 4 * H), (H, 4 * H), (4 * H,)]
    return [rng.normal(size=shape) for shape in shapes]


def sequence_arguments(rng, N=3, T=5, D=4, H=2):
    """x, h0, Wx, Wh, b of a whole sequence."""
    return [rng.normal(size=shape) for shape in [(N, T, D), (N, H), (D, 4 * H), (H, 4 * H), (4 * H,)]]


# --- gates_forward --------------------------------------------------------------------------------------------------


def gate_arguments(rng, N=3, D=4, H=2):
    x, prev_h, _, Wx, Wh, b = step_arguments(rng, N, D, H)
    return x, prev_h, Wx, Wh, b


@exercise("gates_forward", weight=0)
def test_gates_stand_side_by_side(learner, rng):
    """`gates_forward` must return one array with a row per sequence and 4H columns."""
    expect_array(learner.gates_forward(*gate_arguments(rng)), (3, 8), "gates")


@exercise("gates_forward", weight=3)
def test_gates_values(learner, reference, rng):
    """Blocks i, f, o are sigmoids and block g is a tanh of x Wx + prev_h Wh + b (23.1, 23.2)."""
    cases = [gate_arguments(rng, *sizes) for sizes in ((3, 4, 2), (5, 1, 3), (1, 2, 1), (2, 3, 5))]
    for mine, arguments in zip(learner.map("gates_forward", cases), cases, strict=True):
        expect_close(mine, reference.gates_forward(*arguments))


@exercise("gates_forward")
def test_gates_of_large_scores(learner, reference, rng):
    """A gate must be exactly open or shut at scores in the thousands, never nan: which form of the sigmoid cannot overflow?"""
    x, prev_h, Wx, Wh, b = gate_arguments(rng)
    b = 3000.0 * rng.permutation([1, 1, 1, 1, -1, -1, -1, -1])
    expect_close(learner.gates_forward(x, prev_h, Wx, Wh, b), reference.gates_forward(x, prev_h, Wx, Wh, b))


@exercise("gates_forward")
def test_gates_term_by_term(learner, reference, rng):
    """Each of the three terms of the score must count by itself: the input, the fed-back output, the bias."""
    x, prev_h, Wx, Wh, b = gate_arguments(rng)
    cases = [(on[0] * x, on[1] * prev_h, Wx, Wh, on[2] * b) for on in np.eye(3)]
    for mine, arguments in zip(learner.map("gates_forward", cases), cases, strict=True):
        expect_close(mine, reference.gates_forward(*arguments))


misconception_by_edit(
    "gates_forward",
    "order_i_f_g_o",
    old="gates[:, 3 * H :] = np.tanh(a[:, 3 * H :])",
    new="gates[:, 2 * H : 3 * H] = np.tanh(a[:, 2 * H : 3 * H])",
    message="You took the blocks in the order i, f, g, o, as some libraries do. Here it is i, f, o, g: the tanh belongs to the last block.",
    source="measured facts, section 8: the order i f g o; the layout of Keras and PyTorch",
)
misconception_by_edit(
    "gates_forward",
    "tanh_on_the_first_block",
    old="gates[:, 3 * H :] = np.tanh(a[:, 3 * H :])",
    new="gates[:, :H] = np.tanh(a[:, :H])",
    message="The tanh sits on the first block. The order of the columns is i, f, o, g: the candidate g comes last.",
    source="layouts that begin with the candidate, in published LSTMs",
)
misconception_by_edit(
    "gates_forward",
    "sigmoid_for_the_candidate",
    old="gates[:, 3 * H :] = np.tanh(a[:, 3 * H :])",
    new="pass",
    message="All four blocks went through the sigmoid. The candidate g is a tanh: it must be able to lower the cell, too.",
    source="common slip: one squashing function for all four blocks",
)
misconception_by_edit(
    "gates_forward",
    "tanh_for_all",
    old="gates = 0.5 * (1.0 + np.tanh(0.5 * a))",
    new="gates = np.tanh(a)",
    message="All four blocks went through tanh. A gate says how much passes, from 0 to 1: i, f and o need the sigmoid.",
    source="measured facts, section 1: tanh used for a gate, so that the cell's sign flips",
)
misconception_by_edit(
    "gates_forward",
    "leaves_g_unsquashed",
    old="gates[:, 3 * H :] = np.tanh(a[:, 3 * H :])",
    new="gates[:, 3 * H :] = a[:, 3 * H :]",
    message="You left block g as a score. The candidate is the tanh of its score.",
    source="common slip: the fourth block forgotten",
)
misconception_by_edit(
    "gates_forward",
    "forgets_to_halve",
    old="np.tanh(0.5 * a)",
    new="np.tanh(a)",
    message="The sigmoid is ½(1 + tanh(a/2)). Without the half inside, you computed the sigmoid of 2a.",
    source="common slip with this form of the sigmoid",
)
misconception_by_edit(
    "gates_forward",
    "forgets_the_bias",
    old=" + b  #",
    new="  #",
    message="The bias b is missing from the scores.",
    source="common slip; a zero start for b hides it",
)
misconception_by_edit(
    "gates_forward",
    "forgets_the_fed_back_output",
    old=" + prev_h @ Wh",
    new="",
    message="The term prev_h @ Wh is missing: your gates cannot see what the cell showed at the step before.",
    source="common slip; the network is no longer recurrent in h",
)


@misconception(
    "gates_forward",
    "exp(a) / (1 + exp(a)) becomes inf / inf at large scores, which is nan. Write the sigmoid with tanh.",
    source="the textbook form of the sigmoid, in many published LSTMs",
)
def divides_inf_by_inf(x, prev_h, Wx, Wh, b):
    H = prev_h.shape[1]
    a = x @ Wx + prev_h @ Wh + b
    return np.hstack([np.exp(a[:, : 3 * H]) / (1 + np.exp(a[:, : 3 * H])), np.tanh(a[:, 3 * H :])])


# --- lstm_step_forward ----------------------------------------------------------------------------------------------


def steps_forward(learner, cases):
    """next_h and next_c, as arrays, of the learner's step on each case."""
    found = []
    for result, arguments in zip(learner.map("lstm_step_forward", cases), cases, strict=True):
        next_h, next_c, _ = expect_parts(
            result, 3, "Return three things: next_h, next_c, cache, in this order.", kinds=tuple
        )
        shape = arguments[2].shape
        found.append((expect_array(next_h, shape, "next_h"), expect_array(next_c, shape, "next_c")))
    return found


@exercise("lstm_step_forward", weight=0)
def test_step_forward_returns_output_cell_and_cache(learner, rng):
    """`lstm_step_forward` must return next_h and next_c with the shape of prev_c, and a cache."""
    steps_forward(learner, [step_arguments(rng)])


@exercise("lstm_step_forward", weight=2)
def test_step_forward_cell(learner, reference, rng):
    """next_c must be what is kept of the old cell plus what comes in of the candidate (23.3)."""
    cases = [step_arguments(rng, *sizes) for sizes in STEPS]
    for mine, arguments in zip(steps_forward(learner, cases), cases, strict=True):
        expect_close(mine[1], reference.lstm_step_forward(*arguments)[1])


@exercise("lstm_step_forward", weight=2)
def test_step_forward_output(learner, reference, rng):
    """next_h must be the part of tanh(next_c) that the output gate shows (23.4)."""
    cases = [step_arguments(rng, *sizes) for sizes in STEPS]
    for mine, arguments in zip(steps_forward(learner, cases), cases, strict=True):
        expect_close(mine[0], reference.lstm_step_forward(*arguments)[0])


@exercise("lstm_step_forward")
def test_step_forward_with_large_cells_and_shut_gates(learner, reference, rng):
    """A step must also be right where the old cell is large and where gates are fully open or shut."""
    x, prev_h, prev_c, Wx, Wh, b = step_arguments(rng)
    shut = 60.0 * rng.choice([-1.0, 1.0], size=b.size)
    pairs = ((b, 50 * prev_c), (shut, prev_c), (shut, 50 * prev_c))
    cases = [[x, prev_h, cell, Wx, Wh, bias] for bias, cell in pairs]
    for mine, arguments in zip(steps_forward(learner, cases), cases, strict=True):
        expect_close(mine, reference.lstm_step_forward(*arguments)[:2])


misconceptions_by_edit(
    "lstm_step_forward",
    (
        "order_of_blocks_i_f_g_o",
        "i, f, o, g = [",
        "i, f, g, o = [",
        "You took the blocks in the order i, f, g, o. Here it is i, f, o, g.",
        "measured facts, section 8: the order i f g o",
    ),
    (
        "forgets_the_candidate",
        "+ i * g",
        "+ i",
        "The input gate was added by itself. It says how much of the candidate comes in: i times g.",
        "common slip: the gate taken for the content",
    ),
    (
        "forgets_the_input_gate",
        "+ i * g",
        "+ g",
        "The whole candidate comes in. The input gate i decides how much of it: i times g.",
        "the state equation of LSTMs without an input gate (Greff et al.)",
    ),
    (
        "swaps_input_and_forget_gate",
        "f * prev_c + i * g",
        "i * prev_c + f * g",
        "The gates i and f are swapped: f keeps the old cell, i lets the candidate in.",
        "common slip; training hides it, since both blocks are learned",
    ),
    (
        "couples_the_gates",
        "+ i * g",
        "+ (1.0 - f) * g",
        "You let in 1 − f of the candidate, as a gated recurrent unit does. An LSTM has an input gate i of its own.",
        "Greff et al.: the coupled input and forget gate",
    ),
    (
        "forgets_the_old_cell",
        "f * prev_c + i * g",
        "i * g",
        "The old cell is lost at every step. What f lets through of prev_c must be added.",
        "common slip; the cell then has no memory",
    ),
    (
        "keeps_everything",
        "f * prev_c + i * g",
        "prev_c + i * g",
        "The old cell is kept whole. The forget gate f decides how much of it stays: f times prev_c.",
        "the LSTM of 1997, before the forget gate",
    ),
    (
        "shows_the_cell_without_tanh",
        "next_h = o * np.tanh(next_c)",
        "next_h = o * next_c",
        "next_h is o times tanh(next_c). Without the tanh the output can leave the range from −1 to 1.",
        "Greff et al.: the variant without output activation",
    ),
    (
        "squashes_after_the_gate",
        "next_h = o * np.tanh(next_c)",
        "next_h = np.tanh(o * next_c)",
        "The tanh comes before the output gate, not after it: o times tanh(next_c).",
        "common slip: parentheses",
    ),
    (
        "shows_the_old_cell",
        "np.tanh(next_c)",
        "np.tanh(prev_c)",
        "The output shows the old cell. It must be made from the new one, next_c.",
        "common slip: c of the step before",
    ),
    (
        "forgets_the_output_gate",
        "next_h = o * np.tanh(next_c)",
        "next_h = np.tanh(next_c)",
        "The output gate is missing: next_h is o times tanh(next_c).",
        "Greff et al.: the variant without output gate",
    ),
)


# --- state_backward -------------------------------------------------------------------------------------------------


def state_arguments(rng, N=3, H=2):
    """dnext_h, dnext_c, gates, prev_c and the next_c that belongs to them."""
    gates = np.hstack([rng.uniform(0.05, 0.95, (N, 3 * H)), rng.uniform(-0.95, 0.95, (N, H))])
    dnext_h, dnext_c, prev_c = 1.5 * rng.normal(size=(3, N, H))
    i, f, _, g = np.split(gates, 4, axis=1)
    return [dnext_h, dnext_c, gates, prev_c, f * prev_c + i * g]


def states_back(learner, cases):
    """The learner's dgates and dprev_c, as arrays, on each case."""
    found = []
    for result, (_, _, gates, prev_c, _) in zip(learner.map("state_backward", cases), cases, strict=True):
        dgates, dprev_c = expect_parts(
            result, 2, "Return two arrays: dgates, dprev_c, in this order.", kinds=tuple
        )
        found.append(
            (expect_array(dgates, gates.shape, "dgates"), expect_array(dprev_c, prev_c.shape, "dprev_c"))
        )
    return found


@exercise("state_backward", weight=0)
def test_state_backward_shapes(learner, rng):
    """`state_backward` must return dgates with the shape of gates, and dprev_c with the shape of prev_c."""
    states_back(learner, [state_arguments(rng)])


@exercise("state_backward")
def test_state_backward_output_gate(learner, reference, rng):
    """Block `do` of dgates: gate o multiplied tanh(next_c)."""
    cases = [state_arguments(rng, N, H) for N, _, H in STEPS]
    for (mine, _), arguments in zip(states_back(learner, cases), cases, strict=True):
        true = reference.state_backward(*arguments)[0]
        expect_close(np.split(mine, 4, axis=1)[2], np.split(true, 4, axis=1)[2], **GRADIENT)


@exercise("state_backward", weight=2)
def test_state_backward_old_cell(learner, reference, rng):
    """dprev_c: what reaches the cell is the sum of two roads (23.5), and the forget gate hands it on."""
    cases = [state_arguments(rng, N, H) for N, _, H in STEPS]
    for (_, mine), arguments in zip(states_back(learner, cases), cases, strict=True):
        expect_close(mine, reference.state_backward(*arguments)[1], **GRADIENT)


@exercise("state_backward", weight=2)
def test_state_backward_other_gates(learner, reference, rng):
    """Blocks di, df and dg of dgates: each factor is handed its partner, and f's partner is the old cell."""
    cases = [state_arguments(rng, N, H) for N, _, H in STEPS]
    for (mine, _), arguments in zip(states_back(learner, cases), cases, strict=True):
        mine, true = np.split(mine, 4, axis=1), np.split(reference.state_backward(*arguments)[0], 4, axis=1)
        for block in (0, 1, 3):
            expect_close(mine[block], true[block], message=f"Look at d{'ifog'[block]}.", **GRADIENT)


@exercise("state_backward")
def test_state_backward_road_by_road(learner, reference, rng):
    """With only dnext_c, or only dnext_h, the gradients must be right as well: that separates the two roads."""
    dnext_h, dnext_c, *rest = state_arguments(rng)
    cases = [[0 * dnext_h, dnext_c, *rest], [dnext_h, 0 * dnext_c, *rest]]
    for mine, arguments in zip(states_back(learner, cases), cases, strict=True):
        expect_close(mine, reference.state_backward(*arguments), **GRADIENT)


@exercise("state_backward")
def test_state_backward_is_the_slope_of_the_forward_pass(learner, rng):
    """The gradients must be the slopes of chunks 3 and 4 (compared with finite differences)."""
    dnext_h, dnext_c, gates, prev_c, next_c = arguments = state_arguments(rng)
    dgates, dprev_c = states_back(learner, [arguments])[0]

    def loss(gates, prev_c):
        i, f, o, g = np.split(gates, 4, axis=1)
        c = f * prev_c + i * g
        return (dnext_h * o * np.tanh(c)).sum() + (dnext_c * c).sum()

    for way in rng.normal(size=(2, *gates.shape)):
        expect_close(
            (dgates * way).sum(), directional_derivative(lambda v: loss(v, prev_c), gates, way), **GRADIENT
        )
    for way in rng.normal(size=(2, *prev_c.shape)):
        expect_close(
            (dprev_c * way).sum(), directional_derivative(lambda v: loss(gates, v), prev_c, way), **GRADIENT
        )


misconceptions_by_edit(
    "state_backward",
    (
        "drops_the_carried_cell_gradient",
        "dc = dnext_c + dnext_h",
        "dc = dnext_h",
        "dnext_c is lost: what comes from the step after must be added to what comes through next_h (23.5).",
        "measured facts, sections 7 and 8: dc not accumulated; it still passes the toy",
    ),
    (
        "drops_the_road_through_h",
        "dc = dnext_c + dnext_h * o * (1.0 - tanh_c**2)",
        "dc = dnext_c",
        "Only what comes from the step after reaches your cell. The road through next_h (23.5) is missing.",
        "common slip: one end of a fork forgotten",
    ),
    (
        "forgets_the_forget_gate",
        "dprev_c = dc * f",
        "dprev_c = dc",
        "dprev_c skips the forget gate. In (23.3) prev_c is multiplied by f, so its gradient is, too.",
        "measured facts, section 8: no f on the carried dc, gradient error .50, and it still solves the addition problem",
    ),
    (
        "carries_only_one_road",
        "dprev_c = dc * f",
        "dprev_c = dnext_c * f",
        "You carried dnext_c on. What goes back is dc, the sum of both roads, times f.",
        "a known published error: the gradient of h is not carried into the cell (CaptainE/RNN-LSTM-in-numpy, issue 1)",
    ),
    (
        "new_cell_for_the_old_one",
        "df = dc * prev_c",
        "df = dc * next_c",
        "df is made with the new cell. The forget gate multiplied the cell before the step, prev_c.",
        "measured facts, sections 7 and 8: c_t for c_(t-1), gradient error .0034, and it still trains",
    ),
    (
        "forgets_the_slope_of_tanh",
        " * (1.0 - tanh_c**2)",
        "",
        "The slope of tanh is missing on the road through next_h: 1 − tanh(next_c)².",
        "measured facts, section 8: 1 − tanh² missing, gradient error .037, and it still trains",
    ),
    (
        "slope_at_the_wrong_argument",
        "(1.0 - tanh_c**2)",
        "(1.0 - next_c**2)",
        "The slope of tanh is 1 − tanh(next_c)². You squared next_c itself.",
        "measured facts, section 7: tanh' of the wrong argument",
    ),
    (
        "forgets_the_square",
        "tanh_c**2",
        "tanh_c",
        "The slope of tanh is 1 − tanh², with a square.",
        "common slip",
    ),
    (
        "slope_of_a_sigmoid_for_the_cell",
        "(1.0 - tanh_c**2)",
        "tanh_c * (1.0 - tanh_c)",
        "t(1 − t) is the slope of a sigmoid. The cell is shown through a tanh, whose slope is 1 − t².",
        "measured facts, section 8: tanh slope as sigmoid slope, which gets stuck",
    ),
    (
        "forgets_the_output_gate_on_the_way_back",
        "dnext_h * o * (",
        "dnext_h * (",
        "On the road through next_h the output gate o is missing: next_h is o times tanh(next_c).",
        "common slip: one factor of a product forgotten",
    ),
    (
        "output_gate_times_the_bare_cell",
        "do = dnext_h * tanh_c",
        "do = dnext_h * next_c",
        "do is made with next_c. The output gate multiplied tanh(next_c).",
        "common slip: c for tanh(c)",
    ),
    (
        "gates_multiplied_by_themselves",
        "di = dc * g\n    df = dc * prev_c\n    dg = dc * i",
        "di = dc * i\n    df = dc * f\n    dg = dc * g",
        "Each gate was multiplied by itself. In a product each factor is handed its partner: di gets g, dg gets i, df gets prev_c.",
        "common slip with the product rule",
    ),
    (
        "forget_delta_pasted_into_i",
        "di = dc * g",
        "di = dc * prev_c",
        "di is a copy of df: it holds prev_c. The partner of the input gate is the candidate g.",
        "a known published error: the forget gate's delta pasted into i and o (hanbt/learn_dl, issue 53)",
    ),
    (
        "forget_delta_pasted_into_o",
        "do = dnext_h * tanh_c",
        "do = dnext_h * prev_c",
        "do is a copy of df: it holds prev_c. The partner of the output gate is tanh(next_c).",
        "a known published error: the forget gate's delta pasted into i and o (hanbt/learn_dl, issue 53)",
    ),
    (
        "blocks_in_another_order",
        "[di, df, do, dg]",
        "[di, df, dg, do]",
        "The blocks of dgates stand in the order i, f, g, o. It must be that of gates: i, f, o, g.",
        "measured facts, section 8: the order i f g o",
    ),
    (
        "slopes_of_the_gates_too_early",
        "np.concatenate([di, df, do, dg], axis=1)",
        "np.concatenate([di * i * (1 - i), df * f * (1 - f), do * o * (1 - o), dg * (1 - g**2)], axis=1)",
        "You went one chunk too far: dgates is the gradient in the gates' values. Their slopes are chunk 2, in gates_backward.",
        "LSTMs written in one go, in which chunks 2 and 3 share a line",
    ),
)


# --- gates_backward -------------------------------------------------------------------------------------------------


def gates_back_arguments(reference, rng, N=3, D=4, H=2):
    x, prev_h, Wx, Wh, b = gate_arguments(rng, N, D, H)
    gates = reference.gates_forward(x, prev_h, Wx, Wh, b)
    return [rng.normal(size=(N, 4 * H)), gates, x, prev_h, Wx, Wh], b


def gates_back(learner, cases):
    """The learner's dx, dprev_h, dWx, dWh, db, as arrays, on each case."""
    names, found = ["dx", "dprev_h", "dWx", "dWh", "db"], []
    for result, (_, gates, *inputs) in zip(learner.map("gates_backward", cases), cases, strict=True):
        result = expect_parts(
            result, 5, "Return five arrays: dx, dprev_h, dWx, dWh, db, in this order.", kinds=tuple
        )
        shapes = [*(array.shape for array in inputs), gates.shape[1:]]
        found.append([expect_array(*row) for row in zip(result, shapes, names, strict=True)])
    return found


def compare_gates_back(learner, reference, rng, position):
    cases = [gates_back_arguments(reference, rng, *sizes)[0] for sizes in STEPS]
    for mine, arguments in zip(gates_back(learner, cases), cases, strict=True):
        expect_close(mine[position], reference.gates_backward(*arguments)[position], **GRADIENT)


@exercise("gates_backward", weight=0)
def test_gates_backward_shapes(learner, reference, rng):
    """`gates_backward` must return five arrays, each with the shape of what it is the gradient of."""
    gates_back(learner, [gates_back_arguments(reference, rng)[0]])


@exercise("gates_backward", weight=2)
def test_gates_backward_bias(learner, reference, rng):
    """db is the sum of da over the rows. If it is wrong, look at the slopes of the gates (23.7): two kinds, in their blocks."""
    compare_gates_back(learner, reference, rng, 4)


@exercise("gates_backward")
def test_gates_backward_input(learner, reference, rng):
    """dx follows from da and Wx by the matrix rule (23.8)."""
    compare_gates_back(learner, reference, rng, 0)


@exercise("gates_backward")
def test_gates_backward_fed_back_output(learner, reference, rng):
    """dprev_h follows from da and Wh by the matrix rule (23.8); all four gates read prev_h."""
    compare_gates_back(learner, reference, rng, 1)


@exercise("gates_backward")
def test_gates_backward_input_weights(learner, reference, rng):
    """dWx follows from x and da by the matrix rule (23.8), summed over the rows."""
    compare_gates_back(learner, reference, rng, 2)


@exercise("gates_backward")
def test_gates_backward_fed_back_weights(learner, reference, rng):
    """dWh follows from prev_h and da by the matrix rule (23.8), summed over the rows."""
    compare_gates_back(learner, reference, rng, 3)


@exercise("gates_backward")
def test_gates_backward_is_the_slope_of_the_forward_pass(learner, reference, rng):
    """The five gradients must be the slopes of chunks 1 and 2 (compared with finite differences)."""
    arguments, b = gates_back_arguments(reference, rng)
    gradients = gates_back(learner, [arguments])[0]
    dgates, _, *inputs = arguments
    values = [*inputs, b]
    for k, gradient in enumerate(gradients):

        def loss(value, k=k):
            return (dgates * reference.gates_forward(*values[:k], value, *values[k + 1 :])).sum()

        way = rng.normal(size=values[k].shape)
        expect_close((gradient * way).sum(), directional_derivative(loss, values[k], way), **GRADIENT)


misconceptions_by_edit(
    "gates_backward",
    (
        "sigmoid_slope_for_all_four",
        "slopes[:, 3 * H :] = 1.0 - gates[:, 3 * H :] ** 2",
        "pass",
        "Block g got the slope of a sigmoid. It was made by tanh: 1 − g².",
        "measured facts, section 8: tanh slope as sigmoid slope, which stays stuck at the baseline",
    ),
    (
        "tanh_slope_for_all_four",
        "slopes = gates * (1.0 - gates)",
        "slopes = 1.0 - gates**2",
        "Blocks i, f, o got the slope of a tanh. They were made by the sigmoid: s(1 − s).",
        "common slip: one slope for all four blocks",
    ),
    (
        "forgets_the_slopes",
        "da = dgates * slopes",
        "da = dgates",
        "The slopes of the gates are missing: dgates must be multiplied by s(1 − s) or 1 − g² before it goes on.",
        "a known published error: no sigmoid' (CaptainE/RNN-LSTM-in-numpy, issue 1)",
    ),
    (
        "forgets_the_slope_of_the_candidate",
        "slopes[:, 3 * H :] = 1.0 - gates[:, 3 * H :] ** 2",
        "slopes[:, 3 * H :] = 1.0",
        "The slope of the candidate g is missing: 1 − g².",
        "measured facts, section 8: 1 − tanh² missing",
    ),
    (
        "squashes_the_gate_once_more",
        "slopes = gates * (1.0 - gates)",
        "slopes = 1 / (1 + np.exp(-gates)); slopes = slopes * (1.0 - slopes)",
        "You put the gate through the sigmoid once more. gates holds the values already: their slope is s(1 − s).",
        "published networks whose `sigmoid_derivative` expects the score and is given the value",
    ),
    (
        "tanh_slope_on_block_o",
        "slopes[:, 3 * H :] = 1.0 - gates[:, 3 * H :] ** 2",
        "slopes[:, 2 * H : 3 * H] = 1.0 - gates[:, 2 * H : 3 * H] ** 2",
        "The slope of tanh sits on block o. The order is i, f, o, g: it belongs to the last block.",
        "measured facts, section 8: the order i f g o",
    ),
    (
        "averages_the_bias_over_the_rows",
        "db = da.sum(axis=0)",
        "db = da.mean(axis=0)",
        "db is the sum of da over the rows. A mean, if there is one, belongs to the loss.",
        "common slip: a mean taken twice",
    ),
    (
        "averages_all_weights_over_the_rows",
        "dWx = x.T @ da\n    dWh = prev_h.T @ da\n    db = da.sum(axis=0)",
        "dWx = x.T @ da / len(x)\n    dWh = prev_h.T @ da / len(x)\n    db = da.mean(axis=0)",
        "You divided the weights' gradients by N. They are sums over the rows; a mean, if there is one, belongs to the loss.",
        "common slip: a mean taken twice",
    ),
    (
        "only_the_candidate_reads_prev_h",
        "dprev_h = da @ Wh.T",
        "dprev_h = da[:, 3 * H :] @ Wh[:, 3 * H :].T",
        "Your dprev_h comes back through the candidate only. All four gates read prev_h, so all 4H columns send something back.",
        "published LSTMs that carry back what one gate hands them",
    ),
    (
        "forgets_the_slopes_for_the_inputs",
        "dx = da @ Wx.T\n    dprev_h = da @ Wh.T",
        "dx = dgates @ Wx.T\n    dprev_h = dgates @ Wh.T",
        "dx and dprev_h were made from dgates. They follow from da, behind the slopes.",
        "common slip: the right array for the weights, the wrong one for the inputs",
    ),
)


@misconception(
    "gates_backward",
    "db has one entry per row: you summed over the columns. The bias has 4H entries, so sum over the rows (axis 0).",
    source="axis slips in learners' public repositories",
)
def sums_the_bias_over_the_columns(dgates, gates, x, prev_h, Wx, Wh):
    H = prev_h.shape[1]
    slopes = gates * (1 - gates)
    slopes[:, 3 * H :] = 1 - gates[:, 3 * H :] ** 2
    da = dgates * slopes
    return da @ Wx.T, da @ Wh.T, x.T @ da, prev_h.T @ da, da.sum(axis=1)


# --- lstm_step_backward ---------------------------------------------------------------------------------------------


def steps_back(learner, rng, all_sizes):
    """Random steps forwards with the learner's own functions, and the learner's gradients of each."""
    cases = [step_arguments(rng, *sizes) for sizes in all_sizes]
    upstream = [rng.normal(size=(2, *arguments[1].shape)) for arguments in cases]
    calls = []
    for result, (dnext_h, dnext_c) in zip(learner.map("lstm_step_forward", cases), upstream, strict=True):
        expect_parts(result, 3, "lstm_step_forward must return three things.", kinds=tuple)
        calls.append((dnext_h, dnext_c, result[2]))
    names, found = ["dx", "dprev_h", "dprev_c", "dWx", "dWh", "db"], []
    for result, arguments in zip(learner.map("lstm_step_backward", calls), cases, strict=True):
        result = expect_parts(
            result, 6, "Return six arrays: dx, dprev_h, dprev_c, dWx, dWh, db, in this order.", kinds=tuple
        )
        shapes = [argument.shape for argument in arguments]
        found.append([expect_array(*row) for row in zip(result, shapes, names, strict=True)])
    return list(zip(found, cases, upstream, strict=True))


def compare_steps_back(learner, reference, rng, positions):
    for mine, arguments, upstream in steps_back(learner, rng, STEPS):
        true = reference.lstm_step_backward(*upstream, reference.lstm_step_forward(*arguments)[2])
        for k in positions:
            expect_close(mine[k], true[k], **GRADIENT)


@exercise("lstm_step_backward", weight=0)
def test_step_backward_shapes(learner, rng):
    """`lstm_step_backward` must return six arrays, each with the shape of what it is the gradient of."""
    steps_back(learner, rng, STEPS[:1])


@exercise("lstm_step_backward", weight=2)
def test_step_backward_travellers(learner, reference, rng):
    """dprev_h and dprev_c, which travel on to the step before, must be right and in this order."""
    compare_steps_back(learner, reference, rng, [1, 2])


@exercise("lstm_step_backward", weight=2)
def test_step_backward_weights(learner, reference, rng):
    """dWx, dWh and db must be right: the weights saw x, prev_h and a 1."""
    compare_steps_back(learner, reference, rng, [3, 4, 5])


@exercise("lstm_step_backward")
def test_step_backward_input(learner, reference, rng):
    """dx must be right."""
    compare_steps_back(learner, reference, rng, [0])


@exercise("lstm_step_backward")
def test_step_backward_is_the_slope_of_the_step(learner, reference, rng):
    """The six gradients must be the slopes of a step (compared with finite differences)."""
    mine, arguments, (dnext_h, dnext_c) = steps_back(learner, rng, STEPS[:1])[0]
    for k, gradient in enumerate(mine):

        def loss(value, k=k):
            next_h, next_c, _ = reference.lstm_step_forward(*arguments[:k], value, *arguments[k + 1 :])
            return (dnext_h * next_h).sum() + (dnext_c * next_c).sum()

        way = rng.normal(size=arguments[k].shape)
        expect_close((gradient * way).sum(), directional_derivative(loss, arguments[k], way), **GRADIENT)


misconceptions_by_edit(
    "lstm_step_backward",
    (
        "swaps_h_and_c",
        "state_backward(dnext_h, dnext_c,",
        "state_backward(dnext_c, dnext_h,",
        "dnext_h and dnext_c are swapped on the way into state_backward.",
        "common slip: two arrays of one shape in the wrong order",
    ),
    (
        "swaps_old_and_new_cell",
        "gates, prev_c, next_c)\n    dx",
        "gates, next_c, prev_c)\n    dx",
        "prev_c and next_c are swapped on the way into state_backward.",
        "common slip: two arrays of one shape in the wrong order",
    ),
    (
        "new_cell_twice",
        "gates, prev_c, next_c)\n    dx",
        "gates, next_c, next_c)\n    dx",
        "The new cell stands where the old one belongs: the forget gate multiplied prev_c.",
        "measured facts, section 8: c_t for c_(t-1)",
    ),
    (
        "ignores_dnext_c",
        "state_backward(dnext_h, dnext_c,",
        "state_backward(dnext_h, 0 * dnext_c,",
        "dnext_c never gets in: what the step after sends to the cell is lost.",
        "measured facts, section 7: the carried dc dropped, and the toy is still learned",
    ),
    (
        "ignores_dnext_h",
        "state_backward(dnext_h, dnext_c,",
        "state_backward(0 * dnext_h, dnext_c,",
        "dnext_h never gets in: what reaches the output is lost.",
        "measured facts, section 7: the carried dh dropped",
    ),
    (
        "adds_dnext_c_to_dnext_h",
        "state_backward(dnext_h, dnext_c,",
        "state_backward(dnext_h + dnext_c, 0 * dnext_c,",
        "You added dnext_c to dnext_h. They reach different places: one the output, one the cell.",
        "common slip: one carried gradient for two",
    ),
    (
        "hands_dnext_c_through",
        "    return dx, dprev_h, dprev_c, dWx",
        "    return dx, dprev_h, dnext_c, dWx",
        "You handed dnext_c on unchanged. The gradient in prev_c is what state_backward returned.",
        "published LSTMs that carry dc without the step in between",
    ),
    (
        "returns_h_and_c_swapped",
        "return dx, dprev_h, dprev_c,",
        "return dx, dprev_c, dprev_h,",
        "dprev_h and dprev_c are swapped in what you return.",
        "common slip: two arrays of one shape in the wrong order",
    ),
    (
        "new_output_in_dWh",
        "gates_backward(dgates, gates, x, prev_h, Wx, Wh)",
        "gates_backward(dgates, gates, x, gates[:, 2 * prev_h.shape[1] : 3 * prev_h.shape[1]] * np.tanh(next_c), Wx, Wh)",
        "dWh is made with the new output. Wh multiplied the output of the step before, prev_h.",
        "measured facts, section 8: dWh with h_t, gradient error .0082, and it still trains",
    ),
    (
        "gates_for_dgates",
        "gates_backward(dgates, gates, x,",
        "gates_backward(gates, dgates, x,",
        "dgates and gates are swapped on the way into gates_backward.",
        "common slip: two arrays of one shape in the wrong order",
    ),
)


# --- lstm_forward ---------------------------------------------------------------------------------------------------


def forward(learner, cases):
    """The learner's outputs of all steps, as an array, on each case."""
    found = []
    for result, (x, h0, *_) in zip(learner.map("lstm_forward", cases), cases, strict=True):
        h, _ = expect_parts(result, 2, "Return two things: h, cache, in this order.", kinds=tuple)
        found.append(expect_array(h, (*x.shape[:2], h0.shape[1]), "h"))
    return found


def compare_forward(learner, reference, rng, all_sizes):
    cases = [sequence_arguments(rng, *sizes) for sizes in all_sizes]
    for mine, arguments in zip(forward(learner, cases), cases, strict=True):
        expect_close(mine, reference.lstm_forward(*arguments)[0])


@exercise("lstm_forward", weight=0)
def test_forward_keeps_every_output(learner, rng):
    """`lstm_forward` must return the outputs of all steps, (N, T, H), and a cache."""
    forward(learner, [sequence_arguments(rng)])


@exercise("lstm_forward", weight=3)
def test_forward_values(learner, reference, rng):
    """Each step must start from the output and the cell of the step before; h0 starts the output, zeros start the cell."""
    compare_forward(learner, reference, rng, SEQUENCES)


@exercise("lstm_forward")
def test_forward_of_one_step_and_of_one_sequence(learner, reference, rng):
    """One step, one sequence, one input and one unit must work like any other number of them."""
    compare_forward(learner, reference, rng, SMALL_SEQUENCES)


@exercise("lstm_forward")
def test_forward_remembers(learner, reference, rng):
    """With the forget gate open, what came in at the first step must still show at the last; nothing may leak back in time."""
    x, h0, Wx, Wh, b = sequence_arguments(rng, T=7)
    b = b + np.repeat([0.0, 6.0, 2.0, 0.0], h0.shape[1])
    other = x.copy()
    other[:, 3] += rng.normal(size=other[:, 3].shape)
    first, second = forward(learner, [(x, h0, Wx, Wh, b), (other, h0, Wx, Wh, b)])
    expect_close(first[:, :3], second[:, :3], message="An input changed an earlier output.")
    expect(
        (np.abs(first - second).max(axis=(0, 2))[3:] > 1e-9).all(), "An input left no trace in later outputs."
    )
    expect_close(second, reference.lstm_forward(other, h0, Wx, Wh, b)[0])


misconceptions_by_edit(
    "lstm_forward",
    (
        "ignores_h0",
        "for t in range(T):",
        "prev_h = 0 * h0\n    for t in range(T):",
        "Your first step starts from zeros. It must start from h0.",
        "common slip: the given start is overwritten",
    ),
    (
        "cell_starts_at_h0",
        "for t in range(T):",
        "prev_c = h0\n    for t in range(T):",
        "Your cell starts at h0. Only the output starts there; the cell starts at zero.",
        "common slip: one start for both states",
    ),
    (
        "cell_not_carried",
        "prev_h, prev_c, cache_t = lstm",
        "prev_h, _, cache_t = lstm",
        "The cell is not carried: every step starts from an empty one. Keep what the step returns as next_c for the step after.",
        "common slip; the memory of the LSTM is gone",
    ),
    (
        "output_not_carried",
        "lstm_step_forward(x[:, t], prev_h, prev_c,",
        "lstm_step_forward(x[:, t], h0, prev_c,",
        "Every step reads h0. It must read the output of the step before.",
        "common slip: the start is read in each round",
    ),
    (
        "runs_backwards_in_time",
        "for t in range(T):",
        "for t in reversed(range(T)):",
        "Time runs backwards: step 0 comes first.",
        "common slip: the loop of the backward pass",
    ),
    (
        "keeps_the_output_before_the_step",
        "        prev_h, prev_c, cache_t = lstm_step_forward(x[:, t], prev_h, prev_c, Wx, Wh, b)\n        h[:, t] = prev_h",
        "        h[:, t] = prev_h\n        prev_h, prev_c, cache_t = lstm_step_forward(x[:, t], prev_h, prev_c, Wx, Wh, b)",
        "You stored the output before the step: h is one step late. Position t holds what step t returned.",
        "measured facts, section 7: outputs and targets shifted by one",
    ),
    (
        "keeps_the_cell",
        "h[:, t] = prev_h",
        "h[:, t] = prev_c",
        "You stored the cell. h holds the outputs.",
        "common slip: two arrays of one shape",
    ),
    (
        "swaps_output_and_cell",
        "prev_h, prev_c, cache_t = lstm",
        "prev_c, prev_h, cache_t = lstm",
        "Output and cell are swapped: lstm_step_forward returns next_h first, then next_c.",
        "common slip: the order of a returned tuple",
    ),
    (
        "same_input_at_every_step",
        "lstm_step_forward(x[:, t],",
        "lstm_step_forward(x[:, 0],",
        "Every step reads the first input. Step t reads x[:, t].",
        "common slip: a fixed index in a loop",
    ),
)


# --- lstm_backward --------------------------------------------------------------------------------------------------


def back(learner, rng, all_sizes):
    """Random sequences through the learner's own forward pass, and the learner's gradients of each."""
    cases = [sequence_arguments(rng, *sizes) for sizes in all_sizes]
    calls = []
    for result, (x, h0, *_) in zip(learner.map("lstm_forward", cases), cases, strict=True):
        expect_parts(result, 2, "lstm_forward must return two things.", kinds=tuple)
        calls.append((rng.normal(size=(*x.shape[:2], h0.shape[1])), result[1]))
    names, found = ["dx", "dh0", "dWx", "dWh", "db"], []
    for result, arguments in zip(learner.map("lstm_backward", calls), cases, strict=True):
        result = expect_parts(
            result, 5, "Return five arrays: dx, dh0, dWx, dWh, db, in this order.", kinds=tuple
        )
        shapes = [argument.shape for argument in arguments]
        found.append([expect_array(*row) for row in zip(result, shapes, names, strict=True)])
    return [(mine, arguments, dh) for mine, arguments, (dh, _) in zip(found, cases, calls, strict=True)]


def compare_back(learner, reference, rng, all_sizes, positions):
    for mine, arguments, dh in back(learner, rng, all_sizes):
        true = reference.lstm_backward(dh, reference.lstm_forward(*arguments)[1])
        for k in positions:
            expect_close(mine[k], true[k], **GRADIENT)


@exercise("lstm_backward", weight=0)
def test_backward_shapes(learner, rng):
    """`lstm_backward` must return five arrays, each with the shape of what it is the gradient of."""
    back(learner, rng, SEQUENCES[:1])


@exercise("lstm_backward", weight=2)
def test_backward_inputs(learner, reference, rng):
    """dx must be right at every step: both dprev_h and dprev_c travel from the last step to the first (23.9)."""
    compare_back(learner, reference, rng, SEQUENCES, [0])


@exercise("lstm_backward")
def test_backward_start(learner, reference, rng):
    """dh0 is what the first step hands back."""
    compare_back(learner, reference, rng, SEQUENCES, [1])


@exercise("lstm_backward", weight=2)
def test_backward_weights(learner, reference, rng):
    """dWx, dWh and db are the sums of what all steps give (23.10)."""
    compare_back(learner, reference, rng, SEQUENCES, [2, 3, 4])


@exercise("lstm_backward")
def test_backward_of_one_step_and_of_one_sequence(learner, reference, rng):
    """One step, one sequence, one unit must work like any other number of them."""
    compare_back(learner, reference, rng, SMALL_SEQUENCES, range(5))


@exercise("lstm_backward", weight=2)
def test_backward_is_the_slope_of_the_forward_pass(learner, reference, rng):
    """All gradients must be the slopes of `lstm_forward` (compared with finite differences)."""
    mine, arguments, dh = back(learner, rng, SEQUENCES[:1])[0]
    for k, gradient in enumerate(mine):

        def loss(value, k=k):
            return (dh * reference.lstm_forward(*arguments[:k], value, *arguments[k + 1 :])[0]).sum()

        way = rng.normal(size=arguments[k].shape)
        expect_close((gradient * way).sum(), directional_derivative(loss, arguments[k], way), **GRADIENT)


LOOP = "for t in reversed(range(T)):"
SUM = "dnext_h = dh[:, t] + dprev_h"
CALL = "lstm_step_backward(dnext_h, dprev_c, cache[t])"
misconceptions_by_edit(
    "lstm_backward",
    (
        "drops_dprev_h",
        SUM,
        "dnext_h = dh[:, t]",
        "The carried dprev_h is dropped. h_t feeds the loss and the step after: add dprev_h to dh[:, t].",
        "measured facts, section 8: dh not carried, gradient error .165, and it still solves the addition problem",
    ),
    (
        "drops_dprev_c",
        CALL,
        "lstm_step_backward(dnext_h, 0 * dprev_c, cache[t])",
        "The carried dprev_c is dropped: every step is told that the step after sends nothing to its cell.",
        "measured facts, section 7: the carried dc dropped, and the toy is still learned",
    ),
    (
        "carries_nothing",
        CALL,
        "lstm_step_backward(dh[:, t], 0 * dprev_c, cache[t])",
        "Nothing travels through time: each step learns from its own error only. Carry both dprev_h and dprev_c back.",
        "measured facts, section 7: one-step truncation",
    ),
    (
        "replaces_dh_by_dprev_h",
        SUM,
        "dnext_h = dprev_h if t < T - 1 else dh[:, t]",
        "The loss is heard at the last step only. At every step dh[:, t] and the carried dprev_h are added.",
        "common slip: = where + belongs",
    ),
    (
        "runs_forwards_in_time",
        LOOP,
        "for t in range(T):",
        "The loop runs from the first step to the last. Gradients travel the other way: start at the last step.",
        "common slip: the loop of the forward pass",
    ),
    (
        "keeps_the_last_weights_only",
        "dWx += dWx_t\n        dWh += dWh_t\n        db += db_t",
        "dWx, dWh, db = dWx_t, dWh_t, db_t",
        "You kept the weights' gradients of one step. They are summed over all steps (23.10).",
        "common slip: = where += belongs",
    ),
    (
        "averages_over_the_steps",
        "db += db_t",
        "db += db_t\n    dWx, dWh, db = dWx / T, dWh / T, db / T",
        "You divided the weights' gradients by T. They are sums; the mean, if there is one, is already in dh.",
        "document 001: the changes of all steps are averaged; the mean belongs to the loss",
    ),
    (
        "mean_error_at_every_step",
        LOOP,
        "dh = np.repeat(dh.mean(axis=1, keepdims=True), T, axis=1)\n    for t in reversed(range(T)):",
        "Every step is sent the mean of all steps' gradients: the asker's network again. Step t needs its own dh[:, t].",
        "document 001: 'I feed the mean error signals back into the cell'; measured: stuck at the base rate",
    ),
    (
        "piles_up_dprev_h",
        "dx[:, t], dprev_h, dprev_c, dWx_t, dWh_t, db_t = " + CALL,
        "dx[:, t], handed, dprev_c, dWx_t, dWh_t, db_t = " + CALL + "\n        dprev_h = dprev_h + handed",
        "You pile up dprev_h over the steps. Each step hands back a new one, which already holds what came before: replace it.",
        "common slip: += where = belongs",
    ),
    (
        "dh_of_the_first_step_for_dh0",
        "dh0 = dprev_h",
        "dh0 = dh[:, 0]",
        "dh0 is not dh[:, 0]. It is the dprev_h that the first step hands back.",
        "common slip: a name that looks right",
    ),
    (
        "one_step_late",
        CALL,
        "lstm_step_backward(dnext_h, dprev_c, cache[t - 1])",
        "Step t was undone with the cache of another step. dh[:, t] belongs to cache[t].",
        "common slip: shifted by one",
    ),
)


# --- sequence_loss --------------------------------------------------------------------------------------------------


def loss_arguments(rng, N=3, T=5, H=4, K=2):
    """h, y, Wy, by with targets that are neither all 0 nor all 1."""
    y = (rng.random(size=(N, T, K)) < 0.4).astype(float)
    y.flat[0], y.flat[-1] = 1.0, 0.0
    return rng.normal(size=(N, T, H)), y, rng.normal(size=(H, K)), rng.normal(size=K)


def losses_and_gradients(learner, cases):
    """The learner's loss, dh, dWy, dby, as arrays, on each case."""
    names, found = ["loss", "dh", "dWy", "dby"], []
    for result, (h, _, Wy, by) in zip(learner.map("sequence_loss", cases), cases, strict=True):
        result = expect_parts(
            result, 4, "Return four things: loss, dh, dWy, dby, in this order.", kinds=tuple
        )
        shapes = [(), h.shape, Wy.shape, by.shape]
        found.append([expect_array(*row) for row in zip(result, shapes, names, strict=True)])
    return found


def compare_loss(learner, reference, rng, position):
    cases = [loss_arguments(rng, *sizes) for sizes in ((3, 5, 4, 2), (1, 12, 1, 1), (2, 1, 3, 1))]
    for mine, arguments in zip(losses_and_gradients(learner, cases), cases, strict=True):
        expect_close(mine[position], reference.sequence_loss(*arguments)[position], rtol=1e-5, atol=1e-9)


@exercise("sequence_loss", weight=0)
def test_sequence_loss_shapes(learner, rng):
    """`sequence_loss` must return one number and three gradients, each with the shape of what it is the gradient of."""
    losses_and_gradients(learner, [loss_arguments(rng)])


@exercise("sequence_loss", weight=2)
def test_sequence_loss_value(learner, reference, rng):
    """The loss is the mean of the binary cross-entropy over all N, T and K."""
    compare_loss(learner, reference, rng, 0)


@exercise("sequence_loss", weight=3)
def test_sequence_loss_error_of_each_step(learner, reference, rng):
    """dh: each output sends back its own error, (p − y) divided by the number of outputs (23.11)."""
    compare_loss(learner, reference, rng, 1)


@exercise("sequence_loss")
def test_sequence_loss_output_weights(learner, reference, rng):
    """dWy is the sum, over all sequences and steps, of h times the error of the output."""
    compare_loss(learner, reference, rng, 2)


@exercise("sequence_loss")
def test_sequence_loss_output_bias(learner, reference, rng):
    """dby is the sum of the errors over all sequences and steps."""
    compare_loss(learner, reference, rng, 3)


@exercise("sequence_loss")
def test_sequence_loss_of_large_scores(learner, reference, rng):
    """Loss and gradients must be right and finite at scores of a thousand: use no log of a probability."""
    h, y, Wy, by = loss_arguments(rng)
    cases = [(h, y, factor * Wy, 900.0 * np.sign(by)) for factor in (1.0, 1000.0)]
    for mine, arguments in zip(losses_and_gradients(learner, cases), cases, strict=True):
        expect_close(mine, list(reference.sequence_loss(*arguments)), rtol=1e-5)


@exercise("sequence_loss")
def test_sequence_loss_gradients_are_slopes(learner, reference, rng):
    """The three gradients must be the slopes of the loss (compared with finite differences)."""
    arguments = loss_arguments(rng)
    _, dh, dWy, dby = losses_and_gradients(learner, [arguments])[0]
    for k, gradient in ((0, dh), (2, dWy), (3, dby)):

        def loss(value, k=k):
            return reference.sequence_loss(*arguments[:k], value, *arguments[k + 1 :])[0]

        way = rng.normal(size=arguments[k].shape)
        expect_close(
            (gradient * way).sum(), directional_derivative(loss, arguments[k], way), rtol=1e-5, atol=1e-9
        )


misconceptions_by_edit(
    "sequence_loss",
    (
        "mean_error_for_every_step",
        "dscores = (probs - y) / y.size",
        "dscores = np.full(y.shape, (probs - y).mean()) / y.size",
        "Every step is sent the mean error: that is the asker's program, which stays at the base rate. Each step needs its own p − y.",
        "document 001: 'I feed the mean error signals back into the cell'; measured: stuck at .56",
    ),
    (
        "mean_error_of_each_sequence",
        "dscores = (probs - y) / y.size",
        "dscores = np.repeat((probs - y).mean(axis=1, keepdims=True), y.shape[1], axis=1) / y.size",
        "Every step of a sequence is sent that sequence's mean error: that is the asker's program. Each step needs its own p − y.",
        "document 001: the mean error of one sequence, fed back at every step",
    ),
    (
        "gradient_of_the_sum",
        "(probs - y) / y.size",
        "(probs - y)",
        "Your loss is a mean and your gradients belong to the sum: divide p − y by the number of outputs.",
        "measured facts, section 7: the sum in place of the mean makes the rate T times larger",
    ),
    (
        "divides_by_the_sequences_only",
        "(probs - y) / y.size",
        "(probs - y) / y.shape[0]",
        "You divided by the number of sequences only. The mean is taken over all N, T and K.",
        "common slip: the batch is averaged and the steps are not",
    ),
    (
        "divides_by_the_steps_only",
        "(probs - y) / y.size",
        "(probs - y) / y.shape[1]",
        "You divided by the number of steps only. The mean is taken over all N, T and K.",
        "document 001: one sequence, averaged over its steps",
    ),
    (
        "sums_over_the_outputs",
        "loss = np.mean(np.logaddexp(0.0, scores) - y * scores)\n    dscores = (probs - y) / y.size",
        "loss = np.sum(np.logaddexp(0.0, scores) - y * scores) / (y.shape[0] * y.shape[1])\n"
        "    dscores = (probs - y) / (y.shape[0] * y.shape[1])",
        "You added up the K outputs of a step. The mean is taken over all N, T and K.",
        "the convention of one-vs-all (lesson 05), carried over",
    ),
    (
        "sum_for_the_loss",
        "loss = np.mean(",
        "loss = np.sum(",
        "Your loss is a sum. It is the mean over all N, T and K.",
        "common slip; the loss then grows with the length",
    ),
    (
        "slope_of_the_squared_error",
        "(probs - y) / y.size",
        "(probs - y) * probs * (1.0 - probs) / y.size",
        "The factor p(1 − p) belongs to the squared error. With the cross-entropy it cancels: the error is p − y.",
        "measured facts, digits lesson: o(1 − o) beside the cross-entropy",
    ),
    (
        "target_minus_prediction",
        "(probs - y) / y.size",
        "(y - probs) / y.size",
        "The sign is flipped: the gradient in a score is p − y, prediction minus target.",
        "common slip: the error of a delta rule, which is added",
    ),
    (
        "only_the_last_step",
        "dscores = (probs - y) / y.size",
        "dscores = (probs - y) / y.size; dscores[:, :-1] = 0",
        "Only the last step sends its error back. Here every step has a target.",
        "the many-to-one set-up of the addition problem (lesson 24)",
    ),
    (
        "forgets_the_output_weights",
        "dh = dscores @ Wy.T",
        "dh = dscores.sum(axis=2, keepdims=True) * np.ones_like(h)",
        "dh lacks the output weights: the score is h Wy + by, so the error comes back through Wy.",
        "common slip: the error itself is fed into the cell",
    ),
    (
        "averages_the_output_weights",
        'np.einsum("nth,ntk->hk", h, dscores)',
        'np.einsum("nth,ntk->hk", h, dscores) / y.shape[1]',
        "dWy was divided by T once more. The mean is already in p − y.",
        "common slip: a mean taken twice",
    ),
)


@misconception(
    "sequence_loss",
    "Your loss takes the log of a probability that was rounded to 0, which gives inf or nan. Use np.logaddexp(0, s) - y * s.",
    source="measured facts, section 15: overflow in the log of a sigmoid",
)
def takes_the_log_of_zero(h, y, Wy, by):
    probs = 1 / (1 + np.exp(-(h @ Wy + by)))
    loss = -np.mean(y * np.log(probs) + (1 - y) * np.log(1 - probs))
    dscores = (probs - y) / y.size
    return loss, dscores @ Wy.T, np.einsum("nth,ntk->hk", h, dscores), dscores.sum(axis=(0, 1))


@misconception(
    "sequence_loss",
    "Clipping the probability makes the loss finite but not right: beyond the clip, every wrong answer costs the same. "
    "Use np.logaddexp(0, s) - y * s.",
    source="the usual patch for log(0) in tutorials",
)
def clips_the_probability(h, y, Wy, by):
    probs = 1 / (1 + np.exp(-(h @ Wy + by)))
    safe = np.clip(probs, 1e-12, 1 - 1e-12)
    loss = -np.mean(y * np.log(safe) + (1 - y) * np.log(1 - safe))
    dscores = (probs - y) / y.size
    return loss, dscores @ Wy.T, np.einsum("nth,ntk->hk", h, dscores), dscores.sum(axis=(0, 1))


# --- never_learns ---------------------------------------------------------------------------------------------------


@exercise("never_learns")
def test_never_learns(learner, reference):
    """The prediction did not come true. Compare it with the left half of the figure below."""
    letters = learner.never_learns()
    expect(isinstance(letters, tuple), "Return a tuple of letters.")
    expect(all(type(letter) is str for letter in letters), "Return a tuple of letters.")
    expect(set(letters) == set(reference.never_learns()) and len(letters) == len(set(letters)))


for name, value, message, source in [
    (
        "all_wrong_gradients_fail",
        '("A", "B", "C", "D", "E", "F", "G")',
        "You expected every wrong gradient to fail. Nearly all of them still point downhill often enough: that is why a toy proves nothing.",
        "the third answer of document 001: a toy problem as the best test",
    ),
    (
        "every_wrong_gradient_trains",
        "()",
        "You expected all seven to pass. With C nothing travels through time, so no step can learn to prepare a later one.",
        "measured facts, section 7, read too far",
    ),
    (
        "whatever_is_not_carried_fails",
        '("A", "B", "C")',
        "Dropping one of the two carried gradients leaves the other road open, and it is enough here. Only dropping both closes the way.",
        "measured facts, section 7: dropping the carried dc or dh still trains",
    ),
    (
        "the_whole_cell_road_fails",
        '("A", "B", "C", "D")',
        "Of the four bugs on the way through time, only C closes both roads. A, B and D distort the signal and leave it alive.",
        "measured facts, sections 7 and 8",
    ),
    (
        "the_cell_must_be_carried",
        '("A", "C")',
        "Without the carried dprev_c the signal still travels through dprev_h, from step to step: A passes.",
        "measured facts, section 7: dropping the carried dc still trains",
    ),
    (
        "the_output_must_be_carried",
        '("B", "C")',
        "Without the carried dprev_h the signal still travels along the cell: B passes.",
        "measured facts, section 7: dropping the carried dh still trains",
    ),
    (
        "the_forget_gate_must_be_there",
        '("C", "D")',
        "Without the forget gate the carried gradient is too long, and wrong by a lot, and it still trains here: D passes.",
        "measured facts, section 8: no f on the carried dc, gradient error .50, trains",
    ),
    (
        "wrong_lines_fail_and_lost_signals_do_not",
        '("D", "E", "F", "G")',
        "A wrong line in a step distorts the gradient, and descent puts up with it. What it does not bear is that no signal travels at all: C.",
        "measured facts, section 8: most wrong lines still train",
    ),
]:
    misconception_by_edit(
        "never_learns", name, old='letters = ("C",)', new=f"letters = {value}", message=message, source=source
    )


# --- name_the_bugs --------------------------------------------------------------------------------------------------


@exercise("name_the_bugs", weight=0)
def test_name_the_bugs_form(learner):
    """`name_the_bugs` must return a tuple of four different letters out of A, B, E, F, G."""
    bugs = learner.name_the_bugs()
    expect_parts(bugs, 4, kinds=tuple)
    expect(all(type(letter) is str and letter in ("A", "B", "E", "F", "G") for letter in bugs))
    expect(len(set(bugs)) == 4)


declare_answer_checks(
    globals(),
    "name_the_bugs",
    test_suspect_p="Suspect P: only the front is wrong after a single step. Which gradient leaves there?",
    test_suspect_q="Suspect Q: which gates are wrong after a single step, and what do they share?",
    test_suspect_r="Suspect R: which gates are wrong after a single step, and what do they share?",
    test_suspect_s="Suspect S: what is right after one step and wrong after six comes from the step after. What is handed on?",
)


for name, value, message, source in [
    (
        "swaps_the_travellers",
        '("A", "G", "E", "B")',
        "P and S are swapped. With one step dprev_h still leaves at the front, as dh0, so a missing one shows there; a missing dprev_c shows nowhere.",
        "the two carried gradients of measured facts, section 7",
    ),
    (
        "swaps_slope_and_partner",
        '("B", "E", "G", "A")',
        "Q and R are swapped. The wrong partner in df touches the forget gate alone; a missing slope touches all gates that are fed from dc.",
        "measured facts, section 8: c_t for c_(t-1) and the missing 1 − tanh²",
    ),
    (
        "takes_a_lost_dh_for_a_wrong_dWh",
        '("F", "G", "E", "A")',
        "For P only dh0 is wrong after one step. With bug F it would be dWh.",
        "measured facts, section 8: dWh with h_t",
    ),
    (
        "takes_silence_for_a_wrong_dWh",
        '("B", "G", "E", "F")',
        "For S everything is right after one step. With bug F dWh would be wrong there already, since h0 is not zero.",
        "measured facts, section 8: dWh with h_t",
    ),
    (
        "takes_a_missing_slope_for_a_wrong_dWh",
        '("B", "F", "E", "A")',
        "For Q two gates are wrong after one step. Bug F touches dWh only: no db would be wrong.",
        "measured facts, section 8: the missing 1 − tanh²",
    ),
    (
        "takes_a_wrong_partner_for_a_wrong_dWh",
        '("B", "G", "F", "A")',
        "For R the forget gate's db is wrong after one step. Bug F touches dWh only: no db would be wrong.",
        "measured facts, section 8: c_t for c_(t-1)",
    ),
]:
    misconception_by_edit(
        "name_the_bugs",
        name,
        old='bugs = ("B", "G", "E", "A")',
        new=f"bugs = {value}",
        message=message,
        source=source,
    )
