"""Independent answers to 29_spiking_neurons: exact fractions, a scalar simulation, convolutions and correlations."""

import math
from fractions import Fraction

import numpy as np
import scipy.signal


def izhikevich_step(v, u, current, dt, a, b, c, d):
    """The step in exact fractions: no rounding at all until the end."""
    v, u, current, dt, a, b = (Fraction(float(x)) for x in (v, u, current, dt, a, b))
    for _ in range(2):
        v += dt / 2 * (v * v / 25 + 5 * v + 140 - u + current)
    u += dt * a * (b * v - u)
    if v >= 30:
        return c, float(u) + d, True
    return float(v), float(u), False


def _run(current, dt, a, b, c, d):
    """A scalar simulation with the parabola in its vertex form, 0.04 (v + 62.5)^2 - 16.25."""
    v, u, path = -65.0, -65.0 * b, []
    for amount in map(float, current):
        middle = v + dt / 2 * (math.pow(v + 62.5, 2) / 25 - 16.25 - u + amount)
        top = middle + dt / 2 * (math.pow(middle + 62.5, 2) / 25 - 16.25 - u + amount)
        u = (1 - dt * a) * u + dt * a * b * top
        spike = top >= 30
        v, u = (c, u + d) if spike else (top, u)
        path.append((v, u, spike))
    return path


def simulate(current, dt, a, b, c, d):
    path = _run(current, dt, a, b, c, d)
    v, u, spikes = (np.array([entry[i] for entry in path]) for i in range(3))
    return v, u, np.flatnonzero(spikes) * dt


def spike_train(spike_times, n, dt):
    grid = np.arange(n) * dt
    return (np.abs(grid[:, None] - np.reshape(spike_times, (1, -1))) < dt / 4).any(axis=1).astype(float)


def synapse_current(spikes, weight, tau, dt):
    """The train convolved with a decaying exponential."""
    kernel = weight * np.exp(-np.arange(len(spikes)) * dt / tau)
    return scipy.signal.convolve(spikes, kernel, method="direct")[: len(spikes)]


def two_cells(weight, current, dt):
    regular = (0.02, 0.2, -65.0, 8.0)
    spikes_pre = np.array([spike for _, _, spike in _run(current, dt, *regular)], dtype=float)
    received = synapse_current(spikes_pre, weight, 5.0, dt)
    return spikes_pre, np.array([spike for _, _, spike in _run(received, dt, *regular)], dtype=float)


def stdp(pre, post, w, a_plus, a_minus, tau, dt):
    """How many pairs there are at each distance, from a cross-correlation, times the window."""
    pairs = np.correlate(post, pre, "full")
    delta = dt * np.arange(1 - len(pre), len(post))
    window = np.select([delta > 0, delta < 0], [a_plus, -a_minus]) * np.exp(-np.abs(delta) / tau)
    return w + pairs @ window


stdp_traces = stdp


def _cell(rng):
    return rng.uniform(0.02, 0.12), rng.uniform(0.15, 0.3), rng.uniform(-68, -45), rng.uniform(1, 9)


def _trains(rng, n, dt):
    pre, post = (rng.random((2, n)) < 0.3).astype(float)
    return pre, post, rng.uniform(0, 1), rng.uniform(0.05, 0.1), rng.uniform(0.1, 0.2), rng.uniform(5, 20), dt


CASES = {
    "izhikevich_step": lambda rng: (
        [
            (rng.uniform(-80, -45), rng.uniform(-15, 5), rng.uniform(-5, 15), dt, *_cell(rng))
            for dt in (1.0, 0.5, 0.1)
        ]
        + [
            (rng.uniform(25, 29), rng.uniform(-15, 5), rng.uniform(0, 15), dt, *_cell(rng))
            for dt in (1.0, 0.5, 0.1)
        ]
    ),
    "simulate": lambda rng: [
        (rng.uniform(6, 14, size=300), 0.5, 0.02, 0.2, -65.0, 8.0),
        (rng.uniform(6, 14, size=200), 0.25, 0.02, 0.2, -50.0, 2.0),
        (np.zeros(20), 1.0, 0.1, 0.25, -65.0, 2.0),
    ],
    "spike_train": lambda rng: [
        (np.flatnonzero(rng.random(n) < 0.4) * dt, n, dt) for n, dt in ((30, 0.1), (20, 0.5), (7, 1.0))
    ],
    "synapse_current": lambda rng: [
        ((rng.random(n) < 0.3).astype(float), rng.normal() * 9, tau, dt)
        for n, tau, dt in ((40, 5.0, 0.5), (30, 2.0, 1.0), (1, 3.0, 0.1))
    ],
    "two_cells": lambda rng: [
        (weight, rng.uniform(9, 15, size=300), 0.5) for weight in (0.0, 8.0, 20.0, 60.0, -10.0)
    ],
    "stdp": lambda rng: [_trains(rng, n, dt) for n, dt in ((40, 0.5), (70, 1.0), (3, 2.0))],
    "stdp_traces": lambda rng: [_trains(rng, n, dt) for n, dt in ((40, 0.5), (400, 1.0), (3, 2.0))],
}
WITHOUT_ORACLE = {
    "predict_the_symptoms": "predictions of five runs that the lesson itself makes",
    "predict_the_weight": "predictions of runs that the lesson itself makes",
}
