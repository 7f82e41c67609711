"""Whatever is handed in is read, recognised and mended, or refused in words; nothing of the release is lost."""

import copy
import json
import logging
import time
from pathlib import Path

import nbformat
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from nbgrader import preprocessors
from nbgrader.api import Gradebook
from nbgrader.nbgraderformat import MetadataValidator
from nbgrader.nbgraderformat import reads as nbgrader_reads

from autograder.intake.cells import Cell, code_cells, plain_python
from autograder.intake.notebook import UnreadableNotebook, read
from autograder.intake.repair import repair
from autograder.lesson.authoring import canonical, role_of
from autograder.lesson.identify import lesson_name
from autograder.lesson.release import Release, is_untouched, names_defined

IMPORTS = """import matplotlib.pyplot as plt
import numpy as np

# From files beside this notebook. Not found? Fetch the whole folder course/06_softmax_gradient.
from helpers import check, expect"""
SOFTMAX = '''def softmax(scores):
    """Probabilities of each class, row by row.

    Parameters
    ----------
    scores : (N, K) float64

    Returns
    -------
    (N, K) float64
    """
    ### BEGIN SOLUTION
    exp_scores = np.exp(scores - scores.max(axis=1, keepdims=True))
    probs = exp_scores / exp_scores.sum(axis=1, keepdims=True)
    ### END SOLUTION
    return probs'''
LOSS = '''def cross_entropy(probs, y):
    """Mean of minus the logarithm of the right class's probability."""
    ### BEGIN SOLUTION
    return -np.log(probs[np.arange(len(y)), y]).mean()
    ### END SOLUTION'''
BROKEN = """rng = np.random.default_rng(0)
X = rng.normal(size=(300, 2))
losses = [float(np.exp(-step / 50)) for step in range(100)]
plt.plot(losses)
plt.title("The loss falls, and nothing is learned")
plt.show()"""
EXPERIMENT = """for scale in (1, 10, 100):
    probs = softmax(scale * X)
    print(scale, probs.max())
plt.hist(probs.ravel())
plt.title("Large scores make sure predictions")
plt.show()"""

RELEASES = sorted((Path(__file__).parents[3] / "course").glob("*/*.ipynb"))

# id, role, source, points
SOLUTION = [
    ("title", "text", "# 06 · The gradient of softmax", None),
    ("the_question", "text", "## 1 · The question\n\nWhy won't it learn?", None),
    ("imports", "imports", IMPORTS, None),
    ("broken_training", "demo", BROKEN, None),
    ("what_is_going_on", "text", "## 2 · What is going on\n\nA score is not a probability.", None),
    ("softmax", "answer", SOFTMAX, None),
    ("softmax_hints", "text", "<details><summary>Hint 1: the idea</summary>Subtract first.</details>", None),
    (
        "softmax_check",
        "check",
        'with check("softmax"):\n    expect(softmax(np.eye(3)).shape == (3, 3), "N, K")',
        2,
    ),
    ("cross_entropy_text", "text", "### Exercise 2 · `cross_entropy`", None),
    ("cross_entropy", "answer", LOSS, None),
    ("cross_entropy_check", "check", 'with check("cross_entropy"):\n    expect(True, "a number")', 3),
    ("experiment", "demo", EXPERIMENT, None),
    ("in_your_words_text", "text", "### In your words\n\nWhy subtract the maximum?", None),
    ("in_your_words", "written", "Because exp overflows.", 1.5),
    ("you_have_now", "text", "## You have now\n\n- a softmax that does not overflow", None),
]
ANSWERS = {
    "softmax": "def softmax(scores):\n    e = np.exp(scores - scores.max(1, keepdims=True))\n    return e / e.sum(1, keepdims=True)",
    "cross_entropy": "def cross_entropy(probs, y):\n    return -np.mean(np.log(probs[range(len(y)), y]))  # für alle",
    "in_your_words": "Otherwise `np.exp(1000)` is inf, and inf / inf is nan.",
}
PICTURE = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="


PROPERTY = settings(
    deadline=None, derandomize=True, database=None, suppress_health_check=[HealthCheck.too_slow]
)


def make(cell_type, source, identity=None, **metadata):
    cell = {"cell_type": cell_type, "source": source, "metadata": metadata, "id": identity}
    if cell_type == "code":
        cell |= {"execution_count": None, "outputs": []}
    return nbformat.from_dict(cell)


def own_code(source):
    return make("code", source, "own-code")


@pytest.fixture(scope="module")
def released(tmp_path_factory):
    """The little lesson as nbgrader releases it, read into typed cells, and nbgrader's resources with a gradebook that knows it."""
    cells = []
    for name, role, source, worth in SOLUTION:
        metadata = {} if role == "text" else {"tags": [role]}
        metadata |= {"points": worth} if worth else {}
        if role == "written":
            source = f"### BEGIN SOLUTION\n{source}\n### END SOLUTION"
        cells.append(make("markdown" if role in ("text", "written") else "code", source, name, **metadata))
    lesson = nbformat.from_dict({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})
    notebook = canonical(lesson, "06_softmax_gradient")
    db_url = f"sqlite:///{tmp_path_factory.mktemp('gradebook')}/gradebook.db"
    with (
        pytest.MonkeyPatch.context() as patch
    ):  # the version comes from a slow command, which may not be on PATH
        patch.setattr("nbgrader.api.get_alembic_version", lambda: "test")
        with Gradebook(db_url) as gradebook:
            gradebook.add_assignment("06_softmax_gradient")
    about = {
        "notebook": "softmax_gradient",
        "assignment": "06_softmax_gradient",
        "db_url": db_url,
        "student": ".",
    }
    resources = {"nbgrader": about, "unique_key": "softmax_gradient"}
    for name in (
        "LockCells",
        "ClearSolutions",
        "ClearOutput",
        "ComputeChecksums",
        "SaveCells",
        "CheckCellMetadata",
    ):
        preprocessor = getattr(preprocessors, name)()
        if name == "ClearSolutions":
            preprocessor.code_stub["python"] = (
                'raise NotImplementedError("Write your answer here, then delete this line.")'
            )
            preprocessor.text_stub = "*Write your answer here.*"
        notebook, resources = preprocessor.preprocess(notebook, resources)
    return Release(notebook), resources


