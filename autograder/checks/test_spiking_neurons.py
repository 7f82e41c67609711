"""Hidden checks of 29_spiking_neurons."""

import numpy as np

from autograder.checking import (
    agree,
    declare_answer_checks,
    exercise,
    expect,
    expect_array,
    expect_close,
    expect_parts,
    expect_words,
    misconception,
    misconception_by_edit,
    misconceptions_by_edit,
)

NEEDS = {
    "simulate": ["izhikevich_step"],
    "two_cells": ["izhikevich_step", "simulate", "spike_train", "synapse_current"],
}

CELLS = [
    (0.02, 0.2, -65.0, 8.0),
    (0.02, 0.2, -55.0, 4.0),
    (0.02, 0.2, -50.0, 2.0),
    (0.1, 0.2, -65.0, 2.0),
    (0.02, 0.25, -65.0, 2.0),
]


# --- izhikevich_step ------------------------------------------------------------------------------------------------


def a_cell(rng):
    return rng.uniform(0.02, 0.12), rng.uniform(0.15, 0.3), rng.uniform(-68, -45), rng.uniform(1, 9)


def below(rng, dt):
    """A cell that cannot reach 30 mV in this step."""
    return rng.uniform(-80, -45), rng.uniform(-15, 15), rng.uniform(-5, 15), dt, *a_cell(rng)


def above(rng, dt):
    """A cell that is sure to fire: after the first half step if dt >= 0.25, else after the second."""
    return rng.uniform(25, 29.5), rng.uniform(-15, 15), rng.uniform(0, 15), dt, *a_cell(rng)


def steps_agree(learner, reference, cases, part):
    agree(learner, reference, "izhikevich_step", cases, part=lambda result: np.array(result[part]))


@exercise("izhikevich_step", weight=0)
def test_step_returns_three_things(learner, rng):
    """`izhikevich_step` must return v, u and fired, in this order: two numbers and a truth value."""
    for case in (below(rng, 0.5), above(rng, 0.5)):
        result = learner.izhikevich_step(*case)
        expect_parts(result, 3, "It must return three things.")
        expect_array(result[0], (), "`v`")
        expect_array(result[1], (), "`u`")
        expect(np.ndim(result[2]) == 0 and result[2] in (0, 1), "`fired` must be True or False.")


@exercise("izhikevich_step", weight=3)
def test_step_voltage_below_threshold(learner, reference, rng):
    """v must make two half steps with the old u, the second from where the first one arrived."""
    steps_agree(learner, reference, [below(rng, dt) for dt in (1.0, 0.5, 0.5, 0.25, 0.1, 0.02)], 0)


@exercise("izhikevich_step", weight=3)
def test_step_recovery_below_threshold(learner, reference, rng):
    """u must make one whole step of length dt, with the v after both half steps."""
    steps_agree(learner, reference, [below(rng, dt) for dt in (1.0, 0.5, 0.5, 0.25, 0.1, 0.02)], 1)


@exercise("izhikevich_step", weight=2)
def test_step_reset(learner, reference, rng):
    """After a spike v must be c; u must have moved with the high v first, and then have grown by d."""
    cases = [above(rng, dt) for dt in (1.0, 0.5, 0.5, 0.25, 0.1)]
    steps_agree(learner, reference, cases, 0)
    steps_agree(learner, reference, cases, 1)


@exercise("izhikevich_step", weight=2)
def test_step_says_whether_it_fired(learner, reference, rng):
    """`fired` must be true exactly where v reached 30 in this step, before the reset."""
    cases = [make(rng, dt) for dt in (1.0, 0.5, 0.1) for make in (below, above)]
    for result, case in zip(learner.map("izhikevich_step", cases), cases, strict=True):
        expect(bool(result[2]) == bool(reference.izhikevich_step(*case)[2]))


@exercise("izhikevich_step", weight=1)
def test_step_edges(learner, reference, rng):
    """At rest nothing moves; a step of length 0 changes nothing; a = 0 keeps u, and c may be any voltage."""
    cases = [
        (-70.0, -14.0, 0.0, 0.5, *CELLS[0]),
        (rng.uniform(-80, -50), rng.uniform(-15, 15), 4.0, 0.0, *a_cell(rng)),
        (rng.uniform(-80, -50), rng.uniform(-15, 15), 4.0, 0.5, 0.0, 0.2, -65.0, 8.0),
        (rng.uniform(25, 29), 3.0, 4.0, 0.5, 0.02, 0.2, 10.0, -3.0),
        (rng.uniform(25, 29), 3.0, 4.0, 0.5, 0.02, -0.2, -65.0, 0.0),
    ]
    steps_agree(learner, reference, cases, 0)
    steps_agree(learner, reference, cases, 1)


@misconception(
    "izhikevich_step",
    "You set v and u to the right sides of the equations. Those are speeds: add dt times the speed to the old value.",
    source="document 001: the question's own equations; infinite at step 11",
)
def takes_the_speed_for_the_value(v, u, current, dt, a, b, c, d):
    v, u = 0.04 * v * v + 5 * v + 140 - u + current, a * (b * v - u)
    fired = v >= 30
    if fired:
        v, u = c, u + d
    return v, u, fired


misconception_by_edit(
    "izhikevich_step",
    "never_resets",
    old="v, u = c, u + d",
    new="pass",
    message="Nothing is reset after a spike. Without v = c and u + d the next steps are infinite.",
    source="T12: inf a few steps after the first spike",
)

misconception_by_edit(
    "izhikevich_step",
    "puts_d_in_the_place_of_u",
    old="v, u = c, u + d",
    new="v, u = c, d",
    message="A spike adds d to u. You put d in its place, so the cell forgets all earlier spikes.",
    source="T12: u = d gives 16 spikes with all intervals 64.5 ms",
)

misconception_by_edit(
    "izhikevich_step",
    "resets_only_the_voltage",
    old="v, u = c, u + d",
    new="v = c",
    message="After a spike v is reset, but u has to grow by d, too. This is what makes the cell tired.",
    source="integrate-and-fire neurons have only the one reset",
)


@misconception(
    "izhikevich_step",
    "You reset before u has moved. u moves with the high v of the spike; the reset comes last.",
    source="measured: 23 spikes instead of 22 in a second, and in a plot nobody would notice",
)
def resets_before_u_moves(v, u, current, dt, a, b, c, d):
    for _ in range(2):
        v = v + 0.5 * dt * (0.04 * v * v + 5 * v + 140 - u + current)
    fired = v >= 30
    if fired:
        v = c
    u = u + dt * a * (b * v - u)
    if fired:
        u = u + d
    return v, u, fired


