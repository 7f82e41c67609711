"""Other right answers to 29_spiking_neurons, written from its text."""

import numpy as np


def izhikevich_step__written_out(v, u, current, dt, a, b, c, d):
    half = dt / 2
    first = v + half * (v**2 * 0.04 + 5 * v + 140 - u + current)
    second = first + half * (first**2 * 0.04 + 5 * first + 140 - u + current)
    tired = u + dt * (a * b * second - a * u)
    if second >= 30.0:
        return c, tired + d, True
    return second, tired, False


def izhikevich_step__as_the_text_writes_it(v, u, current, dt, a, b, c, d):
    for _ in range(2):
        v = v + dt / 2 * (0.04 * v**2 + 5 * v + 140 - u + current)
    u = u + dt * (a * (b * v - u))
    fired = v >= 30
    if fired:
        v, u = c, u + d
    return v, u, fired


def izhikevich_step__with_arrays(v, u, current, dt, a, b, c, d):
    v = np.asarray(v, dtype=float)
    for h in (0.5 * dt, 0.5 * dt):
        v = v + h * (np.polyval([0.04, 5.0, 140.0], v) + current - u)
    u = (1 - a * dt) * u + a * dt * b * v
    fired = v >= 30
    return np.where(fired, c, v), u + d * fired, bool(fired)


def simulate__with_lists(current, dt, a, b, c, d):
    state, diary, fires = (-65.0, b * -65.0), [], []
    for amount in current.tolist():
        v, u, fired = izhikevich_step(*state, amount, dt, a, b, c, d)  # noqa: F821
        state = (v, u)
        diary.append(state)
        fires.append(fired)
    diary = np.array(diary)
    return diary[:, 0], diary[:, 1], np.flatnonzero(fires) * dt


def simulate__without_the_step(current, dt, a, b, c, d):
    vs, us, fired = np.zeros_like(current), np.zeros_like(current), np.zeros(len(current), dtype=bool)
    v, u = -65.0, -65.0 * b
    for k, amount in enumerate(current):
        v += dt / 2 * (0.04 * v * v + 5 * v + 140 - u + amount)
        v += dt / 2 * (0.04 * v * v + 5 * v + 140 - u + amount)
        u += dt * a * (b * v - u)
        if v >= 30:
            fired[k] = True
            v = c
            u += d
        vs[k] = v
        us[k] = u
    return vs, us, np.arange(len(current))[fired] * dt


def simulate__with_the_square(current, dt, a, b, c, d):
    v, u, vs, us, times = -65.0, -65.0 * b, [], [], []
    for k in range(len(current)):
        for _ in range(2):
            v = v + dt / 2 * (0.04 * v**2 + 5 * v + 140 - u + current[k])
        u = u + dt * (a * (b * v - u))
        if v >= 30:
            times.append(k * dt)
            v, u = c, u + d
        vs.append(v)
        us.append(u)
    return np.array(vs), np.array(us), np.array(times)


def simulate__by_nested_products(current, dt, a, b, c, d):
    v, u = np.empty(len(current)), np.empty(len(current))
    before, fired = (-65.0, -65.0 * b), np.zeros(len(current), dtype=bool)
    for k, amount in enumerate(current):
        w, r = before
        w = w + dt / 2 * ((0.04 * w + 5) * w + (140 - r + amount))
        w = w + dt / 2 * ((0.04 * w + 5) * w + (140 - r + amount))
        r = r + dt * a * (b * w - r)
        fired[k] = w >= 30
        before = (c, r + d) if fired[k] else (w, r)
        v[k], u[k] = before
    return v, u, np.flatnonzero(fired) * dt


def simulate__with_the_current_first(current, dt, a, b, c, d):
    v, u, times = np.zeros(len(current)), np.zeros(len(current)), []
    volts, tired = -65.0, b * -65.0
    for k in range(len(current)):
        for _ in range(2):
            volts += (current[k] + 0.04 * volts * volts + 5 * volts + 140 - tired) * dt / 2
        tired += (a * b * volts - a * tired) * dt
        if volts >= 30:
            volts, tired = c, tired + d
            times.append(dt * k)
        v[k], u[k] = volts, tired
    return v, u, np.array(times)


def spike_train__with_round(spike_times, n, dt):
    steps = {round(t / dt) for t in spike_times.tolist()}
    return np.array([1.0 if k in steps else 0.0 for k in range(n)])


