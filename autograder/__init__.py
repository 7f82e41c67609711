"""The autograder of the course *Why Won't It Learn?*: the judge never meets the accused."""

import sys

__version__ = "0.2.0"  # the one place: the package, its results and `--version` take it from here

# `python -m autograder.cli` puts the current folder first on the path, and that may be a student's.
if sys.argv[:1] == ["-m"] and not sys.flags.safe_path:
    del sys.path[0]

# jsonschema, which comes with nbformat, would compile a grammar of internationalised addresses when it is imported: more
# work than all else that grading loads, and no notebook's schema asks for such an address (jsonschema#1428). None here
# makes the import fail, for which jsonschema is prepared.
vars(sys)["modules"].setdefault("rfc3987_syntax", None)
