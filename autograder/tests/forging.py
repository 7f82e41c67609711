"""How to speak for the worker: stands in a learner's cell before each forged frame of `attacks/`."""

import gc
import socket
import sys

import numpy as np

from autograder.sandbox import wire

right = np.full((5, 3), 1 / 3)


def connection():
    return next(o for o in gc.get_objects() if isinstance(o, socket.socket) and o.fileno() == 3)


def number():
    frame = sys._getframe()
    while frame is not None:
        if hasattr(frame.f_locals.get("request"), "number"):
            return frame.f_locals["request"].number
        frame = frame.f_back


def send(*messages, buffers=()):
    for message in messages:
        connection().sendall(b"".join(wire.encode(message, list(buffers))))


def returned(which, value=True, times=1):
    packer = wire.Packer()
    outcomes = [wire.Outcome(packer.pack(value), None, [], []) for _ in range(times)]
    return b"".join(wire.encode(wire.Returned(which, outcomes), packer.buffers))


def raw(data):
    connection().sendall(data)
