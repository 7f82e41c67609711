"""Every clock stands still, or runs backwards.

known: our own
place: everywhere
promise: same
reaches: itself
stock: run
"""

import time

time.time = time.monotonic = time.perf_counter = time.process_time = lambda: -1e300
time.sleep = lambda *_: None
