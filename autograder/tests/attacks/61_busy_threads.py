"""Threads that never rest, while the answers are asked for.

known: our own
place: before
promise: may lose
reaches: itself
stock: harm
"""

import threading


def busy():
    while True:
        pass


for _ in range(4):
    threading.Thread(target=busy, daemon=True).start()
