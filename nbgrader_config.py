"""Configuration of nbgrader for this course; read by every `nbgrader` command and by the formgrader.

Personal or secret settings (another database, late penalties) belong into ~/.jupyter/nbgrader_config.py.
"""

import contextlib
import importlib.util
import os
import sys
import warnings
from pathlib import Path

import sqlalchemy.exc

c = get_config()  # noqa: F821 - given by traitlets when it runs this file

ROOT = Path(__file__).resolve().parent
NBGRADER = "nbgrader.preprocessors."

if importlib.util.find_spec("autograder") is None:
    sys.path.insert(0, str(ROOT))  # not installed: use the package beside this file

# nbgrader 0.9.6 makes SQLAlchemy 2 complain about each new submission; the grades are right.
warnings.filterwarnings("ignore", category=sqlalchemy.exc.SAWarning)

# What nbgrader logs holds names of learners' folders and files.
c.Application.logging_config = {
    "filters": {"printable": {"()": "autograder.classroom.plain_log.Printable"}},
    "handlers": {"console": {"filters": ["printable"]}},
}

# Folders: lessons and their releases stand at the top, everything about students stays in one ignored folder.
c.CourseDirectory.root = str(ROOT)
c.CourseDirectory.course_id = "why-wont-it-learn"
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "grading/generated"  # and from there into course/: see below
c.CourseDirectory.submitted_directory = "grading/submitted"
c.CourseDirectory.autograded_directory = "grading/autograded"
c.CourseDirectory.feedback_directory = "grading/feedback"
c.ZipCollectApp.downloaded_directory = "grading/downloaded"
with contextlib.suppress(OSError):  # SQLite does not make the folder of its file
    (ROOT / "grading").mkdir(exist_ok=True)
c.CourseDirectory.db_url = f"sqlite:///{ROOT / 'grading' / 'gradebook.db'}"
# Setting the list replaces nbgrader's own. Hidden files are editors' and caches', never part of a lesson.
c.CourseDirectory.ignore = [".*", "__pycache__", "*.pyc", "*~", "feedback"]

# The exchange: a folder that the students of a shared machine hand in through, if there is one (docs/instructors.md).
# Without one an empty folder of our own stands in, or the formgrader would complain on each visit.
EXCHANGE = Path(os.environ.get("NBGRADER_EXCHANGE", "/usr/local/share/nbgrader/exchange"))
if not EXCHANGE.is_dir():
    EXCHANGE = ROOT / "grading" / "exchange"
    with contextlib.suppress(OSError):
        EXCHANGE.mkdir(exist_ok=True)
c.Exchange.root = str(EXCHANGE)

# `nbgrader zip_collect` asks the path of each file whose it is. In this order: a folder of nbgrader's own or of a student,
# Canvas, Moodle, Blackboard. `autograder collect` knows more of them, and a roster.
c.FileNameCollectorPlugin.named_regexp = (
    r".*/(?:[^/]*_(?=[^/_]+_attempt_))?(?!\d\d_\w+/)(?P<student_id>[^/]+?)"
    r"(?:/(?:\d\d_\w+/)?|(?:_LATE)?_[1-9]\d*_[1-9]\d*_|_\d+_assignsubmission_file_?/?|_attempt_\d{4}(?:-\d\d){5}_)"
    r"(?P<file_id>[^/]+)\.(?i:ipynb)$"
)
c.FileNameCollectorPlugin.valid_ext = [".ipynb", ".IPYNB"]

# Release. nbgrader deletes an old release before it makes the new one, and whatever it has when it fails. It works in
# grading/generated; only a finished release goes into course/, in the place of the old one.
c.GenerateAssignment.post_convert_hook = "autograder.lesson.placing.put_in_place"
# The stub is one line that says what to do; changing it changes the checksum of every answer cell.
c.ClearSolutions.code_stub = {
    "python": 'raise NotImplementedError("Write your answer here, then delete this line.")'
}
c.ClearSolutions.text_stub = "*Write your answer here.*"
# When and how often a solution ran is no business of the release, and would differ every time.
c.ClearOutput.remove_metadata_fields = {"collapsed", "scrolled", "execution", "ExecuteTime", "trusted"}

# Autograde, reading. Links and devices are refused, a damaged file is mended as far as it can be, and a renamed
# notebook gets its name back.
c.Autograde.exporter_class = "autograder.classroom.nbgrader_plugin.Reader"

# Autograde, first pass. Intake replaces nbgrader's ClearOutput: it restores nbgrader's metadata, makes markdown
# harmless, and keeps the learner's plots (PNG) while it drops every other output.
c.Autograde.sanitize_preprocessors = [
    "autograder.classroom.nbgrader_plugin.Intake",
    NBGRADER + "DeduplicateIds",
    NBGRADER + "OverwriteKernelspec",
    NBGRADER + "OverwriteCells",
    NBGRADER + "CheckCellMetadata",
]
c.OverwriteCells.add_missing_cells = True  # a deleted check cell is no way around the check

# Second pass. Judge replaces nbgrader's Execute: hidden checks in one process, the learner's code in another.
# SaveVerdicts leaves a grader fault without a score, so that a human looks at it.
c.Autograde.autograde_preprocessors = [
    "autograder.classroom.nbgrader_plugin.Judge",
    NBGRADER + "IgnorePattern",
    "nbconvert.preprocessors.ClearMetadataPreprocessor",
    NBGRADER + "LimitOutput",
    "autograder.classroom.nbgrader_plugin.SaveVerdicts",
    NBGRADER + "AssignLatePenalties",
    NBGRADER + "CheckCellMetadata",
]

# Feedback: one offline page without a script, instead of nbgrader's, which loads MathJax from the network.
c.GenerateFeedback.exporter_class = "autograder.classroom.feedback_page.FeedbackExporter"
c.GenerateFeedback.preprocessors = [
    NBGRADER + "GetGrades",
    "autograder.classroom.feedback_page.GetReviewState",
    "nbconvert.preprocessors.CSSHTMLHeaderPreprocessor",
]

# Export: what nobody has graded is empty and has its reason; nbgrader's own writes 0.0.
c.ExportApp.plugin_class = "autograder.platforms.exporter.Exporter"

# `nbgrader validate` starts a kernel: over a socket file, which needs no port and prints no warning about one.
if os.name == "posix":
    c.KernelManager.transport = "ipc"
