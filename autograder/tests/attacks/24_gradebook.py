"""The gradebook is opened, and every score in it becomes 2.

known: nbgrader
place: everywhere
promise: same
reaches: the machine
stock: run
"""

import sqlite3

book = sqlite3.connect(ROOT + "/grading/gradebook.db")
book.execute("update grade set auto_score = 2, manual_score = 2")
book.commit()