@misconception(
    "izhikevich_step",
    "You tested v >= 30 after the reset had wiped it out, so no spike is ever reported and d is never added.",
    source="T12: tested after v was set to c, all spikes are lost",
)
def looks_after_the_reset(v, u, current, dt, a, b, c, d):
    for _ in range(2):
        v = v + 0.5 * dt * (0.04 * v * v + 5 * v + 140 - u + current)
    u = u + dt * a * (b * v - u)
    if v >= 30:
        v = c
    fired = v >= 30
    if fired:
        u = u + d
    return v, u, fired


@misconception(
    "izhikevich_step",
    "u moved with the v from before the step. Its whole step comes after both half steps of v and uses the new v.",
    source="a plain Euler step updates both from the old values",
)
def moves_u_with_the_old_v(v, u, current, dt, a, b, c, d):
    old_v = v
    for _ in range(2):
        v = v + 0.5 * dt * (0.04 * v * v + 5 * v + 140 - u + current)
    u = u + dt * a * (b * old_v - u)
    fired = v >= 30
    if fired:
        v, u = c, u + d
    return v, u, fired


@misconception(
    "izhikevich_step",
    "v makes one whole step. Two half steps are asked for, the second from where the first one arrived.",
    source="the plain Euler step of most published rewrites of the script",
)
def makes_one_whole_step(v, u, current, dt, a, b, c, d):
    v = v + dt * (0.04 * v * v + 5 * v + 140 - u + current)
    u = u + dt * a * (b * v - u)
    fired = v >= 30
    if fired:
        v, u = c, u + d
    return v, u, fired


misconception_by_edit(
    "izhikevich_step",
    "makes_two_whole_steps",
    old="0.5 * dt * (",
    new="dt * (",
    message="Each of your two steps of v is a whole one. They are half steps, of length dt / 2 each.",
    source="the factor 0.5 lost when the script's dt of 1 becomes another one",
)

misconception_by_edit(
    "izhikevich_step",
    "keeps_the_half_without_dt",
    old="0.5 * dt * (",
    new="0.5 * (",
    message="The steps of v lack dt: half a step is dt / 2, and only for dt = 1 that is 0.5.",
    source="Izhikevich's script is written for a step of 1 ms",
)

misconception_by_edit(
    "izhikevich_step",
    "forgets_dt_on_u",
    old="u + dt * a",
    new="u + a",
    message="u lacks its dt: it moves by dt times its speed, as v does.",
    source="T12: dt only on v; measured: 37 spikes instead of 22",
)


@misconception(
    "izhikevich_step",
    "u takes part in the half steps. Only v does; u makes one whole step, after both of them.",
    source="a Euler scheme with half the step for both equations",
)
def halves_the_steps_of_u(v, u, current, dt, a, b, c, d):
    for _ in range(2):
        v = v + 0.5 * dt * (0.04 * v * v + 5 * v + 140 - u + current)
        u = u + 0.5 * dt * a * (b * v - u)
    fired = v >= 30
    if fired:
        v, u = c, u + d
    return v, u, fired


@misconception(
    "izhikevich_step",
    "You cut v off at 30 before u moved. u moves with the new v, whatever its height.",
    source="published programs that set v to 30 for the picture; measured: 23 spikes instead of 22",
)
def cuts_off_at_thirty(v, u, current, dt, a, b, c, d):
    for _ in range(2):
        v = v + 0.5 * dt * (0.04 * v * v + 5 * v + 140 - u + current)
    fired = v >= 30
    v = min(v, 30.0)
    u = u + dt * a * (b * v - u)
    if fired:
        v, u = c, u + d
    return v, u, fired


misconception_by_edit(
    "izhikevich_step",
    "adds_the_recovery",
    old="140 - u + current",
    new="140 + u + current",
    message="The recovery u holds the voltage back: it is subtracted from the speed of v.",
    source="a sign lost while copying the equation",
)


@misconception("izhikevich_step", "v makes one whole step, and u moves with the old v. Two half steps of v are asked for, then a whole step of u with the new v.",
               source="read in learners' public programs: Euler's method for both at once")  # fmt: skip
def moves_both_at_once(v, u, current, dt, a, b, c, d):
    v, u = v + dt * (0.04 * v * v + 5 * v + 140 - u + current), u + dt * a * (b * v - u)
    fired = v >= 30
    return (c, u + d, fired) if fired else (v, u, fired)


@misconception("izhikevich_step", "You test for a spike before the step: a cell is reset one step after it has passed 30. Test at the end, after v and u have moved, and reset in the same step.",
               source="read in learners' public programs: the order of the 2003 paper's program")  # fmt: skip
def resets_a_step_late(v, u, current, dt, a, b, c, d):
    fired = v >= 30
    if fired:
        v, u = c, u + d
    for _ in range(2):
        v = v + 0.5 * dt * (0.04 * v * v + 5 * v + 140 - u + current)
    return v, u + dt * a * (b * v - u), fired


@misconception("izhikevich_step", "After a spike you add c to u. c is the voltage to which v is set; what a spike adds to u is d.",
               source="read in learners' public programs: c and d confused in a published text")  # fmt: skip
def adds_c_to_u(v, u, current, dt, a, b, c, d):
    for _ in range(2):
        v = v + 0.5 * dt * (0.04 * v * v + 5 * v + 140 - u + current)
    u = u + dt * a * (b * v - u)
    fired = v >= 30
    return (c, u + c, fired) if fired else (v, u, fired)


# --- simulate -------------------------------------------------------------------------------------------------------


def drives(rng):
    """Runs with spikes, of five kinds of cell and four steps of time.

    Each spike magnifies what came before, rounding errors too, by up to a thousand and most in the quick cells: these
    runs are as long as errors of a few units in the last place stay far below the tolerance.
    """
    runs = []
    for cell, dt, n in zip(CELLS, (0.5, 0.25, 0.5, 1.0, 0.4), (240, 300, 180, 40, 150), strict=True):
        runs.append((rng.uniform(7, 16, size=n) + np.linspace(0, 3, n), dt, *cell))
    return runs


@exercise("simulate", weight=0)
def test_simulate_returns_three_arrays(learner, rng):
    """`simulate` must return v (n,), u (n,) and the array of spike times."""
    current = rng.uniform(8, 12, size=70)
    result = learner.simulate(current, 0.5, *CELLS[0])
    expect_parts(result, 3, "It must return three arrays.")
    expect_array(result[0], (70,), "`v`")
    expect_array(result[1], (70,), "`u`")
    expect(np.ndim(result[2]) == 1, "`spike_times` must be an array with one axis.")


