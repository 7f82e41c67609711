"""Hidden checks of 18_momentum_start."""

import numpy as np

from autograder.checking import (
    Seed,
    agree,
    declare_answer_checks,
    exercise,
    expect,
    expect_array,
    expect_close,
    expect_each_once,
    expect_parts,
    expect_raises,
    expect_words,
    misconception,
    misconception_by_edit,
    misconceptions_by_edit,
    numerical_gradient,
)

NEEDS = {"train": ["gradients", "momentum_step"]}


def layers(rng, sizes, scale=1.0):
    """An array for each layer of a network of these sizes."""
    return [scale * rng.normal(size=shape) for shape in zip(sizes[:-1], sizes[1:])]


def arrays_of(value, shapes, name):
    """The learner's list of arrays, one of each shape."""
    expect_parts(value, len(shapes), f"{name} must be a list with one array for each layer.")
    return [expect_array(part, shape, f"{name}[{k}]") for k, (part, shape) in enumerate(zip(value, shapes))]


def shapes_of(arrays):
    return [a.shape for a in arrays]


# --- velocity_drift -------------------------------------------------------------------------------------------------


def way(v0, momentum, steps):
    """The drift, added up step by step."""
    total, v = np.zeros_like(np.asarray(v0, dtype=float)), np.asarray(v0, dtype=float)
    for _ in range(steps):
        v = momentum * v
        total = total + v
    return total[()]


def drifts_agree(learner, cases):
    for result, case in zip(learner.map("velocity_drift", cases), cases, strict=True):
        expect_array(result, np.shape(case[0]))
        expect_close(result, way(*case))


@exercise("velocity_drift", weight=0)
def test_drift_is_one_number(learner, rng):
    """`velocity_drift` must return one number for one start velocity."""
    expect_array(learner.velocity_drift(float(rng.normal()), 0.6, 4), ())


@exercise("velocity_drift", weight=4)
def test_drift_values(learner, rng):
    """The sum of the velocities that are used, each the momentum times the one before, the first one included."""
    cases = [
        (float(rng.normal(scale=3)), float(rng.uniform(0.1, 0.97)), int(n))
        for n in rng.integers(2, 25, size=8)
    ]
    drifts_agree(learner, cases)


@exercise("velocity_drift", weight=1)
def test_drift_of_arrays(learner, rng):
    """A start velocity may be an array; each entry drifts on its own."""
    drifts_agree(learner, [(rng.normal(size=(3, 4)), 0.8, 7), (rng.normal(size=5), 0.3, 2)])


@exercise("velocity_drift", weight=2)
def test_drift_at_the_edges(learner, rng):
    """No step, one step, momentum 0 and momentum 1, where nothing fades: the same sum."""
    v = float(rng.uniform(1, 3))
    drifts_agree(
        learner,
        [(v, 0.7, 0), (v, 0.7, 1), (v, 0.0, 5), (v, 1.0, 6), (v, 1.0, 1), (-v, 0.999, 400), (0.0, 0.5, 9)],
    )


DRIFT = "        drift = v0 * momentum * (1 - momentum**steps) / (1 - momentum)"
misconceptions_by_edit("velocity_drift",
    ("uses_the_start_velocity_first", DRIFT, "        drift = v0 * (1 - momentum**steps) / (1 - momentum)",
     "You use the start velocity as it is in the first step. It is multiplied by the momentum before it is used.", "facts T19: 2 instead of 1"),
    ("waits_for_ever", DRIFT, "        drift = v0 * momentum / (1 - momentum)",
     "You give the drift after infinitely many steps. Only `steps` of them were taken.", "facts T19: the closed form of the limit"),
    ("gives_the_last_velocity", DRIFT, "        drift = v0 * momentum**steps",
     "You give the velocity that is left. The drift is the sum of all velocities that were used.", "reasoned: v after n steps"),
    ("stops_one_step_early", DRIFT, "        drift = v0 * momentum * (1 - momentum ** max(steps - 1, 0)) / (1 - momentum)",
     "One step is missing: the last power is the number of steps.", "the fence-post error"),
    ("is_nan_at_one", "        drift = v0 * steps", "        drift = v0 * np.nan",
     "With a momentum of 1 your formula is 0/0. Nothing fades there: each step goes the same way.", "the end of the range"),
    ("stands_still_at_one", "        drift = v0 * steps", "        drift = v0 * 0.0",
     "With a momentum of 1 you return 0. The velocity stays as it is and is used in each step.", "the end of the range"),
)  # fmt: skip