@pytest.fixture
def release(released):
    return copy.deepcopy(released[0].notebook)


@pytest.fixture
def submission(release):
    """The release with every exercise answered."""
    for cell in release.cells:
        cell.source = ANSWERS.get(cell.id, cell.source)
    return release


def at(notebook, name):
    return next(cell for cell in notebook.cells if cell.id == name)


def place(notebook, name):
    return notebook.cells.index(at(notebook, name))


def as_bytes(notebook):
    return json.dumps(notebook, ensure_ascii=False).encode()


def gradings(notebook):
    """nbgrader's metadata of all cells, whatever their order."""
    found = [cell.metadata.nbgrader for cell in notebook.cells if "nbgrader" in cell.metadata]
    return sorted(found, key=lambda grading: grading.grade_id)


def assert_as_released(notebook, release):
    """All that belongs to the course is as in the release, and nbformat and nbgrader accept the notebook."""
    nbformat.validate(notebook)
    MetadataValidator().validate_nb(notebook)
    assert nbgrader_reads(nbformat.writes(notebook), as_version=4) == notebook
    assert gradings(notebook) == gradings(release.notebook)
    assert notebook.metadata == release.notebook.metadata
    for original in release.cells:
        if original.role in ("imports", "answer", "check", "written"):
            (cell,) = (cell for cell in notebook.cells if cell.id == original.name)
            assert cell.cell_type == original.kind
            assert {**cell.metadata, "course": None} == {**original.node.metadata, "course": None}
            if original.is_locked:
                assert cell.source == original.source


# Reading


@pytest.mark.parametrize(
    ("encode", "word"),
    [
        (lambda text: text.encode(), None),
        (lambda text: text.encode("utf-8-sig"), "byte-order mark"),
        (lambda text: text.encode("utf-16"), "UTF-16"),
        (lambda text: text.encode("utf-16-le"), "UTF-16-LE"),
        (lambda text: text.encode("utf-16-be"), "UTF-16-BE"),
        (lambda text: text.encode("utf-32"), "UTF-32"),
        (lambda text: text.encode("cp1252"), "Windows-1252"),
        (lambda text: text.encode("latin-1"), "Windows-1252"),
        (lambda text: text.encode().replace("ü".encode(), b"\xfc", 1), "Windows-1252"),
        (lambda text: text.replace("\n", "\r\n").encode(), None),
        (lambda text: ("\n\n  " + text + "\n").encode(), None),
    ],
)
def test_any_encoding_gives_the_same_cells(encode, word):
    cells = [make("code", "x = 'für'"), make("markdown", "naïve: é, ü")]
    text = json.dumps(
        {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}, ensure_ascii=False, indent=1
    )
    notebook, notes = read(encode(text))
    assert [cell.source for cell in notebook.cells] == ["x = 'für'", "naïve: é, ü"]
    assert [word in note for note in notes] == ([True] if word else [])


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "is empty"),
        (b" \r\n\t ", "is empty"),
        (b"\0" * 5000, "zero bytes"),
        (b"<!DOCTYPE html><html><title>Log in</title>", "web page"),
        (b"\n  <html lang='en'>", "web page"),
        (b"<?xml version='1.0'?><a/>", "XML"),
        (b"PK\x03\x04\x14\0", "zip archive or an office document"),
        (b"%PDF-1.7 ...", "a PDF"),
        (b"\x89PNG\r\n\x1a\n", "picture"),
        (b"\x1f\x8b\x08", "gzip"),
        (b"import numpy as np\n\ndef softmax(scores):\n    return 0\n", "Python script"),
        (b"# %% [markdown]\n# Title\n", "Python script"),
        (b"Dear professor, my file does not open.", "not JSON (line 1, column 1)"),
        (b'{"cells": [{"cell_type": "code", "sour', "breaks off in the middle (line 1, column 34)"),
        (b'{"cells": [],\n "metadata": {},,}', "damaged at line 2, column 17"),
        (b'{"cells": [\n<<<<<<< HEAD\n{}\n=======\n>>>>>>> main\n]}', "git merge conflict (line 2)"),
        (b"version https://git-lfs.github.com/spec/v1\n", "git lfs pull"),
        (b"[1, 2]", "no notebook"),
        (b"null", "no notebook"),
        (b'{"name": "package", "version": "1.0"}', "no notebook"),
        (b'{"cells": {"a": 1}}', "no notebook"),
        (b'{"cells": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", "nested absurdly deep"),
        (b'{"cells": [' + b"9" * 10_000 + b"]}", "a number that is too long"),
        (b'{"cells": [' + b"{}," * 5000 + b"{}]}", "more than 5000 cells"),
        (b'{"cells": [' + b"0," * 2_000_000 + b"0]}", "Clear Outputs"),
        (as_bytes({"cells": [make("code", "x" * 2_000_001)]}), "million characters of code"),
        (b"\xff\xfe\xff", "not"),
    ],
)
def test_what_is_no_notebook_is_refused_in_words(data, words):
    with pytest.raises(UnreadableNotebook) as refused:
        read(data)
    message = str(refused.value)
    assert words in message
    assert message.startswith("The ") and message.endswith(".") and len(message) < 300


def test_a_file_that_is_too_large_is_refused():
    with pytest.raises(UnreadableNotebook, match="51 MB, more than the 50 MB .* Clear Outputs"):
        read(b" " * 51_000_000)
    with pytest.raises(UnreadableNotebook, match="more than the 0 MB"):
        read(b'{"cells": []}', max_bytes=5)


