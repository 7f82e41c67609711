"""The judge as a guest: one lesson graded by Gradescope's or GitHub Classroom's machines, without nbgrader's gradebook."""