# --- init_velocity --------------------------------------------------------------------------------------------------

SHAPES = [(40, 30), (30, 7), (7, 11)]
RANGES = {"uniform": (0.0, 1.0), "centred": (-1.0, 1.0)}


@exercise("init_velocity", weight=0)
def test_velocities_have_the_shapes(learner, rng):
    """`init_velocity` must return a list with an array of each shape."""
    for kind in ("zeros", "ones", "uniform", "centred"):
        arrays_of(learner.init_velocity(Seed(int(rng.integers(1000))), SHAPES, kind), SHAPES, "velocities")


@exercise("init_velocity", weight=2)
def test_velocities_that_are_constant(learner, rng):
    """ "zeros" are zeros and "ones" are ones, in every layer."""
    for kind, value in (("zeros", 0.0), ("ones", 1.0)):
        for part in arrays_of(
            learner.init_velocity(Seed(int(rng.integers(1000))), SHAPES, kind), SHAPES, "velocities"
        ):
            expect_close(part, np.full(part.shape, value))


@exercise("init_velocity", weight=5)
def test_velocities_fill_their_range(learner, rng):
    """ "uniform" lies evenly between 0 and 1, "centred" evenly between −1 and 1."""
    for kind, (low, high) in RANGES.items():
        found = arrays_of(
            learner.init_velocity(Seed(int(rng.integers(1000))), SHAPES, kind), SHAPES, "velocities"
        )
        every = np.concatenate([part.ravel() for part in found])
        expect(every.min() >= low and every.max() <= high, f'"{kind}" leaves its range.')
        width, n = high - low, len(every)
        expect(
            abs(every.mean() - (low + high) / 2) < 6 * width / np.sqrt(12 * n),
            f'"{kind}" is not centred in its range.',
        )
        standard_error = width**2 * np.sqrt(1 / 180 / n)  # of the variance of a uniform draw
        expect(
            abs(every.var() - width**2 / 12) < 6 * standard_error, f'"{kind}" does not fill its range evenly.'
        )
        expect(len(np.unique(every)) == n, "Every number is drawn on its own.")


@exercise("init_velocity", weight=2)
def test_velocities_come_from_rng(learner, rng):
    """Random numbers come from the generator that is passed: the same seed gives the same, another seed something else."""
    a = int(rng.integers(1000))
    for kind in RANGES:
        calls = [(Seed(a), SHAPES, kind), (Seed(a), SHAPES, kind), (Seed(a + 1), SHAPES, kind)]
        first, again, other = (
            arrays_of(v, SHAPES, "velocities") for v in learner.map("init_velocity", calls)
        )
        expect(np.std(first[0]) > 0.1, "The numbers do not vary.")
        expect_close(again, first)
        expect(not np.allclose(other[0], first[0]), "Another seed gives the same numbers.")


@exercise("init_velocity", weight=1)
def test_velocities_of_an_unknown_kind(learner, rng):
    """A kind that is none of the four must raise a ValueError."""
    with expect_raises(ValueError):
        learner.init_velocity(Seed(1), SHAPES, "normal")