@pytest.mark.parametrize(
    ("raw", "kind", "source"),
    [
        ({"cell_type": "code", "source": ["x = 1\n", "y = 2"]}, "code", "x = 1\ny = 2"),
        ({"cell_type": "code", "source": "x = 1\r\ny = 2\rz = 3"}, "code", "x = 1\ny = 2\nz = 3"),
        ({"cell_type": "code", "source": ["x = 1\n", None, 7]}, "code", "x = 1\n"),
        ({"cell_type": "code"}, "code", ""),
        ({"cell_type": "code", "source": {"a": 1}, "metadata": [], "outputs": "none"}, "code", ""),
        ({"cell_type": "code", "source": "a\0b\ud800c"}, "code", "ab\ufffdc"),
        ({"source": "x = 1", "outputs": []}, "code", "x = 1"),
        ({"cell_type": ["code"], "source": "x"}, "raw", "x"),
        ({"cell_type": "sql", "source": "select"}, "raw", "select"),
        ({"cell_type": "heading", "level": 2, "source": "Two\nlines"}, "markdown", "## Two lines"),
        ({"cell_type": "heading", "level": 10**30, "source": "T"}, "markdown", "###### T"),
        ({"cell_type": "code", "input": "x = 1", "prompt_number": 3, "language": "python"}, "code", "x = 1"),
        ({"cell_type": "code", "code": "x = 1", "prompt_number": 3}, "code", "x = 1"),
        ("not a cell", "raw", ""),
        (None, "raw", ""),
    ],
)
def test_any_form_of_a_cell_becomes_the_present_one(raw, kind, source):
    for document in ({"cells": [raw]}, {"worksheets": [{"cells": [raw]}, 7], "nbformat": 3}):
        notebook, _ = read(json.dumps(document).encode())
        nbformat.validate(notebook)
        assert [(cell.cell_type, cell.source) for cell in notebook.cells] == [(kind, source)]


def test_format_3_is_brought_to_the_present_one(release):
    old = nbformat.convert(copy.deepcopy(release), 3)
    code = next(cell for cell in old.worksheets[0].cells if cell.cell_type == "code")
    code.outputs = [nbformat.v3.new_output("display_data", output_png=PICTURE)]
    notebook, notes = read(as_bytes(old))
    assert [cell.source for cell in notebook.cells] == [cell.source for cell in release.cells]
    assert [output.data["image/png"] for cell in notebook.cells for output in cell.get("outputs", [])] == [
        PICTURE
    ]
    assert "old format" in notes[0]


def test_ids_are_valid_unique_and_the_same_at_each_reading():
    cells = [
        {"cell_type": "raw", "id": given}
        for given in ("a", "a", None, "cell-3", "no spaces", "x" * 65, 7, "b")
    ]
    data = as_bytes({"cells": cells})
    notebook, notes = read(data)
    assert [cell.id for cell in notebook.cells] == [
        "a", "cell-2", "cell-3-2", "cell-3", "cell-5", "cell-6", "cell-7", "b"
    ]  # fmt: skip
    assert "got ids of their own: 1." in notes[0]
    assert read(data)[0] == notebook


def test_of_the_outputs_only_pictures_are_kept():
    outputs = [
        {"output_type": "stream", "name": "stderr", "text": "RuntimeWarning"},
        {"output_type": "execute_result", "data": {"text/plain": "10.0", "text/html": "<script>"}},
        {"output_type": "display_data", "data": {"image/png": [PICTURE[:9], PICTURE[9:]], "image/svg+xml": "<svg>"}},
        {"output_type": "error", "ename": "E", "evalue": "", "traceback": 5},
        {"data": 5}, 5, None,
    ]  # fmt: skip
    notebook, _ = read(as_bytes({"cells": [{"cell_type": "code", "source": "", "outputs": outputs}]}))
    nbformat.validate(notebook)
    (kept,) = notebook.cells[0].outputs
    assert kept == {"output_type": "display_data", "data": {"image/png": PICTURE}, "metadata": {}}


def test_metadata_is_bounded_and_only_what_the_course_uses():
    deep = {"a": {"b": {"c": {"d": 1}}}}
    metadata = {"nbgrader": deep, "tags": ["x"] * 999, "widgets": deep, "alt": float("nan"), "trusted": True}
    notebook, _ = read(
        as_bytes({"cells": [{"cell_type": "raw", "metadata": metadata}], "metadata": {"title": "<b>"}})
    )
    assert notebook.cells[0].metadata == {"nbgrader": {"a": {"b": {"c": None}}}}
    assert notebook.metadata == {}


def test_pictures_pasted_into_text_are_mentioned():
    cell = {
        "cell_type": "markdown",
        "source": "![](attachment:a.png)",
        "attachments": {"a.png": {"image/png": PICTURE}},
    }
    notebook, notes = read(as_bytes({"cells": [cell, cell]}))
    assert "attachments" not in notebook.cells[0]
    assert notes == ["Pictures pasted into text cells were left out; plots of code cells stay."]


@settings(PROPERTY, max_examples=300)
@given(st.binary(max_size=400) | st.text(alphabet='{}[]",:\\ncels0u', max_size=80).map(str.encode))
def test_any_bytes_are_a_notebook_or_are_refused(data):
    try:
        notebook, notes = read(data)
    except UnreadableNotebook:
        return
    nbformat.validate(notebook)
    assert all(isinstance(note, str) for note in notes)


LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.sampled_from(
    ["code", "markdown", "heading", "softmax", "softmax_check", "def softmax(scores):", "\ud800"]
)  # fmt: skip
KEYS = st.sampled_from(
    ["cells", "worksheets", "cell_type", "source", "input", "metadata", "nbgrader", "grade_id", "id", "outputs", "data",
     "image/png", "tags", "course", "lesson", "cell", "level", "nbformat", "attachments", "alt"]
)  # fmt: skip
JSON = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=6)
)
CELL = st.dictionaries(KEYS, JSON, max_size=6) | st.fixed_dictionaries(
    {"cell_type": st.sampled_from(["code", "markdown", "raw"])},
    optional={
        "source": st.text(max_size=20) | st.sampled_from([*ANSWERS.values(), SOFTMAX, IMPORTS]),
        "id": st.sampled_from([name for name, *_ in SOLUTION]) | LEAVES,
        "metadata": st.dictionaries(KEYS, JSON | st.dictionaries(KEYS, LEAVES, max_size=4), max_size=3),
    },
)