@exercise("simulate", weight=2)
def test_simulate_voltage(learner, reference, rng):
    """Entry k of v must be the voltage after step k, with current[k], starting from -65."""
    agree(learner, reference, "simulate", drives(rng), part=0)


@exercise("simulate", weight=1)
def test_simulate_recovery(learner, reference, rng):
    """Entry k of u must be the recovery after step k, starting from b * (-65)."""
    agree(learner, reference, "simulate", drives(rng), part=1)


@exercise("simulate", weight=2)
def test_simulate_spike_times(learner, reference, rng):
    """A spike in step k, counted from 0, has the time k * dt. Take it from what the step reports."""
    agree(learner, reference, "simulate", drives(rng), part=2)


@exercise("simulate", weight=1)
def test_simulate_edges(learner, reference, rng):
    """One step, no spikes at all, a current that pulls down, a spike in the very first step: the same rules hold."""
    cases = [
        (np.array([6.0]), 0.5, *CELLS[4]),
        (np.zeros(50), 0.5, *CELLS[1]),
        (rng.uniform(-12, -3, size=40), 1.0, *CELLS[2]),
        (np.full(30, 900.0), 0.5, *CELLS[0]),
    ]
    for part in range(3):
        agree(learner, reference, "simulate", cases, part)


SIMULATE_IDEAS = [
    ("starts_without_recovery", "v_now, u_now = -65.0, -65.0 * b", "v_now, u_now = -65.0, 0.0",
     "The run starts with u = 0. It starts with u = b * v, here b * (-65).",
     "zeros as the start of everything"),
    ("starts_at_the_reset_voltage", "v_now, u_now = -65.0, -65.0 * b", "v_now, u_now = c, b * c",
     "The run starts at c. The start is -65 for every cell; c is the voltage after a spike.",
     "-65 and c are the same for a regular spiking cell"),
    ("counts_steps_from_one", "spike_times.append(k * dt)", "spike_times.append((k + 1) * dt)",
     "Your spike times are one step late: steps count from 0, so a spike in step k has the time k * dt.",
     "the end of the step taken for its number"),
    ("gives_steps_instead_of_times", "spike_times.append(k * dt)", "spike_times.append(k)",
     "You return the numbers of the steps. Times are in ms: multiply by dt.",
     "index and time, mixed up whenever dt is 1"),
    ("looks_for_30_in_the_recorded_voltage", "if fired:", "if v_now >= 30:",
     "You look for v >= 30 after the reset, where it never is. Use what izhikevich_step reports.",
     "T12: the reset comes before the recording, all spikes are lost"),
    ("counts_every_step_above_zero", "if fired:", "if v_now > 0:",
     "You count each step in which v is above 0. A spike is what izhikevich_step reports, once.",
     "document 001: the answer's test; T12: above 0 in 33 steps for 22 spikes"),
    ("uses_one_current_for_all_steps", "current[k]", "current[0]",
     "You use the first entry of the current in every step. Step k gets current[k].",
     "a constant current in most tutorials"),
    ("reads_the_current_one_step_late", "current[k]", "current[max(k - 1, 0)]",
     "Step k uses the current of the step before it. It gets current[k].",
     "the start counted as step 0"),
]  # fmt: skip
misconceptions_by_edit("simulate", *SIMULATE_IDEAS)


@misconception(
    "simulate",
    "Your v and u start with the values at the beginning. Entry k is the value after step k; the start is not recorded.",
    source="many published loops fill index 0 with the start",
)
def records_before_the_step(current, dt, a, b, c, d):
    n = len(current)
    v, u, spike_times = np.empty(n), np.empty(n), []
    v_now, u_now = -65.0, -65.0 * b
    for k in range(n):
        v[k], u[k] = v_now, u_now
        v_now, u_now, fired = izhikevich_step(v_now, u_now, current[k], dt, a, b, c, d)  # noqa: F821
        if fired:
            spike_times.append(k * dt)
    return v, u, np.array(spike_times, dtype=float)


# --- predict_the_symptoms -------------------------------------------------------------------------------------------

SYMPTOMS = ("overflow", "constant", "silent", "almost", "fast")


@exercise("predict_the_symptoms", weight=0)
def test_symptoms_are_five_words(learner):
    """`predict_the_symptoms` must return five of the given words, one for each program."""
    expect_words(
        learner.predict_the_symptoms(),
        5,
        SYMPTOMS,
        "It must return five strings.",
        "Each entry is one of the five words.",
    )


declare_answer_checks(
    globals(),
    "predict_the_symptoms",
    test_symptom_1="Program 1 is not right: what does v do above 30 if nobody puts it back?",
    test_symptom_2="Program 2 is not right: compare u after the first spike with u after the fifth.",
    test_symptom_3="Program 3 is not right: what is v when it is tested?",
    test_symptom_4="Program 4 is not right: how much does one step of u change, beside d?",
    test_symptom_5="Program 5 is not right: with dt = 0.5, is u too quick or too slow, and does it still grow with each spike?",
)


SYMPTOM_IDEAS = [
    (1, "silent", "expects_silence_without_reset",
     "Without a reset program 1 does reach 30, and then nothing stops it: the square outruns everything."),
    (1, "fast", "expects_more_spikes_without_reset",
     "Without a reset v never comes down again, so there is no second spike. It goes to infinity."),
    (2, "fast", "expects_more_spikes_without_memory",
     "In program 2 u is the same after each spike. Equal starts give equal intervals."),
    (2, "almost", "finds_the_lost_memory_harmless",
     "In program 2 the memory of all earlier spikes is gone, and with it the adaptation."),
    (3, "overflow", "expects_overflow_without_report",
     "Program 3 does put v back, so it cannot overflow. But what does its test see afterwards?"),
    (3, "almost", "expects_the_report_to_survive",
     "Program 3 tests v when it is c already. The condition can never hold."),
    (3, "fast", "expects_reports_without_recovery",
     "Program 3 does spike far too often, because d is never added; but it never reports a spike."),
    (4, "silent", "expects_silence_from_program_4",
     "Program 4 reports its spikes before it resets. Only the one step of u differs."),
    (4, "constant", "expects_program_4_to_forget",
     "Program 4 still adds d to u, so it adapts as yours does."),
    (4, "fast", "fears_the_order_of_program_4",
     "In program 4 one step of u misses the high v. This is a few tenths beside d = 8."),
    (5, "almost", "finds_dt_on_u_harmless",
     "In program 5 u moves twice as fast, so it recovers twice as fast after each spike."),
    (5, "constant", "expects_program_5_to_forget",
     "Program 5 still adds d to u with each spike, so its first interval is the shortest."),
    (5, "overflow", "expects_program_5_to_overflow",
     "A u that is twice as quick still holds v back, and the reset is there. Nothing overflows."),
]  # fmt: skip
for program, word, idea, words in SYMPTOM_IDEAS:
    misconception_by_edit(
        "predict_the_symptoms",
        idea,
        old=str(SYMPTOMS).replace("'", '"'),
        new=str((*SYMPTOMS[: program - 1], word, *SYMPTOMS[program:])),
        message=words,
        source="the lesson's own runs of the five programs",
    )

