"""Recursion without end, and without Python's limit.

known: nbgrader, ok
place: cell or call
promise: others same
reaches: itself
stock: harm
"""

import sys

sys.setrecursionlimit(10**9)


def deeper(n):
    return deeper(n + 1) + 1


deeper(0)
