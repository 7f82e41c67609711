"""inspect and linecache know nothing any more.

known: our own
place: everywhere
promise: may lose
reaches: itself
stock: run
"""

import inspect
import linecache

inspect.signature = inspect.getsource = inspect.unwrap = lambda *_, **__: None
linecache.cache = linecache.getline = linecache.getlines = None