misconceptions_by_edit("init_velocity",
    ("uniform_is_centred", "rng.uniform(0, 1, size=shape)", "rng.uniform(-1, 1, size=shape)",
     '"uniform" must lie between 0 and 1; yours is centred at 0.', "facts T19: U(0,1) fails, U(−1,1) is merely slow"),
    ("centred_is_half_as_wide", "rng.uniform(-1, 1, size=shape)", "rng.uniform(-0.5, 0.5, size=shape)",
     '"centred" must reach from −1 to 1; yours reaches from −½ to ½.', "random() − ½ instead of 2 random() − 1"),
    ("centred_is_not_centred", "rng.uniform(-1, 1, size=shape)", "2 * rng.uniform(0, 1, size=shape)",
     '"centred" must lie between −1 and 1; you forgot to take 1 off.', "the question's own 2·random − 1 without the −1"),
    ("draws_from_a_normal", "rng.uniform(-1, 1, size=shape)", "rng.normal(size=shape)",
     '"centred" is drawn evenly between −1 and 1, not from a normal distribution.', "facts T19: randn is a start of its own"),
    ("one_number_a_layer", "rng.uniform(0, 1, size=shape)", "np.full(shape, rng.uniform(0, 1))",
     "You draw one number for a whole layer. Every entry is drawn on its own.", "size= left out"),
    ("has_its_own_generator", "    velocities = [makers", "    rng = np.random.default_rng(0)\n    velocities = [makers",
     "You make a generator of your own. Draw from `rng`, or every call gives the same numbers.", "default_rng(0) inside a function"),
    ("ones_are_small", '"ones": np.ones', '"ones": lambda shape: 0.01 * np.ones(shape)',
     '"ones" are exactly 1.', "reasoned: what one would rather start with"),
)  # fmt: skip


# --- momentum_step --------------------------------------------------------------------------------------------------


def as_lists(result):
    """Weights and velocities; a tuple of layers will do."""
    return [list(part) for part in result]


def step_case(rng, sizes, momentum, rate):
    return layers(rng, sizes), layers(rng, sizes), layers(rng, sizes), momentum, rate


@exercise("momentum_step", weight=0)
def test_step_returns_two_lists(learner, rng):
    """`momentum_step` must return two lists, the new weights and the new velocities."""
    case = step_case(rng, [3, 4, 2], 0.7, 0.1)
    value = learner.momentum_step(*case)
    expect_parts(value, 2, "Return two lists: weights, velocities.")
    for part, name in zip(value, ("weights", "velocities")):
        arrays_of(part, shapes_of(case[0]), name)


@exercise("momentum_step", weight=5)
def test_step_values(learner, reference, rng):
    """The velocity keeps its share and loses the learning rate times the gradient; the weight moves by the new velocity."""
    cases = [
        step_case(rng, s, m, r)
        for s, m, r in (([3, 4, 2], 0.7, 0.1), ([2, 5], 0.3, 1.7), ([4, 3, 2, 5], 0.95, 0.4))
    ]
    agree(learner, reference, "momentum_step", cases, part=as_lists)


@exercise("momentum_step", weight=2)
def test_step_at_the_edges(learner, reference, rng):
    """Momentum 0 is plain descent, momentum 1 keeps all, a learning rate of 0 leaves the gradient out."""
    cases = [step_case(rng, [3, 2], m, r) for m, r in ((0.0, 0.5), (1.0, 0.5), (0.6, 0.0), (0.6, 1.0))]
    agree(learner, reference, "momentum_step", cases, part=as_lists)


V_LINE = "    velocities = [momentum * v - learning_rate * g for v, g in zip(velocities, gradients)]"
W_LINE = "    weights = [w + v for w, v in zip(weights, velocities)]"
misconceptions_by_edit("momentum_step",
    ("climbs", V_LINE, V_LINE.replace(" - learning_rate", " + learning_rate"),
     "The gradient is added to the velocity, so the step climbs. Take it off.", "facts T19: v = mu·v + g, the loss climbs"),
    ("moves_by_the_old_velocity", V_LINE + "\n" + W_LINE, W_LINE + "\n" + V_LINE,
     "The weight moves by the old velocity. Renew the velocity first.", "facts T19: one step late"),
    ("momentum_on_the_gradient_too", V_LINE, V_LINE.replace("momentum * v - learning_rate * g", "momentum * (v - learning_rate * g)"),
     "The new gradient is multiplied by the momentum as well. Only the old velocity is.", "facts T19: v = mu·(v − g)"),
    ("averages_the_gradients", V_LINE, V_LINE.replace("- learning_rate * g", "- (1 - momentum) * learning_rate * g"),
     "You keep a running mean of the gradients. Here the gradient counts in full, without a factor 1 − momentum.", "the other convention, as in Adam"),
    ("rate_on_the_velocity", V_LINE + "\n" + W_LINE, "    velocities = [momentum * v - g for v, g in zip(velocities, gradients)]\n    weights = [w + learning_rate * v for w, v in zip(weights, velocities)]",
     "The learning rate multiplies the whole velocity. It belongs to the gradient.", "PyTorch's convention; it differs where velocities do not start at 0"),
    ("forgets_the_momentum", V_LINE, "    velocities = [v - learning_rate * g for v, g in zip(velocities, gradients)]",
     "The old velocity is kept whole. Multiply it by the momentum.", "reasoned"),
    ("plain_descent", W_LINE, "    weights = [w - learning_rate * g for w, g in zip(weights, gradients)]",
     "The weight moves by the gradient alone; the velocity is computed and not used.", "reasoned"),
    ("looks_ahead", W_LINE, "    weights = [w + momentum * v - learning_rate * g for w, v, g in zip(weights, velocities, gradients)]",
     "This is Nesterov's step: the new velocity is used once more. Here the weight moves by the new velocity itself.", "Sutskever and others, 2013"),
)  # fmt: skip