@settings(PROPERTY, max_examples=60)
@given(cells=st.lists(CELL, max_size=8), metadata=JSON)
def test_any_document_of_cells_is_mended(released, cells, metadata):
    release = released[0]
    data = json.dumps({"cells": cells, "metadata": metadata}).encode()
    notebook, _ = read(data)
    nbformat.validate(notebook)
    assert len(notebook.cells) == len(cells)
    lesson_name(notebook, "x.ipynb", {"06_softmax_gradient": ["softmax"]})
    repaired, _ = repair(notebook, release)
    assert_as_released(repaired, release)
    assert {cell.name for cell in code_cells(repaired, release)} <= {None, "softmax", "cross_entropy"}


# Repair: one function for each fault; each takes a submission with all answers and damages it


def strip_all_metadata(notebook):
    for cell in notebook.cells:
        cell.metadata = nbformat.from_dict({})
        del cell["id"]
    notebook.metadata = nbformat.from_dict({})
    notebook.nbformat_minor = 4


def strip_only_nbgrader(notebook):
    for cell in notebook.cells:
        cell.metadata.pop("nbgrader", None)


def empty_nbgrader(notebook):
    for cell in notebook.cells:
        cell.metadata.nbgrader = nbformat.from_dict({})


def break_nbgrader(notebook):
    for number, cell in enumerate(notebook.cells):
        cell.metadata.nbgrader = [None, 7, "x", [], {"grade_id": ["a"]}, {"grade_id": 5}][number % 6]


def strip_and_rename(notebook):
    strip_all_metadata(notebook)
    notebook.cells[5].source = notebook.cells[5].source.replace("def softmax", "def my_softmax")


def forget_schema_version(notebook):
    del at(notebook, "softmax").metadata.nbgrader["schema_version"]


def old_schema_version(notebook):
    at(notebook, "softmax_check").metadata.nbgrader.schema_version = 1


def new_schema_version(notebook):
    at(notebook, "softmax_check").metadata.nbgrader.schema_version = 99


def forget_points(notebook):
    del at(notebook, "softmax_check").metadata.nbgrader["points"]


def more_points(notebook):
    at(notebook, "softmax_check").metadata.nbgrader.points = 1000


def swap_flags(notebook):
    at(notebook, "softmax_check").metadata.nbgrader |= {"grade": False, "solution": True, "locked": False}
    at(notebook, "softmax").metadata.nbgrader |= {"grade": True, "points": 50}


def extra_keys(notebook):
    at(notebook, "softmax").metadata.nbgrader.remark = "hello"


def forge_checksums(notebook):
    for grading in gradings(notebook):
        grading.checksum = "0" * 32


def claim_own_graded_cells(notebook):
    grading = {**at(notebook, "softmax_check").metadata.nbgrader, "grade_id": "bonus", "points": 100}
    notebook.cells.append(make("code", "10.0", "bonus", nbgrader=grading))


def copy_check_cell(notebook):
    notebook.cells.append(copy.deepcopy(at(notebook, "softmax_check")))


def copy_check_cell_and_edit_it(notebook):
    twin = copy.deepcopy(at(notebook, "softmax_check"))
    twin.source = "print(softmax(np.zeros((1, 3))))"
    notebook.cells.insert(place(notebook, "softmax_check"), twin)


def copy_answer_cell(notebook):
    notebook.cells.append(copy.deepcopy(at(notebook, "softmax")))


def copy_text_cell(notebook):
    notebook.cells.insert(0, copy.deepcopy(at(notebook, "title")))


def duplicate_everything(notebook):
    notebook.cells += copy.deepcopy(notebook.cells)


def delete_check_cell(notebook):
    notebook.cells.remove(at(notebook, "softmax_check"))


def delete_all_check_cells(notebook):
    notebook.cells = [cell for cell in notebook.cells if not cell.id.endswith("_check")]


def delete_imports(notebook):
    notebook.cells.remove(at(notebook, "imports"))


def delete_text(notebook):
    notebook.cells = [cell for cell in notebook.cells if role_of(cell) != "text"]


def edit_check_cell(notebook):
    at(notebook, "softmax_check").source = "print('Passed.')\n10.0"


def check_cell_to_markdown(notebook):
    retype(at(notebook, "softmax_check"), "markdown")


def answer_cell_to_markdown(notebook):
    retype(at(notebook, "softmax"), "markdown")


def answer_cell_to_raw(notebook):
    retype(at(notebook, "softmax"), "raw")


def written_cell_to_code(notebook):
    retype(at(notebook, "in_your_words"), "code")
    at(notebook, "in_your_words").update(outputs=[], execution_count=None)


def retype(cell, kind):
    cell.cell_type = kind
    for key in ("outputs", "execution_count"):
        cell.pop(key, None)


def other_kernel(notebook):
    notebook.metadata = nbformat.from_dict(
        {"kernelspec": {"name": "ir", "display_name": "R"}, "widgets": {"x": 1}}
    )


def no_metadata_at_all(notebook):
    del notebook["metadata"]
    for cell in notebook.cells:
        del cell["metadata"]


def reverse_the_cells(notebook):
    notebook.cells.reverse()


def same_id_everywhere(notebook):
    for cell in notebook.cells:
        cell.id = "softmax"


def swap_ids(notebook):
    one, two = at(notebook, "softmax"), at(notebook, "cross_entropy")
    one.id, two.id = two.id, one.id


def colab(notebook):
    strip_all_metadata(notebook)
    notebook.metadata = nbformat.from_dict({"colab": {"provenance": []}, "kernelspec": {"name": "python3"}})
    for number, cell in enumerate(notebook.cells):
        cell.metadata = nbformat.from_dict({"id": f"Xy{number}", "colab_type": cell.cell_type})
        cell.source = cell.source.splitlines(True)


