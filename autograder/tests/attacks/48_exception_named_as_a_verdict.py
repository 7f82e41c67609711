"""The answer's cell raises an exception that is named as a verdict, and whose bases look empty.

known: this grader, before it made every verdict itself
place: answer
promise: others same
reaches: itself
stock: run
variants: pass, fail, error, timeout, memory, died, protocol, not_attempted, grader_fault, zzz
verdict: error
"""


class Meta(type):
    __mro__ = property(lambda cls: ())


raise Meta(VARIANT, (Exception,), {})
