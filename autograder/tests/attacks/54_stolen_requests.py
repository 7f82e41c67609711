"""A thread reads the requests from the connection before the worker can.

known: our own
place: frame
promise: may lose
reaches: itself
stock: does not apply: there is no worker
"""

import os
import threading


def steal():
    while True:
        os.read(3, 1 << 20)


threading.Thread(target=steal, daemon=True).start()
