"""The catalogue of attacks: one small program a file in `attacks/`, and the submissions that are made of it.

Each file begins with a docstring: a sentence on what it tries, an empty line, and fields, one a line.

``known``
    Where it is known from; "our own" if nobody had written it down.
``place``
    Where the program goes, with a wrong softmax beside it and the other answers right:

    - ``everywhere``: into a cell before the answers, and into every call of softmax, where its exceptions are swallowed;
    - ``before``, ``after``: into a cell before or after the answers;
    - ``answer``: it is the answer to the exercise (``softmax`` unless the field ``exercise`` says another);
    - ``every answer``: it is the answer to each exercise;
    - ``cell or call``: into a cell before the answers, or into every call of softmax: two submissions;
    - ``frame``: it speaks for the worker (see `forging`): while a cell of its own is run, while the answer's cell is
      run, or at every call of softmax: three submissions;
    - ``notebook``: it changes the notebook: ``forge(notebook)``.
``promise``
    Beside the same wrong softmax without the attack: ``same``: every exercise has the same score; ``others same``: the
    exercise has at most its score, and what does not call softmax has the same score; ``may lose``: no exercise has more; ``nothing``: no
    exercise scores.
``reaches``
    ``itself``, or ``the machine`` when only the sandbox keeps it from what is outside its own process.
``stock``
    ``run`` in stock nbgrader, too; or ``harm``: there it would harm the machine; or why it does not apply.
``variants`` (optional)
    Values of the name VARIANT; each makes a submission.
``uses`` (optional)
    ``forging``: begins with what is needed to speak for the worker.
``verdict`` (optional)
    Verdict of the exercise.
``seen as`` (optional)
    Of a frame: the verdict of a call that is made after it.

The program may use the names ROOT, the course's folder, SITE, where NumPy is installed, and VARIANT.
"""

import ast
import re
import textwrap
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import numpy as np
from nbformat import NotebookNode

from autograder.tests.courses import notebook
from autograder.tests.material import COURSE, answers

FOLDER = Path(__file__).parent / "attacks"
FORGING = (Path(__file__).parent / "forging.py").read_text(encoding="utf-8")
LESSON = "06_softmax_gradient"
WRITTEN = ["cross_entropy", "gradient_by_hand", "score_gradient", "weight_gradients", "softmax_loss", "find_the_bugs"]  # fmt: skip
WRONG = "exp_scores = np.exp(scores)  # overflows\nreturn exp_scores / exp_scores.sum(axis=1, keepdims=True)"
WAYS = {"cell or call": ("loading", "calling"), "frame": ("loading", "calling", "defining")}
PLACES = {"everywhere", "before", "after", "answer", "every answer", "notebook", *WAYS}
PROMISES = {"same", "others same", "may lose", "nothing"}


@dataclass(frozen=True)
class Attack:
    """One file of the catalogue, in the words of this module's docstring."""

    name: str
    sentence: str
    known: str
    place: str
    promise: str
    reaches: str
    stock: str
    source: str = field(repr=False)
    exercise: str = "softmax"
    variants: tuple[str, ...] = ("",)
    uses: str = ""
    verdict: str = ""
    seen_as: str = ""

    @property
    def number(self) -> int:
        return int(self.name.partition("_")[0])

    @property
    def title(self) -> str:
        return self.name.partition("_")[2].replace("_", " ")

    def program(self, variant: str = "", root: Path = COURSE.root) -> str:
        """The source, with the names that it may use set to what they mean."""
        known = {"ROOT": str(root), "SITE": str(Path(np.__path__[0]).parent), "VARIANT": variant}
        lines = [
            f"{name} = {value!r}" for name, value in known.items() if re.search(rf"\b{name}\b", self.source)
        ]
        forging = [FORGING] if self.uses == "forging" else []
        return "\n".join([*forging, *lines, self.source])

    def submissions(self) -> Iterator[tuple[str, Callable[..., NotebookNode]]]:
        """By a label, each submission of the attack as a function of the course's folder."""
        for variant in self.variants:
            for way in WAYS.get(self.place, ("",)):
                label = " ".join(filter(None, (variant, way)))
                yield label, lambda root=COURSE.root, v=variant, w=way: self._submission(v, w, root)

    def _submission(self, variant: str, way: str, root: Path) -> NotebookNode:
        program = self.program(variant, root)
        match self.place, way:
            case "everywhere", _:
                guarded = f"try:\n{_indented(program)}\nexcept Exception:\n    pass\n{WRONG}"
                return submission(before=program, softmax=_softmax(guarded))
            case ("before", _) | ("cell or call", "loading"):
                return submission(before=program)
            case "after", _:
                return submission(after=program)
            case "answer", _:
                return submission(**{self.exercise: program})
            case "every answer", _:
                return submission(**dict.fromkeys(["softmax", *WRITTEN], program))
            case "cell or call", _:
                return submission(softmax=_softmax(f"{program}\n{WRONG}"))
            case "frame", "loading":
                return submission(before=FORGING + program)
            case "frame", "calling":
                return submission(before=FORGING, softmax=_softmax(f"{program}\n{WRONG}"))
            case "frame", _:
                return submission(before=FORGING, softmax=f"{program}\n{_softmax(WRONG)}")
        made = submission()
        self.forge(made, variant)
        return made

    def forge(self, notebook: NotebookNode, variant: str) -> None:
        """Change a notebook as the program says, whose place is ``notebook``."""
        scope: dict = {}
        exec(compile(self.program(variant), self.name, "exec"), scope)
        scope["forge"](notebook)


def submission(before: str = "", after: str = "", **written: str) -> NotebookNode:
    """A wrong softmax and the other answers right, but for those that are given, with cells around them."""
    right = {name: source for name, source in answers(COURSE.lessons[LESSON]).items() if name in WRITTEN}
    return notebook(
        COURSE, LESSON, {"softmax": _softmax(WRONG)} | right | written, before=before, after=after
    )


def _softmax(body: str) -> str:
    return f"def softmax(scores):\n{_indented(body)}"


def _indented(source: str) -> str:
    return textwrap.indent(source, "    ")


@cache
def attacks() -> dict[str, Attack]:
    """Every attack by its name, in the order of the files."""
    return {path.stem: _read(path) for path in sorted(FOLDER.glob("*.py"))}


def _read(path: Path) -> Attack:
    """One file; ValueError if its docstring is not as this module says."""
    fields, source = read_entry(path)
    unknown = set(fields) - {*Attack.__dataclass_fields__} - {"seen as"}
    if unknown or fields["place"] not in PLACES or fields["promise"] not in PROMISES:
        raise ValueError(f"{path.name}: an unknown field, place or promise")
    if "variants" in fields:
        fields["variants"] = tuple(fields["variants"].split(", "))
    return Attack(
        path.stem, source=source, **{name.replace(" ", "_"): value for name, value in fields.items()}
    )


def read_entry(path: Path) -> tuple[dict[str, str], str]:
    """The fields of a file's docstring, with its ``sentence``, and the program below it."""
    text = path.read_text(encoding="utf-8")
    first = ast.parse(text).body[0]
    sentence, _, lines = ast.get_docstring(ast.parse(text)).partition("\n\n")
    fields = dict(line.split(": ", 1) for line in lines.splitlines())
    source = "\n".join(text.splitlines()[first.end_lineno :]).strip() + "\n"
    return {"sentence": sentence.replace("\n", " ")} | fields, source
