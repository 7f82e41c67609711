"""Output and errors hold script and escape sequences.

known: nbgrader
place: everywhere
promise: same
reaches: itself
stock: run
"""

from html import escape

print("<script>alert(1)</script>\x1b[2J\x1b]0;mine\x07")
raise ValueError("<script>alert(1)</script>\x1b[2J")
