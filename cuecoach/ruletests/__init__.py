"""Rules tested in virtual time: what a test gives goes through the real coach; what is heard stands beside the expected."""

from cuecoach.ruletests.compare import Result, Row, run_test, run_tests
from cuecoach.ruletests.find import Found, find_tests
from cuecoach.ruletests.load import CheckedTests, read_tests
from cuecoach.ruletests.model import RuleTest, TestFile

__all__ = [
    "CheckedTests",
    "Found",
    "Result",
    "Row",
    "RuleTest",
    "TestFile",
    "find_tests",
    "read_tests",
    "run_test",
    "run_tests",
]
