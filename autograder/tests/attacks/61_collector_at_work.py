"""The garbage collector calls back, raises, and brings objects back to life.

known: our own
place: everywhere
promise: may lose
reaches: itself
stock: run
"""

import gc


class Phoenix:
    kept = []

    def __del__(self):
        Phoenix.kept.append(self)
        raise SystemExit(0)


gc.callbacks.append(lambda *_: 1 / 0)
gc.set_threshold(1)
for _ in range(100):
    Phoenix()