# --- spike_train ----------------------------------------------------------------------------------------------------


def times(rng, n, dt, steps=None):
    """Spike times as somebody would type them: rounded to a microsecond."""
    steps = np.flatnonzero(rng.random(n) < 0.4) if steps is None else np.asarray(steps)
    return np.round(steps * dt, 6), n, dt


@exercise("spike_train", weight=0)
def test_train_has_an_entry_per_step(learner, rng):
    """`spike_train` must return an array with one entry for each of the n steps."""
    expect_array(learner.spike_train(*times(rng, 23, 0.5)), (23,), "`spikes`")


@exercise("spike_train", weight=3)
def test_train_values(learner, reference, rng):
    """Entry k must be 1 where there is a spike at k * dt, else 0."""
    agree(
        learner, reference, "spike_train", [times(rng, n, dt) for n, dt in ((40, 0.5), (31, 0.25), (26, 1.0))]
    )


@exercise("spike_train", weight=2)
def test_train_rounds(learner, reference, rng):
    """Time divided by dt may come out just below a whole number: round it, do not cut it off."""
    cases = [times(rng, 40, 0.1, [0, 3, 6, 7, 12, 39]), times(rng, 60, 0.1), times(rng, 30, 0.7)]
    agree(learner, reference, "spike_train", cases)


@exercise("spike_train", weight=1)
def test_train_edges(learner, reference, rng):
    """A spike in the first and in the last step, a spike in every step, a single step: each has its place."""
    cases = [
        times(rng, 9, 0.5, [0, 8]),
        times(rng, 5, 0.2, np.arange(5)),
        times(rng, 1, 0.5, [0]),
        (np.array([]), 6, 0.5),
    ]
    agree(learner, reference, "spike_train", cases)


TRAIN_IDEAS = [
    ("cuts_off", "np.rint(spike_times / dt).astype(int)", "(spike_times / dt).astype(int)",
     "You cut off the decimals. 0.3 / 0.1 is 2.9999999999999996, and that belongs into step 3: round.",
     "int(t / dt), in many published programs"),
    ("takes_times_for_steps", "np.rint(spike_times / dt).astype(int)", "np.rint(spike_times).astype(int)",
     "You use the time itself as an index. The step is time divided by dt.",
     "right for dt = 1 only"),
    ("multiplies_by_dt", "np.rint(spike_times / dt).astype(int)", "np.rint(spike_times * dt).astype(int)",
     "You multiply by dt. Time is step times dt, so the step is time divided by dt.",
     "the inverse of simulate's k * dt written once more"),
    ("counts_steps_from_one_again", "np.rint(spike_times / dt).astype(int)", "np.rint(spike_times / dt).astype(int) - 1",
     "Your train is one step early: steps count from 0, so the time 0 belongs to step 0.",
     "steps counted from 1"),
    ("writes_the_time", "] = 1.0", "] = spike_times",
     "Your train holds the times. It holds 1 where there is a spike, and the place says when.",
     "place and value mixed up"),
]  # fmt: skip
misconceptions_by_edit("spike_train", *TRAIN_IDEAS)

# --- synapse_current ------------------------------------------------------------------------------------------------


def a_train(rng, n, rate=0.25):
    """A random train with at least two spikes early, close to each other."""
    train = (rng.random(n) < rate).astype(float)
    train[[1, 3, 4]] = 1.0
    train[2] = 0.0
    return train


@exercise("synapse_current", weight=0)
def test_current_has_an_entry_per_step(learner, rng):
    """`synapse_current` must return an array with one entry for each step of the train."""
    expect_array(learner.synapse_current(a_train(rng, 31), 4.0, 5.0, 0.5), (31,), "`current`")


@exercise("synapse_current", weight=4)
def test_current_values(learner, reference, rng):
    """In each step the current decays by exp(-dt / tau), and then the weight is added if a spike arrives."""
    cases = [
        (a_train(rng, 40), rng.uniform(2, 30), tau, dt) for tau, dt in ((5.0, 0.5), (2.0, 0.25), (12.0, 2.0))
    ]
    agree(learner, reference, "synapse_current", cases)


@exercise("synapse_current", weight=1)
def test_current_of_one_spike(learner, rng):
    """One spike leaves nothing before it, the weight in its own step, and a falling exponential after it."""
    weight, tau, dt = rng.uniform(2, 9), rng.uniform(2, 9), 0.5
    train = np.zeros(30)
    train[7] = 1.0
    expected = np.where(np.arange(30) < 7, 0.0, weight * np.exp(-(np.arange(30) - 7) * dt / tau))
    expect_close(learner.synapse_current(train, weight, tau, dt), expected)


@exercise("synapse_current", weight=1)
def test_current_is_in_proportion_to_the_weight(learner, reference, rng):
    """A negative weight turns the current's sign, and a tenfold weight makes it ten times as large."""
    train, weight = a_train(rng, 25), rng.uniform(2, 5)
    agree(learner, reference, "synapse_current", [(train, f * weight, 3.0, 0.5) for f in (-1.0, 10.0, 0.1)])


@exercise("synapse_current", weight=1)
def test_current_edges(learner, reference, rng):
    """A spike in the first step, a spike in every step, a single step, a very short and a very long tau."""
    weight = rng.uniform(2, 9)
    cases = [
        (np.array([1.0]), weight, 5.0, 0.5),
        (np.ones(20), weight, 5.0, 0.5),
        (a_train(rng, 20), weight, 0.01, 0.5),
        (a_train(rng, 20), weight, 1e6, 0.5),
        (np.array([1.0, 0.0, 0.0, 1.0, 0.0]), weight, 1.5, 1.0),
    ]
    agree(learner, reference, "synapse_current", cases)