FAULTS = [
    strip_all_metadata, strip_only_nbgrader, empty_nbgrader, break_nbgrader, strip_and_rename, forget_schema_version,
    old_schema_version, new_schema_version, forget_points, more_points, swap_flags, extra_keys, forge_checksums,
    claim_own_graded_cells, copy_check_cell, copy_check_cell_and_edit_it, copy_answer_cell, copy_text_cell,
    duplicate_everything, delete_check_cell, delete_all_check_cells, delete_imports, delete_text, edit_check_cell,
    check_cell_to_markdown, answer_cell_to_markdown, answer_cell_to_raw, written_cell_to_code, other_kernel,
    no_metadata_at_all, reverse_the_cells, same_id_everywhere, swap_ids, colab,
]  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_every_fault_is_mended(fault, submission, released, caplog):
    fault(submission)
    notebook, _ = read(as_bytes(submission))
    before = copy.deepcopy(notebook)
    release, resources = released
    repaired, notes = repair(notebook, release)

    assert notebook == before
    assert_as_released(repaired, release)
    answers = {cell.id: cell.source for cell in repaired.cells if cell.id in ANSWERS}
    expected = ANSWERS | (
        {"softmax": ANSWERS["softmax"].replace("def s", "def my_s")} if fault is strip_and_rename else {}
    )
    assert answers == expected
    ran = [cell.name for cell in code_cells(repaired, release) if cell.name]
    assert sorted(ran) == ["cross_entropy", "softmax"]
    assert all(note.endswith(".") and "`None`" not in note for note in notes)
    assert repair(repaired, release)[0] == repaired
    assert_nbgrader_changes_nothing(repaired, resources, caplog)


def assert_nbgrader_changes_nothing(repaired, resources, caplog):
    """nbgrader's own first pass of autograde finds nothing to correct or to warn about."""
    seen = copy.deepcopy(repaired)
    for name in ("DeduplicateIds", "OverwriteKernelspec", "OverwriteCells", "CheckCellMetadata"):
        preprocessor = getattr(preprocessors, name)()
        preprocessor.log = logging.getLogger("nbgrader-test")
        if name == "OverwriteCells":
            preprocessor.add_missing_cells = True
        seen, resources = preprocessor.preprocess(seen, resources)
    assert seen == repaired
    assert [record.message for record in caplog.records if record.name == "nbgrader-test"] == []


def test_an_undamaged_submission_needs_no_note(submission, released):
    assert repair(read(as_bytes(submission))[0], released[0])[1] == []


def test_the_solution_itself_needs_no_note(released):
    solution = copy.deepcopy(released[0].notebook)
    for grading in gradings(solution):
        del grading["checksum"], grading["cell_type"]
    repaired, notes = repair(read(as_bytes(solution))[0], released[0])
    assert notes == []
    assert_as_released(repaired, released[0])


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (strip_all_metadata, "Without grading metadata, but recognised all the same: cells 6 (`softmax`), 8"),
        (more_points, "Grading metadata not as released, and restored: cells 8 (`softmax_check`)."),
        (delete_check_cell, "The check cell `softmax_check` was missing; it was put back as released."),
        (
            edit_check_cell,
            "The text of cell 8 (`softmax_check`) is locked and had been changed; it was restored.",
        ),
        (answer_cell_to_raw, "Cell 6 (`softmax`) had become a raw cell; it is a code cell again."),
        (copy_check_cell, "Cell 16 was a second, unchanged copy of `softmax_check`; it was left out."),
        (
            copy_check_cell_and_edit_it,
            "Cell 8 is a copy of `softmax_check`; it was kept, as a cell of the learner's own.",
        ),
    ],
)
def test_the_notes_say_what_was_done(fault, words, submission, released):
    fault(submission)
    _, notes = repair(read(as_bytes(submission))[0], released[0])
    assert any(words in note for note in notes)


@pytest.mark.parametrize("strip", [None, strip_only_nbgrader, strip_all_metadata])
@pytest.mark.parametrize("first", ["stub", "answer"])
def test_of_a_stub_and_an_edited_copy_the_edited_one_counts(strip, first, submission, released):
    stub = copy.deepcopy(at(released[0].notebook, "softmax"))
    submission.cells.insert(place(submission, "softmax") + (first == "answer"), stub)
    if strip:
        strip(submission)
    repaired, _ = repair(read(as_bytes(submission))[0], released[0])
    assert at(repaired, "softmax").source == ANSWERS["softmax"]
    assert sum("def softmax" in cell.source for cell in repaired.cells) == 1


def test_of_two_edited_copies_the_later_counts_and_the_other_stays(submission, released):
    later = copy.deepcopy(at(submission, "softmax"))
    later.source = ANSWERS["softmax"] + "  # second thoughts"
    submission.cells.insert(place(submission, "softmax") + 1, later)
    repaired, notes = repair(read(as_bytes(submission))[0], released[0])
    assert at(repaired, "softmax").source.endswith("second thoughts")
    ran = code_cells(repaired, released[0])
    assert [cell.name for cell in ran if "def softmax" in cell.source] == [None, "softmax"]
    assert_as_released(repaired, released[0])


def test_a_copy_that_was_made_into_another_exercise_is_that_exercise(submission, released):
    twin = copy.deepcopy(at(submission, "softmax"))  # still says that it is softmax
    twin.source = ANSWERS["cross_entropy"]
    submission.cells[place(submission, "cross_entropy")] = twin
    repaired, _ = repair(read(as_bytes(submission))[0], released[0])
    assert {name: at(repaired, name).source for name in ANSWERS} == ANSWERS


def test_an_answer_in_a_new_cell_replaces_the_stub_above_or_below(released):
    for offset in (0, 1):
        submission = copy.deepcopy(released[0].notebook)
        submission.cells.insert(place(submission, "softmax") + offset, own_code(ANSWERS["softmax"]))
        repaired, _ = repair(read(as_bytes(submission))[0], released[0])
        assert at(repaired, "softmax").source == ANSWERS["softmax"]
        assert_as_released(repaired, released[0])


