"""The worker forgets which exceptions are Python's own, then the answer's cell raises one named as a verdict.

known: this grader, before it made every verdict itself
place: answer
promise: others same
reaches: itself
stock: does not apply: there is no worker
variants: pass, fail, error, timeout, memory, died, protocol, not_attempted, grader_fault, zzz
verdict: error
"""

from autograder.sandbox import worker

worker._BUILTIN_EXCEPTIONS.clear()
raise type(VARIANT, (Exception,), {})