SYNAPSE_IDEAS = [
    ("grows_between_spikes", "np.exp(-dt / tau)", "np.exp(dt / tau)",
     "Your current grows between spikes: the exponent is -dt / tau.",
     "T12: exp(+dt / tau)"),
    ("forgets_dt_in_the_decay", "np.exp(-dt / tau)", "np.exp(-1 / tau)",
     "The decay of one step is exp(-dt / tau); you left out dt.",
     "right for dt = 1 only"),
    ("multiplies_tau", "np.exp(-dt / tau)", "np.exp(-dt * tau)",
     "You multiply by tau. It is a time: dt is divided by it.",
     "a rate taken for a time constant"),
    ("decays_in_a_straight_line", "np.exp(-dt / tau)", "(1 - dt / tau)",
     "1 - dt / tau is only the beginning of exp(-dt / tau). Here the exact decay is asked for.",
     "the Euler step of the same decay"),
    ("lets_the_new_spike_decay", "now * decay + weight * spikes[k]", "(now + weight * spikes[k]) * decay",
     "What has just arrived has decayed already. In the step of a spike its whole weight is there.",
     "add and decay in the other order"),
    ("hears_the_spike_one_step_late", "now * decay + weight * spikes[k]", "now * decay + weight * spikes[k - 1] * (k > 0)",
     "A spike acts one step late. It acts in its own step.",
     "a delay of one step, as in programs that update all cells from the last step"),
    ("lets_a_spike_replace_the_rest", "now * decay + weight * spikes[k]", "weight if spikes[k] else now * decay",
     "A new spike replaces what was left of the earlier ones. It is added to it.",
     "reset instead of sum: a saturating synapse"),
    ("forgets_the_weight", "now * decay + weight * spikes[k]", "now * decay + spikes[k]",
     "The weight is missing. Each spike adds the weight, not 1.",
     "document 001: the question of where the weight goes"),
    ("never_decays", "now * decay + weight * spikes[k]", "now + weight * spikes[k]",
     "The current never dies away: multiply what is there by the decay in every step.",
     "a running sum"),
    ("weighs_the_rest_again", "now * decay + weight * spikes[k]", "weight * (now * decay + spikes[k])",
     "The weight also multiplies what was left over, again in every step. It belongs to the new spike only.",
     "the weight applied to the state instead of the input"),
    ("starts_with_step_one", "for k in range(len(spikes))", "for k in range(1, len(spikes))",
     "A spike in the very first step is lost: your loop starts with step 1.",
     "I_(k-1) read from the array, where step 0 has no entry before it"),
    ("sends_bare_pulses", "now * decay + weight * spikes[k]", "weight * spikes[k]",
     "Your current is there in the step of a spike only. What was there before decays; it does not vanish.",
     "T12: bare pulses; document 001: the answer's simplest example"),
]  # fmt: skip
misconceptions_by_edit("synapse_current", *SYNAPSE_IDEAS)

# --- two_cells ------------------------------------------------------------------------------------------------------


def a_drive(rng, n):
    return rng.uniform(9, 15, size=n)


@exercise("two_cells", weight=0)
def test_two_cells_returns_two_trains(learner, rng):
    """`two_cells` must return two trains, each with one entry per step."""
    result = learner.two_cells(20.0, a_drive(rng, 130), 0.5)
    expect_parts(result, 2, "It must return two arrays.")
    expect_array(result[0], (130,), "`spikes_pre`")
    expect_array(result[1], (130,), "`spikes_post`")


@exercise("two_cells", weight=1)
def test_two_cells_pre(learner, reference, rng):
    """The first cell is a regular spiking cell with the current from outside; the weight does not touch it."""
    cases = [(weight, a_drive(rng, 260), 0.5) for weight in (0.0, 25.0, 90.0)]
    agree(learner, reference, "two_cells", cases, part=0)


@exercise("two_cells", weight=4)
def test_two_cells_post(learner, reference, rng):
    """The second cell is regular spiking, too; it gets the synapse's current only, with tau = 5 ms and no delay."""
    cases = [
        (weight, a_drive(rng, n), dt)
        for weight, n, dt in ((25.0, 320, 0.5), (60.0, 320, 0.5), (90.0, 300, 0.25))
    ]
    agree(learner, reference, "two_cells", cases, part=1)


@exercise("two_cells", weight=1)
def test_two_cells_weights_from_weak_to_strong(learner, reference, rng):
    """Weak, negative and very strong synapses, and another step of time: the same wiring."""
    cases = [(weight, a_drive(rng, 200), 0.5) for weight in (2.0, -20.0, 12.0, 150.0)]
    cases += [(40.0, a_drive(rng, 200), 1.0)]
    agree(learner, reference, "two_cells", cases, part=0)
    agree(learner, reference, "two_cells", cases, part=1)


TWO_IDEAS = [
    ("lets_the_current_reach_both", "simulate(synapse_current(spikes_pre, weight, SYNAPSE_TAU, dt), dt, *REGULAR)",
     "simulate(current + synapse_current(spikes_pre, weight, SYNAPSE_TAU, dt), dt, *REGULAR)",
     "The second cell also gets the current from outside. All it gets is the synapse's current.",
     "one input array for all cells, as in Izhikevich's network script"),
    ("weighs_the_outside_current", "simulate(current, dt, *REGULAR)", "simulate(weight * current, dt, *REGULAR)",
     "The weight acts on the first cell. It belongs to the synapse between the two.",
     "document 001: does the input multiply a weight?"),
    ("leaves_out_the_synapse", "simulate(synapse_current(spikes_pre, weight, SYNAPSE_TAU, dt), dt, *REGULAR)",
     "simulate(weight * spikes_pre, dt, *REGULAR)",
     "The second cell gets bare pulses of one step. Send the train through synapse_current first.",
     "T12: bare pulses need far more weight"),
    ("drives_post_past_pre", "simulate(synapse_current(spikes_pre, weight, SYNAPSE_TAU, dt), dt, *REGULAR)",
     "simulate(weight * current, dt, *REGULAR)",
     "The second cell is driven by the outside current. It must hear the spikes of the first.",
     "an ordinary layer: the weight multiplies the input"),
    ("follows_the_recipe_of_the_answer", "simulate(synapse_current(spikes_pre, weight, SYNAPSE_TAU, dt), dt, *REGULAR)",
     "simulate(0.01 * weight * spikes_pre, dt, *REGULAR)",
     "You inject 0.01 times the weight while the first cell spikes. That moves the second cell by less than a hundredth of a mV.",
     "document 001: the answer's recipe; measured .008 mV"),
    ("adds_a_delay", "synapse_current(spikes_pre, weight, SYNAPSE_TAU, dt), dt",
     "synapse_current(np.append(0.0, spikes_pre[:-1]), weight, SYNAPSE_TAU, dt), dt",
     "Your second cell hears each spike one step late. The synapse has no delay.",
     "programs that update all cells from the last step"),
    ("swaps_the_two", "spikes_post = spike_train(post_times, n, dt)",
     "spikes_post, spikes_pre = spikes_pre, spike_train(post_times, n, dt)",
     "The two trains are swapped: the first cell comes first.",
     "order of returned values"),
    ("closes_the_loop_onto_pre", "return spikes_pre, spikes_post", "return spikes_pre, spikes_pre * (spikes_post.sum() > 0)",
     "Your second train is a copy of the first. The second cell has its own voltage and its own delay.",
     "one for one taken for the same"),
]  # fmt: skip
misconceptions_by_edit("two_cells", *TWO_IDEAS)

