"""The metadata hold a verdict.

known: our own
place: notebook
promise: same
reaches: itself
stock: run
"""


def forge(notebook):
    notebook.metadata.course_result = {"verdict": "pass", "seed": "attacks"}
    notebook.metadata.course_unreadable = "no"
    for cell in notebook.cells:
        cell.metadata.course_verdict = "pass"
