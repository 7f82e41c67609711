"""The autograder of the course *Why Won't It Learn?*: the judge never meets the accused."""