# --- predict_the_weight ---------------------------------------------------------------------------------------------


@exercise("predict_the_weight", weight=0)
def test_weight_has_three_letters(learner):
    """`predict_the_weight` must return three capital letters, one for each question."""
    expect_words(
        learner.predict_the_weight(),
        3,
        list("ABC"),
        "Not one string: a tuple with three entries.",
        "Each entry is one of A, B, C.",
    )


declare_answer_checks(
    globals(),
    "predict_the_weight",
    test_weight_question_1="Question 1 is not right: how far is it from rest to threshold, and how far do such pulses lift v?",
    test_weight_question_2="Question 2 is not right: what can the rest of a strong pulse still do after the reset?",
    test_weight_question_3="Question 3 is not right: what does the second cell know about where its current comes from?",
)


WEIGHT_IDEAS = [
    ("BBB", "believes_half_of_the_recipe",
     "The recipe's sizes do not work: 0.01 for a ms or so lifts v by a hundredth of a mV, and the threshold is 20 mV away."),
    ("CBB", "believes_the_recipe",
     "The recipe's sizes do not work: its largest weight lifts v by less than a hundredth of a mV, and the threshold is 20 mV away."),
    ("AAB", "allows_one_spike_per_spike",
     "A pulse does not end with the spike it causes. What is left of a strong one lifts v across the threshold again."),
    ("ACB", "expects_proportion",
     "Spikes are not in proportion to the weight: there is a threshold, and from there on it goes in plateaus."),
    ("ABA", "asks_each_synapse_for_itself",
     "No synapse has a threshold of its own. The cell has one, and it sees the sum of the currents."),
    ("ABC", "expects_halves",
     "Two currents of weight 5 add up to exactly the current of weight 10, so the cell cannot tell the difference."),
    ("CAB", "believes_in_relays",
     "A synapse is no relay that passes each spike on: a weak one passes none, a strong one makes several."),
    ("ACA", "thinks_in_single_synapses",
     "The cell adds up its currents and then compares with one threshold; it is not in proportion, and not per synapse."),
]  # fmt: skip
for letters, idea, words in WEIGHT_IDEAS:
    misconception_by_edit(
        "predict_the_weight",
        idea,
        old='("A", "B", "B")',
        new=str(tuple(letters)),
        message=words,
        source="measured: 0 spikes by the recipe, 44 at weight 50, 11 for twice 5 and for 10",
    )

# --- stdp and stdp_traces -------------------------------------------------------------------------------------------


def pairing(rng, n, dt, tau=None):
    """Two trains with spikes that fall together, and an order that is not symmetric."""
    pre, post = (rng.random((2, n)) < 0.25).astype(float)
    pre[[2, 3, 9]], post[[2, 5, 6]], post[9], pre[[5, 6]] = 1.0, 1.0, 0.0, 0.0
    a_plus, a_minus = rng.uniform(0.05, 0.1), rng.uniform(0.2, 0.3)
    return pre, post, rng.uniform(0.3, 0.7), a_plus, a_minus, rng.uniform(6, 12) if tau is None else tau, dt


def one_pair(rng, lag, dt, n=40):
    pre, post = np.zeros(n), np.zeros(n)
    pre[20], post[20 + lag] = 1.0, 1.0
    return (
        pre,
        post,
        rng.uniform(0.3, 0.7),
        rng.uniform(0.05, 0.1),
        rng.uniform(0.2, 0.3),
        rng.uniform(6, 12),
        dt,
    )


def plain_number(learner, rng, name):
    expect_array(getattr(learner, name)(*pairing(rng, 30, 0.5)), (), "`w`")


def values(learner, reference, rng, name):
    cases = [pairing(rng, n, dt) for n, dt in ((40, 0.5), (55, 0.25), (30, 2.0))]
    agree(learner, reference, name, cases, rtol=1e-9, atol=1e-10)


def single_pairs(learner, rng, name):
    cases = [one_pair(rng, lag, dt) for lag in (1, 6, -1, -9, 15) for dt in (0.5, 2.0)]
    for result, (pre, post, w, a_plus, a_minus, tau, dt) in zip(learner.map(name, cases), cases, strict=True):
        delta = (np.argmax(post) - np.argmax(pre)) * dt
        change = a_plus * np.exp(-delta / tau) if delta > 0 else -a_minus * np.exp(delta / tau)
        expect_close(result, np.array(w + change))


def bursts(learner, reference, rng, name):
    """Coincident spikes inside dense trains: the pairs between different steps still count."""
    cases = []
    for n in (6, 17):
        train = np.ones(n)
        cases.append((train, train.copy(), *pairing(rng, 20, 0.5)[2:]))
        cases.append((a_train(rng, 20), np.ones(20), *pairing(rng, 20, 0.5)[2:]))
    agree(learner, reference, name, cases, rtol=1e-9, atol=1e-10)


def edges(learner, reference, rng, name):
    _, _, w, a_plus, a_minus, tau, dt = pairing(rng, 30, 0.5)
    pre, post = a_train(rng, 25), a_train(rng, 25)[::-1].copy()
    cases = [
        (pre, post, 0.98, 0.5, 0.01, tau, dt),  # beyond 1
        (pre, post, -0.2, 0.01, 0.5, tau, dt),  # below 0
        (pre, post, 0.0, a_plus, a_minus, tau, dt),
        (pre, post, 15.0, 0.0, a_minus, tau, dt),
        (pre, post, w, a_plus, 0.0, 200.0, dt),
    ]
    agree(learner, reference, name, cases, rtol=1e-9, atol=1e-10)


def no_change(learner, rng, name):
    together = one_pair(rng, 0, 0.5)
    silent = (np.zeros(12), *pairing(rng, 12, 0.5)[1:])
    for result, case in zip(learner.map(name, [together, silent]), (together, silent), strict=True):
        expect_close(result, np.array(case[2]))