def spike_train__with_bincount(spike_times, n, dt):
    return np.bincount(np.floor(spike_times / dt + 0.5).astype(int), minlength=n).astype(float)


def synapse_current__as_a_sum_over_spikes(spikes, weight, tau, dt):
    k = np.arange(len(spikes))
    current = np.zeros(len(spikes))
    for j in np.flatnonzero(spikes):
        current[j:] += weight * np.exp(-(k[j:] - j) * dt / tau)
    return current


def synapse_current__as_a_matrix(spikes, weight, tau, dt):
    k = np.arange(len(spikes))
    ages = k[:, None] - k
    return np.where(ages >= 0, np.exp(-np.maximum(ages, 0) * dt / tau), 0.0) @ (weight * spikes)


def synapse_current__from_the_entry_before(spikes, weight, tau, dt):
    current = weight * spikes
    for k in range(1, len(spikes)):
        current[k] += current[k - 1] * np.exp(-dt / tau)
    return current


def two_cells__step_by_step_together(weight, current, dt):
    n = len(current)
    pre, post = np.zeros(n), np.zeros(n)
    v1 = v2 = -65.0
    u1 = u2 = -13.0
    arriving = 0.0
    for k in range(n):
        v1, u1, pre[k] = izhikevich_step(v1, u1, current[k], dt, 0.02, 0.2, -65.0, 8.0)  # noqa: F821
        arriving = arriving * np.exp(-dt / 5.0) + weight * pre[k]
        v2, u2, post[k] = izhikevich_step(v2, u2, arriving, dt, 0.02, 0.2, -65.0, 8.0)  # noqa: F821
    return pre, post


def two_cells__in_a_loop_over_cells(weight, current, dt):
    trains, received = [], current
    for _ in range(2):
        _, _, when = simulate(received, dt, a=0.02, b=0.2, c=-65.0, d=8.0)  # noqa: F821
        trains.append(spike_train(when, len(current), dt))  # noqa: F821
        received = synapse_current(trains[-1], weight, 5.0, dt)  # noqa: F821
    return tuple(trains)


def stdp__in_two_loops(pre, post, w, a_plus, a_minus, tau, dt):
    for i in range(len(pre)):
        for j in range(len(post)):
            if pre[i] and post[j] and i != j:
                delta = (j - i) * dt
                w += a_plus * np.exp(-delta / tau) if delta > 0 else -a_minus * np.exp(delta / tau)
    return w


def stdp__with_sign_and_size(pre, post, w, a_plus, a_minus, tau, dt):
    delta = (np.flatnonzero(post)[None, :] - np.flatnonzero(pre)[:, None]) * dt
    size = np.where(delta > 0, a_plus, np.where(delta < 0, -a_minus, 0.0))
    return w + (size * np.exp(-np.abs(delta) / tau)).sum()


def stdp__by_distances(pre, post, w, a_plus, a_minus, tau, dt):
    for lag in range(1, len(pre)):
        w = w + np.exp(-lag * dt / tau) * (
            a_plus * (pre[:-lag] @ post[lag:]) - a_minus * (post[:-lag] @ pre[lag:])
        )
    return float(w)


def stdp_traces__with_ifs(pre, post, w, a_plus, a_minus, tau, dt):
    x = y = 0.0
    for k in range(len(pre)):
        x *= np.exp(-dt / tau)
        y *= np.exp(-dt / tau)
        if post[k]:
            w += a_plus * x
        if pre[k]:
            w -= a_minus * y
            x += 1
        if post[k]:
            y += 1
    return w


def stdp_traces__decay_at_the_end_of_the_step(pre, post, w, a_plus, a_minus, tau, dt):
    keep, x, y, change = np.exp(-dt / tau), 0.0, 0.0, 0.0
    for p, q in np.column_stack([pre, post]):
        change += a_plus * x * q - a_minus * y * p
        x, y = (x + p) * keep, (y + q) * keep
    return w + change


def stdp_traces__through_the_synapse(pre, post, w, a_plus, a_minus, tau, dt):
    seen_by_post = synapse_current(pre, 1.0, tau, dt) - pre  # noqa: F821
    seen_by_pre = synapse_current(post, 1.0, tau, dt) - post  # noqa: F821
    return w + a_plus * (seen_by_post @ post) - a_minus * (seen_by_pre @ pre)
