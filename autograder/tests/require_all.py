"""A pytest plugin for continuous integration: where everything is installed, a skipped test is a failure.

Loaded by the Makefile when REQUIRE_ALL is set.
"""

import pytest


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    if report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped although REQUIRE_ALL is set: {call.excinfo.value}"
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector):
    report = yield
    if report.skipped:
        report.outcome = "failed"
        report.longrepr = f"skipped although REQUIRE_ALL is set: {collector.nodeid}"
    return report