@exercise("stdp", weight=0)
def test_stdp_returns_a_number(learner, rng):
    """`stdp` must return one number, the new weight."""
    plain_number(learner, rng, "stdp")


@exercise("stdp", weight=4)
def test_stdp_values(learner, reference, rng):
    """Each pair of a pre and a post spike in different steps counts, by its own difference of times in ms."""
    values(learner, reference, rng, "stdp")


@exercise("stdp", weight=3)
def test_stdp_of_one_pair(learner, rng):
    """One pair: pre first adds a_plus * exp(-delta / tau), post first takes a_minus * exp(delta / tau) away."""
    single_pairs(learner, rng, "stdp")


@exercise("stdp", weight=1)
def test_stdp_of_dense_trains(learner, reference, rng):
    """In dense trains, too, each pair counts once, and a pair in the same step not at all."""
    bursts(learner, reference, rng, "stdp")


@exercise("stdp", weight=2)
def test_stdp_edges(learner, reference, rng):
    """The weight may leave any range and start anywhere; either size may be 0; tau may be long."""
    edges(learner, reference, rng, "stdp")


@exercise("stdp", weight=0.5)
def test_stdp_without_pairs(learner, rng):
    """Two spikes in the same step, or no spikes of pre, leave the weight as it was."""
    no_change(learner, rng, "stdp")


OUTER = "np.subtract.outer(np.flatnonzero(post), np.flatnonzero(pre))"
STDP_IDEAS = [
    ("turns_the_difference", OUTER, "np.subtract.outer(np.flatnonzero(pre), np.flatnonzero(post))",
     "Your difference is t_pre - t_post. It is t_post - t_pre: pre first strengthens.",
     "both signs are in use in the literature"),
    ("strengthens_coincidences", "delta[delta > 0]", "delta[delta >= 0]",
     "Two spikes in the same step strengthen your synapse. They change nothing: test delta > 0.",
     "T12: coincident spikes must not change the weight"),
    ("weakens_coincidences", "delta[delta < 0]", "delta[delta <= 0]",
     "Two spikes in the same step weaken your synapse. They change nothing: test delta < 0.",
     "T12: coincident spikes must not change the weight"),
    ("counts_in_steps", "delta = dt * np", "delta = np",
     "Your differences are in steps. tau is in ms, so they must be multiplied by dt.",
     "right for dt = 1 only"),
    ("rewards_distance_on_the_weak_side", "np.exp(delta[delta < 0] / tau)", "np.exp(-delta[delta < 0] / tau)",
     "On the weakening side far pairs count more than near ones. There delta is negative: the exponent is delta / tau.",
     "T12: exp(+) on one side"),
    ("rewards_distance_on_the_strong_side", "np.exp(-delta[delta > 0] / tau)", "np.exp(delta[delta > 0] / tau)",
     "On the strengthening side far pairs count more than near ones. The exponent is -delta / tau.",
     "T12: exp(+) on one side"),
    ("strengthens_both_sides", "- a_minus * np", "+ a_minus * np",
     "Post first must weaken the synapse: a_minus is given as a positive number, and you have to subtract.",
     "papers that give A- as a negative number"),
    ("forgets_the_old_weight", "w = w + a_plus * np", "w = a_plus * np",
     "You return the change. The result is the old weight plus the change.",
     "the value and its change mixed up"),
    ("keeps_it_between_0_and_1", "return w", "return float(np.clip(w, 0.0, 1.0))",
     "You clip the weight to the range from 0 to 1. Here it may leave any range.",
     "document 001: a weight from 0 to 1"),
    ("swaps_the_sizes", "a_plus * np.exp(-delta[delta > 0] / tau).sum() - a_minus *",
     "a_minus * np.exp(-delta[delta > 0] / tau).sum() - a_plus *",
     "a_plus and a_minus are swapped: a_plus belongs to pre before post.",
     "two sizes of nearly the same value"),
    ("averages_the_pairs", "/ tau).sum() - a_minus", "/ tau).mean() - a_minus",
     "You take the mean over the strengthening pairs. Each pair counts, so it is a sum.",
     "losses are means, this is not one"),
]  # fmt: skip
misconceptions_by_edit("stdp", *STDP_IDEAS)


@misconception(
    "stdp",
    "You pair each spike with its nearest partner only. All pairs count, however far apart.",
    source="the nearest-neighbour scheme, the other rule in use",
)
def pairs_nearest_neighbours(pre, post, w, a_plus, a_minus, tau, dt):
    first, second = np.flatnonzero(pre) * dt, np.flatnonzero(post) * dt
    for t in second:
        earlier = first[first < t]
        if earlier.size:
            w = w + a_plus * np.exp(-(t - earlier[-1]) / tau)
    for t in first:
        earlier = second[second < t]
        if earlier.size:
            w = w - a_minus * np.exp(-(t - earlier[-1]) / tau)
    return w


@misconception(
    "stdp",
    "Your change is multiplied by the weight itself. It is added as it is, however large the weight.",
    source="multiplicative STDP, another published rule",
)
def scales_with_the_weight(pre, post, w, a_plus, a_minus, tau, dt):
    delta = dt * np.subtract.outer(np.flatnonzero(post), np.flatnonzero(pre))
    change = a_plus * np.exp(-delta[delta > 0] / tau).sum() - a_minus * np.exp(delta[delta < 0] / tau).sum()
    return w * (1 + change)


@exercise("stdp_traces", weight=0)
def test_traces_return_a_number(learner, rng):
    """`stdp_traces` must return one number, the new weight."""
    plain_number(learner, rng, "stdp_traces")


@exercise("stdp_traces", weight=4)
def test_traces_values(learner, reference, rng):
    """Spikes of post read the trace of pre and strengthen; spikes of pre read the trace of post and weaken."""
    values(learner, reference, rng, "stdp_traces")


@exercise("stdp_traces", weight=2)
def test_traces_agree_with_all_pairs(learner, reference, rng):
    """On long random trains the traces must give what all pairs give. Do earlier spikes add up in the trace?"""
    case = pairing(rng, 600, 0.5, tau=20.0)
    expect_close(learner.stdp_traces(*case), np.array(reference.stdp(*case)), rtol=1e-11, atol=1e-11)


@exercise("stdp_traces", weight=2)
def test_traces_of_one_pair(learner, rng):
    """One pair: the trace of the earlier spike, decayed by every step in between, is what the later one reads."""
    single_pairs(learner, rng, "stdp_traces")


@exercise("stdp_traces", weight=1)
def test_traces_of_dense_trains(learner, reference, rng):
    """Where both spike in the same step, neither may read the other's trace of this step."""
    bursts(learner, reference, rng, "stdp_traces")