def test_an_answer_in_a_demo_cell_is_found(released):
    submission = copy.deepcopy(released[0].notebook)
    at(submission, "broken_training").source = ANSWERS["softmax"]
    repaired, _ = repair(read(as_bytes(submission))[0], released[0])
    assert at(repaired, "softmax").source == ANSWERS["softmax"]


def test_both_answers_in_one_cell_are_both_found(submission, released):
    at(submission, "softmax").source = ANSWERS["softmax"] + "\n\n\n" + ANSWERS["cross_entropy"]
    for other in ("deleted", "left as a stub"):
        if other == "deleted":
            submission.cells.remove(at(submission, "cross_entropy"))
        else:
            submission.cells.insert(10, at(released[0].notebook, "cross_entropy"))
        repaired, _ = repair(read(as_bytes(submission))[0], released[0])
        assert_as_released(repaired, released[0])
        ran = code_cells(repaired, released[0])
        assert [cell.name for cell in ran] == [
            None,
            "softmax",
        ]  # the stub would replace the answer by nothing


def test_a_deleted_answer_is_put_back_as_a_stub_at_its_place(submission, released):
    submission.cells.remove(at(submission, "softmax"))
    repaired, _ = repair(read(as_bytes(submission))[0], released[0])
    assert [cell.id for cell in repaired.cells] == [cell.id for cell in released[0].notebook.cells]
    (stub,) = (cell for cell in code_cells(repaired, released[0]) if cell.name == "softmax")
    assert is_untouched(stub.source, released[0].answers["softmax"].source)
    assert stub.index == 0


def test_missing_cells_are_put_back_at_their_places(submission, released):
    submission.cells = [cell for cell in submission.cells if role_of(cell) in ("text", "demo")]
    repaired, notes = repair(read(as_bytes(submission))[0], released[0])
    assert [cell.id for cell in repaired.cells] == [cell.id for cell in released[0].notebook.cells]
    assert len(notes) == 6


def test_an_empty_notebook_gets_all_that_is_graded(released):
    repaired, _ = repair(read(b'{"cells": []}')[0], released[0])
    assert_as_released(repaired, released[0])


def test_an_answer_without_its_first_line_is_found_by_its_place(released):
    submission = copy.deepcopy(released[0].notebook)
    for name, source in ANSWERS.items():
        at(submission, name).source = source
    at(submission, "softmax").source = "scores = scores - scores.max()\nprobs = np.exp(scores)"
    strip_all_metadata(submission)
    repaired, _ = repair(read(as_bytes(submission))[0], released[0])
    assert at(repaired, "softmax").source.startswith("scores = scores")
    assert at(repaired, "in_your_words").source == ANSWERS["in_your_words"]


def test_the_learners_own_cells_stay_where_they_are(submission, released):
    submission.cells.insert(6, own_code("helper = 3"))
    submission.cells.insert(3, make("markdown", "my note", "title"))
    repaired, _ = repair(read(as_bytes(submission))[0], released[0])
    assert repaired.cells[3].source == "my note" and repaired.cells[7].source == "helper = 3"
    assert all("nbgrader" not in cell.metadata for cell in (repaired.cells[3], repaired.cells[7]))
    assert len({cell.id for cell in repaired.cells}) == len(repaired.cells)


def test_pictures_stay_and_a_check_cell_has_none(submission, released):
    picture = {"output_type": "display_data", "data": {"image/png": PICTURE}, "metadata": {}}
    for name in ("broken_training", "softmax_check"):
        at(submission, name).outputs = [nbformat.from_dict(picture)]
    repaired, _ = repair(read(as_bytes(submission))[0], released[0])
    assert len(at(repaired, "broken_training").outputs) == 1
    assert at(repaired, "softmax_check").outputs == []


@settings(PROPERTY, max_examples=60)
@given(data=st.data())
def test_any_damage_to_the_metadata_is_undone(released, data):
    release = released[0]
    damaged = copy.deepcopy(release.notebook)
    for cell in damaged.cells:
        if "nbgrader" in cell.metadata and data.draw(st.booleans()):
            key = data.draw(st.sampled_from([*cell.metadata.nbgrader, "other"]))
            if data.draw(st.booleans()):
                cell.metadata.nbgrader.pop(key, None)
            else:
                cell.metadata.nbgrader[key] = data.draw(LEAVES | st.sampled_from([*release.by_name]))
        if data.draw(st.integers(0, 9)) == 0:
            cell.metadata = nbformat.from_dict(data.draw(st.dictionaries(KEYS, JSON, max_size=3)))
    order = data.draw(st.permutations(range(len(damaged.cells))))
    damaged.cells = [damaged.cells[number] for number in order[: data.draw(st.integers(0, len(order)))]]
    repaired, _ = repair(read(json.dumps(damaged).encode())[0], release)
    assert gradings(repaired) == gradings(release.notebook)
    MetadataValidator().validate_nb(repaired)


# What runs


def run_sources(notebook, release):
    return [cell.source for cell in code_cells(repair(read(as_bytes(notebook))[0], release)[0], release)]


def test_imports_answers_and_own_cells_run_in_order(submission, released):
    submission.cells.insert(6, own_code("%matplotlib inline\nhelper = 3"))
    submission.cells.insert(0, own_code("before = 1"))
    repaired, _ = repair(read(as_bytes(submission))[0], released[0])
    assert code_cells(repaired, released[0]) == [
        Cell(None, IMPORTS, 4),
        Cell(None, "before = 1", 1),
        Cell("softmax", ANSWERS["softmax"], 7),
        Cell(None, "pass\nhelper = 3", 8),
        Cell("cross_entropy", ANSWERS["cross_entropy"], 12),
    ]


def test_numbers_are_those_of_the_notebook_as_handed_in(submission, released):
    delete_check_cell(submission)
    submission.cells.insert(3, own_code("helper = 3"))
    repaired, _ = repair(read(as_bytes(submission))[0], released[0])
    ran = code_cells(repaired, released[0])
    assert [cell.index for cell in ran] == [submission.cells.index(at(submission, name)) + 1 for name in
                                            ("imports", "own-code", "softmax", "cross_entropy")]  # fmt: skip
    assert code_cells(repair(repaired, released[0])[0], released[0]) == ran


