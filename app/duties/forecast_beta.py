"""The Beta distribution: what is believed of a chance after some successes and failures, without any library.

The incomplete integral is reckoned by its continued fraction (Abramowitz and Stegun 26.5.8, in Lentz's way), a quantile
by halving an interval.
"""

from __future__ import annotations

from functools import lru_cache
from math import erf, exp, lgamma, log, log1p, sqrt

STEPS = 400
HALVINGS = 30
TINY = 1e-300
CLOSE = 1e-12


def beta_share(x: float, a: float, b: float) -> float:
    """The probability that a chance with Beta(a, b) is at most x; a and b above 0."""
    if x <= 0:
        return 0.0
    if x >= 1:
        return 1.0
    front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log1p(-x))
    if x < (a + 1) / (a + b + 2):
        return front * _fraction(x, a, b) / a
    return 1 - front * _fraction(1 - x, b, a) / b


@lru_cache(maxsize=4096)  # tasks of one unit and duty have the same on a day
def beta_quantile(share: float, a: float, b: float) -> float:
    """The chance below which this share lies."""
    low, high = 0.0, 1.0
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if beta_share(middle, a, b) < share else (low, middle)
    return (low + high) / 2


def normal_share(x: float) -> float:
    """The probability that a standard normal value is at most x."""
    return (1 + erf(x / sqrt(2))) / 2


def _fraction(x: float, a: float, b: float) -> float:
    """The continued fraction of the incomplete integral."""
    c, d = 1.0, 1 / _not_nought(1 - (a + b) * x / (a + 1))
    value = d
    for m in range(1, STEPS):
        for term in (
            m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
            -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
        ):
            d = 1 / _not_nought(1 + term * d)
            c = _not_nought(1 + term / c)
            value *= c * d
        if abs(c * d - 1) < CLOSE:
            break
    return value


def _not_nought(value: float) -> float:
    return TINY if abs(value) < TINY else value