@exercise("stdp_traces", weight=1)
def test_traces_edges(learner, reference, rng):
    """The weight may leave any range and start anywhere; either size may be 0; tau may be long."""
    edges(learner, reference, rng, "stdp_traces")


@exercise("stdp_traces", weight=0.5)
def test_traces_without_pairs(learner, rng):
    """Two spikes in the same step, or no spikes of pre, leave the weight as it was."""
    no_change(learner, rng, "stdp_traces")


CHANGE = "a_plus * pre_trace * post_now - a_minus * post_trace * pre_now"
TRACE_IDEAS = [
    ("lets_the_traces_stay", "np.exp(-dt / tau)", "1.0",
     "Your traces never fade, so far pairs count as much as near ones. Let both decay in every step.",
     "a running count of spikes"),
    ("forgets_dt_in_the_traces", "np.exp(-dt / tau)", "np.exp(-1 / tau)",
     "The decay of one step is exp(-dt / tau); you left out dt.",
     "right for dt = 1 only"),
    ("lets_the_traces_grow", "np.exp(-dt / tau)", "np.exp(dt / tau)",
     "Your traces grow with time: the exponent is -dt / tau.",
     "T12: exp(+dt / tau)"),
    ("reads_the_wrong_trace", CHANGE, "a_plus * post_trace * post_now - a_minus * pre_trace * pre_now",
     "Each spike reads its own cell's trace. It has to read the other cell's.",
     "T12: traces mixed up"),
    ("turns_the_rule", CHANGE, "a_plus * post_trace * pre_now - a_minus * pre_trace * post_now",
     "A spike of post must strengthen by the trace of pre; you do it the other way round.",
     "both signs are in use in the literature"),
    ("strengthens_both_sides_by_traces", CHANGE, CHANGE.replace("- a_minus", "+ a_minus"),
     "A spike of pre must weaken: subtract a_minus times the trace of post.",
     "papers that give A- as a negative number"),
    ("keeps_the_last_spike_only", "pre_trace + pre_now, post_trace + post_now", "max(pre_trace, pre_now), max(post_trace, post_now)",
     "A new spike sets your trace to 1. It adds 1 to what is left of the earlier ones; else only nearest pairs count.",
     "the nearest-neighbour scheme, the other rule in use"),
    ("strengthens_only", CHANGE, "a_plus * pre_trace * post_now",
     "Only one side of the rule is there: spikes of pre must weaken by the trace of post.",
     "half of the window"),
]  # fmt: skip
misconceptions_by_edit("stdp_traces", *TRACE_IDEAS)


@misconception(
    "stdp_traces",
    "You add this step's spikes to the traces before they are read, so coincident spikes see each other. Add them last.",
    source="T12: update order of traces",
)
def adds_before_it_reads(pre, post, w, a_plus, a_minus, tau, dt):
    x = y = 0.0
    for p, q in zip(pre.tolist(), post.tolist(), strict=True):
        x, y = x * np.exp(-dt / tau) + p, y * np.exp(-dt / tau) + q
        w = w + a_plus * x * q - a_minus * y * p
    return w


@misconception(
    "stdp_traces",
    "Your traces are read before they have decayed in this step, so every pair counts as if it were one step closer.",
    source="read, decay, add: one step of decay is lost",
)
def reads_before_the_decay(pre, post, w, a_plus, a_minus, tau, dt):
    x = y = 0.0
    for p, q in zip(pre.tolist(), post.tolist(), strict=True):
        w = w + a_plus * x * q - a_minus * y * p
        x, y = x * np.exp(-dt / tau) + p, y * np.exp(-dt / tau) + q
    return w


@misconception(
    "stdp_traces",
    "You skip the rule in steps in which both cells spike. Only the two coincident spikes do not see each other; the older ones still count.",
    source="coincident spikes change nothing, taken too far",
)
def skips_coincident_steps(pre, post, w, a_plus, a_minus, tau, dt):
    x = y = 0.0
    for p, q in zip(pre.tolist(), post.tolist(), strict=True):
        x, y = x * np.exp(-dt / tau), y * np.exp(-dt / tau)
        if p != q:
            w = w + a_plus * x * q - a_minus * y * p
        x, y = x + p, y + q
    return w


@misconception(
    "stdp_traces",
    "The spike of post is added to its trace before pre reads it: a coincident pair weakens. Add both spikes last.",
    source="T12: update order of traces, one side only",
)
def adds_post_before_pre_reads(pre, post, w, a_plus, a_minus, tau, dt):
    x = y = 0.0
    for p, q in zip(pre.tolist(), post.tolist(), strict=True):
        x, y = x * np.exp(-dt / tau), y * np.exp(-dt / tau)
        w = w + a_plus * x * q
        y = y + q
        w = w - a_minus * y * p
        x = x + p
    return w


@misconception("stdp", "You clip the weight at -1 and 1. It may leave any range: return the sum as it is.",
               source="read in learners' public programs: a weight kept within bounds")  # fmt: skip
def clips_the_weight(pre, post, w, a_plus, a_minus, tau, dt):
    delta = dt * np.subtract.outer(np.flatnonzero(post), np.flatnonzero(pre))
    w = w + a_plus * np.exp(-delta[delta > 0] / tau).sum() - a_minus * np.exp(delta[delta < 0] / tau).sum()
    return float(np.clip(w, -1, 1))


@misconception("stdp_traces", "Both are turned: your pre spikes read the trace of post and strengthen, your post spikes read that of pre and weaken. A post spike that finds a trace of pre comes after it, and strengthens. Spikes of the same step see each other, too: add them to the traces last.",
               source="read in learners' public programs: both signs turned")  # fmt: skip
def turns_both_signs(pre, post, w, a_plus, a_minus, tau, dt):
    x = y = 0.0
    for s, t in zip(pre, post):
        x, y = x * np.exp(-dt / tau) + s, y * np.exp(-dt / tau) + t
        w = w + a_plus * s * y - a_minus * t * x
    return w


@misconception("stdp_traces", "Your traces lose dt / tau of themselves in a step, which is Euler's approximation. They fade by the exact factor exp(-dt / tau).",
               source="read in learners' public programs: Euler's decay")  # fmt: skip
def lets_traces_fade_by_euler(pre, post, w, a_plus, a_minus, tau, dt):
    x = y = 0.0
    for s, t in zip(pre, post):
        x, y = x * (1 - dt / tau), y * (1 - dt / tau)
        w = w + a_plus * t * x - a_minus * s * y
        x, y = x + s, y + t
    return w
