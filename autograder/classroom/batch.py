"""Many submissions at once: in parallel, with a journal, and from there into nbgrader's gradebook by one writer."""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor, as_completed
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from autograder.classroom.grade import Grader, Settings, warm_grader
from autograder.classroom.journal import Journal, journal_at
from autograder.classroom.turns import turn
from autograder.intake.notebook import UnreadableNotebook
from autograder.intake.submitted import Submission, submissions
from autograder.judging.request import Request
from autograder.judging.results import Result, Verdict, unreadable
from autograder.lesson.layout import Course, CourseError

CONNECT_SECONDS = 10


def journal_of(course: Course, lesson: str) -> Journal:
    """Where the results of a lesson are kept."""
    return journal_at(course.grading / "journal" / f"{lesson}.jsonl")


def turn_of(course: Course, lesson: str, say: Callable[[str], None]) -> AbstractContextManager[None]:
    """A time in which nobody else grades a lesson; ``say`` gets a sentence if somebody does, and the entry waits."""
    path = journal_of(course, lesson).path.with_suffix(".lock")
    return turn(path, f"Another grading of {lesson}", say)


def grade_all(
    course: Course,
    lesson: str,
    executor: Executor,
    settings: Settings | None = None,
    on_result: Callable[[Result], None] = lambda result: None,
) -> list[Result]:
    """Grade every submission of a lesson that has changed since it was last graded.

    Parameters
    ----------
    course : Course
    lesson : str
    executor : concurrent.futures.Executor
        Where the work is done: threads of this process, or a Dask cluster.
    settings : Settings, optional
    on_result : callable
        Called with each result as it comes.

    Returns
    -------
    list of Result
        One for each submission, in the order of the students.

    Raises
    ------
    CourseError
        If the course has no such lesson, or no usable secret.
    """
    settings = settings or Settings()
    journal = journal_of(course, lesson)
    fingerprint = course.lesson(lesson).fingerprint()
    if settings.secret_seeds:
        course.secret()  # without it nobody can be graded: said once, and before anybody's work is looked at
    preparing = Grader(course, settings)
    results: dict[str, Result] = {}
    waiting: dict[Future[Result], tuple[str, str]] = {}
    for submission in submissions(course, lesson).values():
        student, prepared = submission.student, _prepared(preparing, submission)
        if isinstance(prepared, Request):
            key = prepared.key(fingerprint)
            known = journal.get(key)
            if known is None:
                waiting[executor.submit(judge, str(course.root), settings, prepared)] = student, key
                continue
            prepared = known
        results[student] = prepared
        on_result(prepared)
    for future in as_completed(waiting):
        student, key = waiting[future]
        results[student] = _outcome(future, student, lesson)
        journal.append(key, results[student])
        on_result(results[student])
    return [results[student] for student in sorted(results)]


def _prepared(grader: Grader, handed_in: Submission) -> Request | Result:
    """What the judge is to get of a submission, or the result of one that it cannot get."""
    student, lesson = handed_in.student, handed_in.lesson
    name = f"{student}/{lesson}"
    try:
        return grader.prepare(handed_in.notebook(), name, lesson, student)
    except (UnreadableNotebook, CourseError) as error:
        return unreadable(name, str(error), lesson=lesson, student=student)
    except Exception as error:  # ours; a notebook that brings it out must not stop the others
        return _fault(error, student, lesson)


def untimed(course: Course, lesson: str) -> Iterator[str]:
    """Sentences about submissions of which nobody can know when they were handed in, though a file should say it."""
    for submission in submissions(course, lesson).values():
        if words := submission.stamp_refusal:
            yield f"{submission.student}: {words}"


def _outcome(future: Future[Result], student: str, lesson: str) -> Result:
    try:
        return future.result()
    except Exception as error:  # a lost machine or a poisonous submission: one human looks at one student
        return _fault(error, student, lesson)


def _fault(error: Exception, student: str, lesson: str) -> Result:
    words = f"{type(error).__name__}: {error}"
    return unreadable(f"{student}/{lesson}", words, Verdict.GRADER_FAULT, lesson=lesson, student=student)


def judge(root: str, settings: Settings, request: Request) -> Result:
    """One task: grade one prepared submission with this process's own warm judges. Safe to run twice."""
    return warm_grader(Path(root), settings).judge(request)


@contextmanager
def executor(jobs: int | None, cluster: str | None) -> Iterator[Executor]:
    """Threads on this machine, or a Dask cluster.

    Parameters
    ----------
    jobs : int, optional
        Submissions graded at the same time; the number of cores when left out.
    cluster : str, optional
        Address of a Dask scheduler, such as ``tcp://10.0.0.5:8786``.

    Raises
    ------
    CourseError
        If Dask is not installed or the scheduler does not answer.
    """
    if cluster is None:
        with ThreadPoolExecutor(jobs or os.cpu_count()) as pool:
            yield pool
        return
    try:
        from distributed import Client
    except ImportError:
        raise CourseError('grading on a cluster needs Dask: pip install -e ".[cluster]"') from None
    try:
        client = Client(cluster, timeout=CONNECT_SECONDS)
    except OSError as error:
        raise CourseError(f"no Dask scheduler answers at {cluster}: {error}") from error
    with client:
        yield client.get_executor(pure=False)
