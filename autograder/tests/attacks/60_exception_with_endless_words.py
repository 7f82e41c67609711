"""Exceptions whose words and names are enormous, endless or raise themselves.

known: our own
place: answer
promise: others same
reaches: itself
stock: run
variants: huge, raises, endless, nameless, number, lone
"""


class Meta(type):
    __name__ = property(lambda cls: 1 / 0)


class Raises(Exception):
    def __str__(self):
        raise SystemExit


class Endless(Exception):
    def __str__(self):
        while True:
            pass


class Nameless(Exception, metaclass=Meta):
    pass


def softmax(scores):
    raise {
        "huge": lambda: ValueError("x" * 10**7),
        "raises": Raises,
        "endless": Endless,
        "nameless": Nameless,
        "number": lambda: type("N" * 10**6, (Exception,), {})(),
        "lone": lambda: ValueError("\ud800\x1b[2J\x00"),
    }[VARIANT]()
