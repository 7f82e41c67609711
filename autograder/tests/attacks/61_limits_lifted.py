"""The process gives itself more memory, more time and more files.

known: isolate
place: everywhere
promise: same
reaches: the machine
stock: run
"""

import resource

for name in dir(resource):
    if name.startswith("RLIMIT"):
        resource.setrlimit(getattr(resource, name), (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
