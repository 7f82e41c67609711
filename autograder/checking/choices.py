"""Answers that are chosen, not computed: predictions and diagnoses, returned by functions without arguments."""

from collections.abc import Callable, Collection, Container
from typing import Any

from autograder.checking import marks
from autograder.checking.expectations import expect, expect_parts


def expect_words(
    answers: Any, count: int, known: Container[str], message: str = "", each_message: str = ""
) -> Any:
    """The learner's answers, if they are so many and each is one of the known words or letters.

    Parameters
    ----------
    answers : object
        What the learner's function returned.
    count : int
    known : container of str
    message, each_message : str
        Added to the check's own words where the number is wrong, and where a word is.

    Returns
    -------
    tuple or list
        The answers themselves.
    """
    expect_parts(answers, count, message)
    expect(all(isinstance(word, str) and word in known for word in answers), each_message)
    return answers


def expect_each_once(
    answers: Any, known: Collection[str], message: str = "", each_message: str = "", once_message: str = ""
) -> Any:
    """The learner's answers, if they are the known words in some order; otherwise as `expect_words`.

    ``once_message`` is added to the check's own words where a word stands twice.
    """
    expect_words(answers, len(known), known, message, each_message)
    expect(len(set(answers)) == len(known), once_message)
    return answers


def answer_check(
    exercise: str,
    place: int | tuple[int, ...],
    words: str,
    weight: float = 1,
    read: Callable[[Any], Any] | None = None,
) -> Callable[..., None]:
    """A check that the learner's answer at a place is the solution's, so that each right answer counts by itself.

    Parameters
    ----------
    exercise : str
        Its function takes no arguments and returns several answers.
    place : int or tuple of int
        Which of the answers, from 0; of several, all must be right.
    words : str
        What a learner is told when it is not: where to look, never the answer.
    weight : float
    read : callable, optional
        Applied to what the learner's function returned, before the place is looked up.

    Returns
    -------
    function
        To be bound to a name that begins with ``test_``.
    """
    places = place if isinstance(place, tuple) else (place,)

    def check(learner: Any, reference: Any) -> None:
        answers, right = getattr(learner, exercise)(), getattr(reference, exercise)()
        answers = answers if read is None else read(answers)
        expect(all(answers[k] == right[k] for k in places))

    check.__doc__ = words
    marked: Callable[..., None] = marks.exercise(exercise, weight=weight)(check)
    return marked


def declare_answer_checks(
    namespace: dict[str, Any],
    exercise: str,
    /,
    *,
    weight: float = 1,
    read: Callable[[Any], Any] | None = None,
    **words: str,
) -> None:
    """Give a file of checks an `answer_check` for each answer of an exercise.

    Parameters
    ----------
    namespace : dict
        ``globals()`` of the file.
    exercise : str
    weight, read
        Of each check.
    **words : str
        By the check's name, which begins with ``test_``, what a learner is told: in the order of the answers.
    """
    for place, (name, text) in enumerate(words.items()):
        namespace[name] = answer_check(exercise, place, text, weight, read)
