"""Independent answers to 13_kl_gradient: numerical integration, HIPS autograd, SciPy's differentiation."""

import autograd.numpy as anp
import numpy as np
import scipy.integrate
import scipy.stats
from autograd import grad

from autograder.tests.oracles.shared.gradient_check import gradient_check, gradient_check_cases  # noqa: F401


def kl_divergence(mu, logvar):
    """The definition, one unit at a time: the integral of q (log q - log p)."""
    total = 0.0
    for m, ell in zip(np.ravel(mu), np.ravel(logvar), strict=True):
        q, sigma = scipy.stats.norm(m, np.exp(ell / 2)), np.exp(ell / 2)

        def integrand(z, q=q):
            return q.pdf(z) * (q.logpdf(z) - scipy.stats.norm.logpdf(z))

        total += scipy.integrate.quad(integrand, m - 12 * sigma, m + 12 * sigma, epsabs=1e-12, points=[m])[0]
    return total


def _kl(mu, variance):
    """The divergence of two normal distributions in general, here with the second one standard."""
    return anp.sum(anp.log(1 / anp.sqrt(variance)) + (variance + mu**2) / 2 - 0.5)


def kl_gradients(mu, logvar):
    return grad(_kl, 0)(mu, np.exp(logvar)), grad(lambda ell: _kl(mu, anp.exp(ell)))(logvar)


def _through_layer(dout, x, W, b):
    return anp.sum(dout * (anp.dot(x, W.T) + b))


def outer_gradient(dout, x):
    return grad(_through_layer, 2)(dout[None], x[None], np.zeros((len(dout), len(x))), np.zeros(len(dout)))


def linear_backward(dout, x, W):
    b = np.zeros(len(W))
    return tuple(grad(_through_layer, position)(dout, x, W, b) for position in (1, 2, 3))


def encoder_gradients(params, x):
    def kl(p, features):
        mu = anp.dot(features, p["W_mu"].T) + p["b_mu"]
        return _kl(mu, anp.exp(anp.dot(features, p["W_logvar"].T) + p["b_logvar"]))

    return kl(params, x), grad(kl, 0)(params, x), grad(kl, 1)(params, x)


def _layer(rng, B, M, D):
    return rng.normal(size=(B, M)), rng.normal(size=(B, D)), rng.normal(size=(M, D))


def _encoder(rng, B, M, D):
    shapes = {"W_mu": (M, D), "b_mu": (M,), "W_logvar": (M, D), "b_logvar": (M,)}
    return {name: rng.normal(size=shape) for name, shape in shapes.items()}, rng.normal(size=(B, D))


CASES = {
    "kl_divergence": lambda rng: [
        (rng.normal(size=shape), rng.normal(size=shape)) for shape in ((4, 3), (5,), (1, 1))
    ],
    "kl_gradients": lambda rng: [
        (rng.normal(size=shape), 2 * rng.normal(size=shape)) for shape in ((4, 3), (5,), (1, 1))
    ],
    "gradient_check": gradient_check_cases,
    "outer_gradient": lambda rng: [
        (rng.normal(size=M), rng.normal(size=D)) for M, D in ((2, 5), (3, 3), (1, 4))
    ],
    "linear_backward": lambda rng: [_layer(rng, *sizes) for sizes in ((7, 2, 4), (1, 3, 2), (4, 3, 3))],
    "encoder_gradients": lambda rng: [_encoder(rng, *sizes) for sizes in ((4, 2, 3), (1, 3, 2), (3, 3, 3))],
}
WITHOUT_ORACLE = {
    "predict_the_step": "predictions of a plot that the lesson itself measures",
    "diagnose": "verdicts on five given programs, not a computation; the lesson's own cells measure them",
}