@pytest.mark.parametrize("strip", [None, strip_only_nbgrader, strip_all_metadata])
def test_demos_do_not_run_edited_or_copied(strip, submission, released):
    at(submission, "broken_training").source = BROKEN.replace("300", "10_000_000")
    submission.cells.append(own_code(EXPERIMENT.replace("(1, 10, 100)", "(1, 2)")))
    if strip:
        strip(submission)
    assert run_sources(submission, released[0]) == [IMPORTS, ANSWERS["softmax"], ANSWERS["cross_entropy"]]


def test_a_demo_cell_known_by_its_id_does_not_run_whatever_it_holds(submission, released):
    at(submission, "experiment").source = "while True: pass"
    assert "while True: pass" not in run_sources(submission, released[0])


def test_a_broken_import_cell_does_not_take_numpy_away(submission, released):
    at(submission, "imports").source = "import sklearn\n" + IMPORTS
    assert run_sources(submission, released[0])[:2] == [IMPORTS, "import sklearn\n" + IMPORTS]
    ran = code_cells(repair(read(as_bytes(submission))[0], released[0])[0], released[0])
    assert [cell.index for cell in ran[:2]] == [0, 3]


def test_a_syntax_error_leaves_the_other_cells_alone(submission, released):
    at(submission, "softmax").source = "def softmax(scores:\n    '''"
    strip_all_metadata(submission)
    assert run_sources(submission, released[0]) == [
        IMPORTS,
        "def softmax(scores:\n    '''",
        ANSWERS["cross_entropy"],
    ]


@pytest.mark.parametrize(
    ("source", "plain"),
    [
        ("%matplotlib inline\nx = 1", "pass\nx = 1"),
        ("%%time\ndef f():\n    return 1", "\ndef f():\n    return 1"),
        ("\n%%capture out\nx = 1", "\n\nx = 1"),
        ("%%bash\nrm -rf /", "pass"),
        ("%%writefile helpers.py\nx", "pass"),
        ("!pip install numpy\nx = 1", "pass\nx = 1"),
        ("if True:\n    !ls 'unclosed\n    x = 1", "if True:\n    pass\n    x = 1"),
        ("for i in x:\n\t%time f(i)", "for i in x:\n\tpass"),
        ("!pip install \\\n    numpy\nx = 1", "pass\n\nx = 1"),
        ("np.dot?", "pass"),
        ("np.dot??  ", "pass"),
        ("?np.dot", "pass"),
        ("files = !ls *.csv", "pass"),
        ("a, b = %sql select", "pass"),
        ("get_ipython().run_line_magic('matplotlib', 'inline')", "pass"),
        ("x = 7 % 3", "x = 7 % 3"),
        ("x %= 3", "x %= 3"),
        ("x = (7\n     % 3)", "x = (7\n     % 3)"),
        ("x = 7 \\\n  % 3", "x = 7 \\\n  % 3"),
        ("if x != 3: y = 1", "if x != 3: y = 1"),
        ('"""\n%matplotlib\n!ls\nwhat?\n"""\n%who', '"""\n%matplotlib\n!ls\nwhat?\n"""\npass'),
        ("'''it's\n!x'''\n!y", "'''it's\n!x'''\npass"),
        ("s = 'a' # it's\n!x", "s = 'a' # it's\npass"),
        ("s = '''a'''''\n!x", "s = '''a'''''\npass"),
        ("s = 'a\\\n!b'\n!x", "s = 'a\\\n!b'\npass"),
        ("s = '\\''\n!x", "s = '\\''\npass"),
        ("x = [\n1, # ]\n]\n!x", "x = [\n1, # ]\n]\npass"),
        ("broken = 'unclosed\n!x", "broken = 'unclosed\npass"),
        ("# why?\nx = 1  # %time?", "# why?\nx = 1  # %time?"),
        ("x = 1\r\n%who\ry = 2", "x = 1\npass\ny = 2"),
        ("", ""),
    ],
)
def test_magics_become_pass_and_nothing_else_changes(source, plain):
    assert plain_python(source) == plain
    assert plain_python(plain) == plain


@settings(PROPERTY)
@given(st.text(alphabet="%!?'\"\\\n ()#=ax.", max_size=60))
def test_python_that_compiles_is_left_as_it_is(source):
    try:
        compile(source, "cell", "exec")
    except (SyntaxError, ValueError):
        return
    assert plain_python(source) == source


# What the release says


def test_points_stubs_and_written_cells(released):
    release = released[0]
    assert release.points == {"softmax": 2.0, "cross_entropy": 3.0}
    assert release.written == {"in_your_words": 1.5}
    assert list(release.answers) == ["softmax", "cross_entropy"]
    assert "raise NotImplementedError" in release.answers["softmax"].source
    assert release.by_name["in_your_words"].source == "*Write your answer here.*"


def test_each_released_cell_says_what_it_is(released):
    cells = released[0].by_name
    assert {name: cell.role for name, cell in cells.items()} == {name: role for name, role, *_ in SOLUTION}
    assert [cell.name for cell in released[0].cells if cell.is_locked] == [
        "softmax_check",
        "cross_entropy_check",
    ]
    learners = {name for name, cell in cells.items() if cell.is_the_learners}
    assert learners == {"softmax", "cross_entropy", "in_your_words"}
    assert {name: cell.points for name, cell in cells.items() if cell.points is not None} == {
        name: worth for name, _, _, worth in SOLUTION if worth
    }
    assert cells["softmax"].defined == {"softmax"} and cells["experiment"].defined == set()


def test_likeness_is_the_share_of_lines_in_common():
    release = Release(notebook_of_sources("a\nb", "b\n\n  b\nc", "d"))
    found = {cell.name: share for share, cell in release.alike("b\nb\n\nc\nx")}
    assert found == {"0": pytest.approx(2 * 1 / (4 + 2)), "1": pytest.approx(2 * 3 / (4 + 3))}
    assert release.alike("") == release.alike("x") == []


