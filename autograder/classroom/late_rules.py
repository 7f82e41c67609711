"""Rules for late work, to be named in an ``nbgrader_config.py``."""

from nbgrader.plugins import BasePlugin
from traitlets import Float, Integer

DAY = 86_400


class PerDay(BasePlugin):
    """Takes off a share of the points for each day that has begun.

    In ``nbgrader_config.py``::

        c.AssignLatePenalties.plugin_class = "autograder.classroom.late_rules.PerDay"
        c.PerDay.share = 0.2
    """

    share = Float(0.1, min=0.0, max=1.0, help="Of the points, for each day that has begun.").tag(config=True)
    grace_minutes = Float(0.0, min=0.0, help="So late is not late yet.").tag(config=True)
    last_day = Integer(0, min=0, help="After so many days nothing counts; 0 stands for no such day.").tag(
        config=True
    )

    def late_submission_penalty(self, student_id: str, score: float, total_seconds_late: float) -> float:
        """Points to take off, as nbgrader asks for them."""
        if total_seconds_late <= 60 * self.grace_minutes:
            return 0.0
        days = max(1, -(-total_seconds_late // DAY))  # begun, not completed
        if self.last_day and days > self.last_day:
            return score
        return float(min(1.0, self.share * days) * score)