@misconception("momentum_step", "You keep a running mean of the gradients, v = momentum * v + (1 - momentum) * gradient, and the weight loses the learning rate times it. Here the velocity is the step itself: it loses the learning rate times the whole gradient, and the weight moves by the velocity.",
               source="read in learners' public programs: a well-known course's form, six of six")  # fmt: skip
def steps_along_a_running_mean(weights, velocities, gradients, momentum, learning_rate):
    velocities = [momentum * v + (1 - momentum) * g for v, g in zip(velocities, gradients)]
    return [w - learning_rate * v for w, v in zip(weights, velocities)], velocities


@misconception("momentum_step", "Your velocity gathers gradients, and the weight loses the learning rate times it, as in PyTorch. Here the learning rate is inside the velocity, with its minus: v = momentum * v - learning_rate * gradient, w = w + v.",
               source="read in learners' public programs: PyTorch's convention")  # fmt: skip
def gathers_the_gradients(weights, velocities, gradients, momentum, learning_rate):
    velocities = [momentum * v + g for v, g in zip(velocities, gradients)]
    return [w - learning_rate * v for w, v in zip(weights, velocities)], velocities


@misconception("momentum_step", "Your velocity has the other sign: it gathers learning_rate * gradient, and the weight loses it. Here the minus is in the velocity, and the weight moves by adding it; a start velocity would push yours the wrong way.",
               source="read in learners' public programs: the other sign inside the velocity")  # fmt: skip
def keeps_the_minus_outside(weights, velocities, gradients, momentum, learning_rate):
    velocities = [momentum * v + learning_rate * g for v, g in zip(velocities, gradients)]
    return [w - v for w, v in zip(weights, velocities)], velocities


@misconception("momentum_step", "You keep a running mean of the gradients as the velocity and do not use it: the weight loses the learning rate times the gradient alone. It moves by the new velocity.",
               source="read in learners' public programs: the velocity computed in vain")  # fmt: skip
def keeps_a_mean_in_vain(weights, velocities, gradients, momentum, learning_rate):
    velocities = [momentum * v + (1 - momentum) * g for v, g in zip(velocities, gradients)]
    return [w - learning_rate * g for w, g in zip(weights, gradients)], velocities


# --- gradients ------------------------------------------------------------------------------------------------------


def cost(weights, X, Y):
    for W in weights:
        X = 1 / (1 + np.exp(-X @ W))
    return 0.5 * np.sum((X - Y) ** 2) / len(Y)


def measured(weights, X, Y):
    """Slopes of the cost, a list with an array for each layer."""
    return [
        numerical_gradient(lambda V, k=k: cost([*weights[:k], V, *weights[k + 1 :]], X, Y), W)
        for k, W in enumerate(weights)
    ]


def network(rng, sizes, N):
    return layers(rng, sizes), rng.normal(size=(N, sizes[0])), rng.random(size=(N, sizes[-1]))


@exercise("gradients", weight=0)
def test_gradients_have_the_shapes(learner, rng):
    """`gradients` must return a list with one array for each layer, shaped as its weights."""
    weights, X, Y = network(rng, [3, 4, 2], 5)
    arrays_of(learner.gradients(weights, X, Y), shapes_of(weights), "grads")