def notebook_of_sources(*sources):
    cells = [make("code", source, str(number)) for number, source in enumerate(sources)]
    return nbformat.from_dict({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


@pytest.mark.parametrize(
    ("change", "untouched"),
    [
        (lambda stub: stub, True),
        (lambda stub: "\n\n" + stub + "   \n\n", True),
        (lambda stub: stub.replace("    return", "\n    # my idea: use exp\n\n    return"), True),
        (lambda stub: stub.replace("\n", "  \n"), True),
        (lambda stub: stub.replace("    ", "\t"), True),
        (lambda stub: stub.replace("    raise", "    # raise"), False),
        (lambda stub: stub.replace("return probs", "return scores"), False),
        (lambda stub: stub + "\nx = 1", False),
        (lambda stub: stub + '\n"""', False),
        (lambda stub: stub + "x" * 100_000, False),
        (lambda stub: "", False),
        (lambda stub: "\0", False),
    ],
)
def test_a_stub_is_untouched_when_only_white_space_and_comments_changed(released, change, untouched):
    stub = released[0].answers["softmax"].source
    assert is_untouched(change(stub), stub) is untouched


def test_names_are_found_despite_a_syntax_error():
    source = "@cache\ndef one(:\n    def inner(): pass\nasync def two(): pass\nclass Three: x=1\nfour = lambda: 4\nfive = 5"
    assert names_defined(source) == {"one", "two", "Three", "four"}


LESSONS = {
    "06_softmax_gradient": ["softmax", "softmax_check", "cross_entropy", "train"],
    "07_softmax": ["softmax", "predict", "fit", "train"],
    "18_fit": ["fit", "predict"],
}


@pytest.mark.parametrize(
    ("lesson", "file_name", "sources", "found"),
    [
        ("07_softmax", "softmax_gradient.ipynb", [], "07_softmax"),
        ("99_unknown", "softmax_gradient.ipynb", [], "06_softmax_gradient"),
        (["07_softmax"], None, [], None),
        (None, "softmax_gradient.ipynb", ["def fit(): pass"], "06_softmax_gradient"),
        (None, "softmax_gradient (1).ipynb", [], "06_softmax_gradient"),
        (None, "softmax_gradient-Copy1.ipynb", [], "06_softmax_gradient"),
        (None, "softmax_gradient - Copy (2).ipynb", [], "06_softmax_gradient"),
        (None, "Softmax Gradient - Kopie.ipynb", [], "06_softmax_gradient"),
        (None, "softmax_gradient_final_v2.ipynb", [], "06_softmax_gradient"),
        (None, "softmax_gradient.ipynb.txt", [], "06_softmax_gradient"),
        (None, "06_softmax_gradient.ipynb", [], "06_softmax_gradient"),
        (None, "grading/submitted/ann/06_softmax_gradient/homework.ipynb", [], "06_softmax_gradient"),
        (None, "C:\\Users\\ann\\06_softmax_gradient\\homework.ipynb", [], "06_softmax_gradient"),
        (None, "06_softmax_gradient/softmax.ipynb", [], "07_softmax"),
        (None, "ann_4711_softmax_gradient.ipynb", [], "06_softmax_gradient"),
        (None, "ann_softmax_gradient.ipynb", ["def predict(): pass\ndef fit(): pass"], "18_fit"),
        (None, "homework.ipynb", ["def softmax(): pass", "def cross_entropy(): pass"], "06_softmax_gradient"),
        (None, None, ['with check("softmax"):\n    pass', "def softmax(): pass"], "06_softmax_gradient"),
        (None, "homework.ipynb", ["def train(): pass"], None),
        (None, "homework.ipynb", ["x = 1"], None),
        (None, None, [], None),
        (None, "(1)" * 100_000 + ".ipynb", [], None),
        (None, "\0/../..", [], None),
    ],
)
def test_the_lesson_is_found(lesson, file_name, sources, found):
    metadata = {"course": {"lesson": lesson}} if lesson else {}
    notebook, _ = read(
        as_bytes({"cells": [make("code", source) for source in sources], "metadata": metadata})
    )
    if found is None and not sources:
        assert lesson_name(notebook, file_name, {}) is None
    lessons = LESSONS | {"19_train_again": ["train", "x", "y", "z"]}
    assert lesson_name(notebook, file_name, lessons) == found


def test_the_lesson_is_found_by_grade_ids(release):
    release.metadata = nbformat.from_dict({})
    notebook, _ = read(as_bytes(release))
    assert lesson_name(notebook, "homework.ipynb", LESSONS) == "06_softmax_gradient"


@pytest.mark.parametrize("path", RELEASES, ids=lambda path: path.stem)
def test_each_lesson_survives_the_loss_of_all_metadata(path):
    release = Release(nbformat.read(path, as_version=4))
    submission = copy.deepcopy(release.notebook)
    strip_all_metadata(submission)
    repaired, _ = repair(read(as_bytes(submission))[0], release)
    assert [cell.id for cell in repaired.cells] == [cell.name for cell in release.cells]
    assert_as_released(repaired, release)
    assert [cell.name for cell in code_cells(repaired, release)] == [None, *release.answers]


# Time


@pytest.mark.parametrize(
    "cells",
    [
        [make("code", SOFTMAX.replace("scores.max", f"scores.max{number}")) for number in range(1000)],
        [make("code", f"x = {number}", nbgrader={"grade_id": "softmax"}) for number in range(3000)],
        [make("code", '"""' + '\\"""' * 400_000)],
        [make("code", " " * 1_900_000)],
        [make("code", "\n" * 1_000_000)],
        [make("code", "a." * 900_000)],
        [make("markdown", "](" * 1_000_000), make("markdown", "<a" * 1_000_000)],
    ],
    ids=["many stubs", "many claims", "quotes", "spaces", "lines", "dots", "text"],
)
def test_hostile_notebooks_take_no_long_time(cells, released):
    data = as_bytes({"cells": cells})
    start = time.process_time()
    notebook, _ = read(data)
    code_cells(repair(notebook, released[0])[0], released[0])
    assert time.process_time() - start < 15
