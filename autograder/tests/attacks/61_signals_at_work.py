"""A timer's signal raises an exception in the midst of the worker's work.

known: our own
place: everywhere
promise: may lose
reaches: itself
stock: run
"""

import signal


def late(*_):
    raise RuntimeError("pass")


signal.signal(signal.SIGALRM, late)
signal.setitimer(signal.ITIMER_REAL, 0.01, 0.01)