@exercise("gradients", weight=4)
def test_gradients_of_two_layers(learner, rng):
    """Every entry must be the slope of the cost, measured with central differences."""
    for sizes, N in (([3, 4, 2], 5), ([5, 2, 3], 7)):
        case = network(rng, sizes, N)
        expect_close(list(learner.gradients(*case)), measured(*case), rtol=1e-5, atol=1e-9)


@exercise("gradients", weight=3)
def test_gradients_of_any_number_of_layers(learner, rng):
    """One layer, three layers, four layers: the same rule from layer to layer."""
    for sizes in ([4, 3], [2, 3, 4, 3], [3, 2, 4, 2, 3]):
        case = network(rng, sizes, 6)
        expect_close(list(learner.gradients(*case)), measured(*case), rtol=1e-5, atol=1e-9)


@exercise("gradients", weight=1)
def test_gradients_at_the_edges(learner, rng):
    """One example, one output, one hidden unit; and the cost is a mean, so an example that stands twice changes nothing."""
    for sizes, N in (([3, 4, 2], 1), ([3, 4, 1], 5), ([3, 1, 2], 5)):
        case = network(rng, sizes, N)
        expect_close(list(learner.gradients(*case)), measured(*case), rtol=1e-5, atol=1e-9)
    weights, X, Y = network(rng, [3, 4, 2], 5)
    once, twice = learner.map(
        "gradients", [(weights, X, Y), (weights, np.tile(X, (2, 1)), np.tile(Y, (2, 1)))]
    )
    expect(np.abs(np.asarray(once[0])).max() > 1e-6, "The gradient is not zero.")
    expect_close(list(twice), [np.asarray(g) for g in once])


D_LAYER = "    dlayer = (layers[-1] - Y) / len(X)"
D_SCORE = "        dscore = dlayer * layers[i + 1] * (1 - layers[i + 1])"
misconceptions_by_edit("gradients",
    ("sums_over_the_examples", D_LAYER, "    dlayer = layers[-1] - Y",
     "Your gradient is N times too long: the cost is the mean over the examples.", "facts T19: with a sum gradient zeros fails as well"),
    ("turns_the_sign", D_LAYER, "    dlayer = (Y - layers[-1]) / len(X)",
     "The sign is turned: the slope with respect to the output is output minus target.", "the error the other way round"),
    ("forgets_the_half", D_LAYER, "    dlayer = 2 * (layers[-1] - Y) / len(X)",
     "Twice too long: the ½ of the cost takes the 2 of the square away.", "conventions of the squared error"),
    ("divides_by_the_outputs_too", D_LAYER, "    dlayer = (layers[-1] - Y) / Y.size",
     "You divide by the outputs as well. The cost sums over them and averages over the examples.", "np.mean over all entries"),
    ("no_slope_at_the_output", D_SCORE, "        dscore = dlayer * (1 if i == len(weights) - 1 else layers[i + 1] * (1 - layers[i + 1]))",
     "At the output the sigmoid's slope is missing. With squared errors it does not cancel.", "lesson 15: which loss goes with which delta"),
    ("no_slope_inside", D_SCORE, "        dscore = dlayer * (layers[i + 1] * (1 - layers[i + 1]) if i == len(weights) - 1 else 1)",
     "In the hidden layers the sigmoid's slope is missing.", "lesson 16, answer 2"),
    ("slope_of_the_layer_below", D_SCORE, "        dscore = dlayer * np.mean(layers[i] * (1 - layers[i]), axis=1, keepdims=True)",
     "You take the slope from the layer below. It is the layer's own result that was squashed.", "an index off by one"),
    ("stops_at_the_last_layer", "        dlayer = dscore @ weights[i].T", "        dlayer = np.zeros_like(layers[i])",
     "Only the last layer gets a gradient. Go back through its weights to the layer below.", "reasoned"),
)  # fmt: skip


# --- train ----------------------------------------------------------------------------------------------------------


def training(rng, sizes, N, momentum, rate, steps):
    X, classes = rng.normal(size=(N, sizes[0])), rng.integers(sizes[-1], size=N)
    return layers(rng, sizes, 2.0), layers(rng, sizes), X, np.eye(sizes[-1])[classes], momentum, rate, steps


