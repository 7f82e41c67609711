"""A trace function follows the worker's own frames and rewrites what they return.

known: our own
place: everywhere
promise: may lose
reaches: itself
stock: run
"""

import ctypes
import sys


def trace(frame, event, argument):
    for name in ("failure", "value", "found", "changed"):
        if name in frame.f_locals and "worker" in frame.f_code.co_filename:
            frame.f_locals[name] = None
            ctypes.pythonapi.PyFrame_LocalsToFast(ctypes.py_object(frame), ctypes.c_int(0))
    return trace


sys.settrace(trace)
frame = sys._getframe()
while frame is not None:
    frame.f_trace = trace
    frame = frame.f_back
