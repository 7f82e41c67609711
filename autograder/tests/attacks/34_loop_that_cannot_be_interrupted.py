"""An endless loop that ignores every signal and swallows every exception.

known: check50, nbgrader
place: cell or call
promise: others same
reaches: itself
stock: harm
"""

import signal

for number in (signal.SIGINT, signal.SIGTERM, signal.SIGALRM, signal.SIGXCPU):
    try:
        signal.signal(number, signal.SIG_IGN)
    except (OSError, ValueError):
        pass
while True:
    try:
        while True:
            pass
    except BaseException:
        continue