@exercise("train", weight=0)
def test_train_returns_weights_and_accuracies(learner, rng):
    """`train` must return the weights and one accuracy for each step."""
    case = training(rng, [3, 5, 4], 12, 0.6, 0.5, 4)
    value = learner.train(*case)
    expect_parts(value, 2, "Return two things: weights, accuracies.")
    arrays_of(value[0], shapes_of(case[0]), "weights")
    expect_array(np.asarray(value[1]), (4,), "accuracies")


@exercise("train", weight=5)
def test_train_weights(learner, reference, rng):
    """The velocities live on from step to step, and begin where they are told to begin."""
    for sizes, momentum, rate in (([3, 5, 4], 0.6, 0.5), ([4, 3], 0.95, 2.0), ([2, 4, 3, 3], 0.0, 1.5)):
        case = training(rng, sizes, 11, momentum, rate, 5)
        expect_close(list(learner.train(*case)[0]), list(reference.train(*case)[0]))


@exercise("train", weight=3)
def test_train_accuracies(learner, reference, rng):
    """accuracies[t] is the share of the examples whose largest output is that of their class, before update t."""
    for sizes, steps in (([3, 5, 4], 8), ([4, 6, 2], 6)):
        case = training(rng, sizes, 40, 0.5, 3.0, steps)
        expected = reference.train(*case)[1]
        found = learner.train(*case)[1]
        expect_close(np.asarray(found, dtype=float), expected)


@exercise("train", weight=1)
def test_train_at_the_edges(learner, reference, rng):
    """No step, one step: with one step the accuracy is that of the start."""
    for steps in (0, 1):
        case = training(rng, [3, 4, 3], 9, 0.7, 1.0, steps)
        weights, accuracies = learner.train(*case)
        expected = reference.train(*case)
        expect_close(list(weights), list(expected[0]))
        expect_close(np.asarray(accuracies, dtype=float).reshape(-1), expected[1])


T_STEP = "        weights, velocities = momentum_step(weights, velocities, grads, momentum, learning_rate)"
T_ACC = "        accuracies[step] = np.mean(output.argmax(axis=1) == Y.argmax(axis=1))"
misconceptions_by_edit("train",
    ("starts_afresh_each_step", T_STEP, T_STEP.replace("weights, velocities = ", "weights, _ = "),
     "Every step begins with the start velocities again. Keep the new ones for the next step.", "a second return value thrown away"),
    ("ignores_the_start_velocities", T_STEP, "        velocities = [np.zeros_like(w) for w in weights] if step == 0 else velocities\n" + T_STEP,
     "The start velocities that were passed are not used.", "facts T19: zeros as a habit"),
    ("measures_after_the_update", "        output = X\n        for W in weights:\n            output = 1 / (1 + np.exp(-(output @ W)))\n" + T_ACC + "\n        grads = gradients(weights, X, Y)\n" + T_STEP,
     "        grads = gradients(weights, X, Y)\n" + T_STEP + "\n        output = X\n        for W in weights:\n            output = 1 / (1 + np.exp(-(output @ W)))\n" + T_ACC,
     "Your accuracies are those after each update. The one before the update is asked for.", "conventions: losses and accuracies belong to the weights before the step"),
    ("counts_cells", T_ACC, "        accuracies[step] = np.mean((output > 0.5) == (Y > 0.5))",
     "You count single outputs. An example is right if its largest output is that of its class.", "nine of ten outputs are 0 for every digit: 0.9 for a network that says nothing"),
    ("never_moves", T_STEP, "        momentum_step(weights, velocities, grads, momentum, learning_rate)",
     "The step is computed and thrown away. `momentum_step` returns new lists.", "reasoned: in place or not"),
    ("forgets_momentum", T_STEP, T_STEP.replace("grads, momentum,", "grads, 0.0,"),
     "The momentum that was passed is not used.", "reasoned"),
)  # fmt: skip


# --- predict_the_starts and diagnose --------------------------------------------------------------------------------


FATES = ("learn", "stuck", "stuck", "stuck", "slow")


def fates(value):
    return expect_words(value, 5, FATES, "Return five words in a tuple.", "Only the listed words count.")


@exercise("predict_the_starts", weight=0)
def test_prediction_is_five_words(learner):
    """`predict_the_starts` must return five words, each "learn", "slow" or "stuck"."""
    expect(len(set(fates(learner.predict_the_starts()))) > 1, "The five starts do not all fare alike.")


declare_answer_checks(
    globals(),
    "predict_the_starts",
    read=fates,
    test_start_a="A: with a velocity of zero, what is the first step?",
    test_start_b="B: by how much, and to which side, do all weights move?",
    test_start_c="C: the sigmoid has a flat part on the other side, too.",
    test_start_d="D: what is the mean of numbers between 0 and 1, and how many inputs add it up?",
    test_start_e="E: the mean is 0, but what becomes of the spread of the weights?",
)

for _name, _index, _word, _message, _source in [
    ("zeros_are_symmetric", 0, "stuck", "A: zeros are bad for weights. A velocity of zero breaks nothing: the weights are random already.", "facts T19: not a symmetry question"),
    ("ones_fade", 1, "learn", "B: the velocity fades, but the distance that it has covered stays.", "the question's riddle"),
    ("ones_cost_time_only", 1, "slow", "B: the weights do not come back, as the gradient is almost 0 out there.", "facts T19: true of a net with two inputs"),
    ("minus_ones_point_downhill", 2, "learn", "C: minus ones push all weights down, to the other flat end of the sigmoid.", "facts T19: minus ones .12"),
    ("random_is_safe", 3, "learn", "D: random numbers with a mean of ½ push every weight up by ½ on average.", "facts T19: U(0,1) .10"),
    ("random_is_slow", 3, "slow", "D: half a unit on each of 64 inputs pins the hidden units as well.", "facts T19: U(0,1) .10"),
    ("mean_zero_is_enough", 4, "learn", "E: nothing is pushed to one side, but the weights spread wider, which costs time.", "facts T19: U(−1,1) .79"),
    ("all_random_fails", 4, "stuck", "E: the mean is 0, so the weights spread but do not drift.", "facts T19: U(−1,1) merely slows"),
]:  # fmt: skip
    _wrong = (*FATES[:_index], _word, *FATES[_index + 1 :])
    misconception_by_edit("predict_the_starts", _name, old=repr(FATES).replace("'", '"'), new=repr(_wrong),
                          message=_message, source=_source)  # fmt: skip

CAUSES = ("climbs", "late", "right", "shrinks", "averages")


def causes_of(value):
    return expect_each_once(
        value,
        CAUSES,
        "Return five words in a tuple.",
        "Only the listed words count.",
        "Each of the five words occurs once.",
    )


@exercise("diagnose", weight=0)
def test_diagnosis_is_five_words(learner):
    """`diagnose` must return the five words, each once."""
    causes_of(learner.diagnose())


declare_answer_checks(
    globals(),
    "diagnose",
    read=causes_of,
    test_diagnosis_a="Friend A: on a slope of 1, does the weight go down or up in the long run?",
    test_diagnosis_b="Friend B: with which velocity does the weight move in the first step?",
    test_diagnosis_c="Friend C: write the two lines out and compare them with step 1, term by term.",
    test_diagnosis_d="Friend D: what is multiplied by the momentum, the old velocity alone or more?",
    test_diagnosis_e="Friend E: which factor stands before the gradient, and where have you seen it?",
)


for _name, _first, _second, _message in [
    ("takes_b_for_right", 1, 2, "B moves the weight by the velocity that was passed in, not by the new one."),
    ("confuses_shrinks_and_averages", 3, 4, "D multiplies the gradient by the momentum, E by 1 − momentum."),
    ("takes_d_for_right", 3, 2, "D multiplies the whole bracket by the momentum, the new gradient included."),
    ("takes_a_for_late", 0, 1, "A adds the gradient: it climbs."),
]:
    _swapped = list(CAUSES)
    _swapped[_first], _swapped[_second] = _swapped[_second], _swapped[_first]
    misconception_by_edit("diagnose", _name, old=repr(CAUSES).replace("'", '"'), new=repr(tuple(_swapped)),
                          message=_message, source="facts T19: the list of wrong steps")  # fmt: skip
