"""The mark of Python tests that assert how long something takes: they run while nothing else does.

    @alone
    def test_a_slow_client_holds_up_nobody(self): ...

Of a class, it marks all its tests. tools/run_tests.py runs the marked ones after all others, one at
a time; the others run several at once.
"""


def alone(marked):
    """Marks a test method or a class of tests."""
    marked.runs_alone = True
    return marked


def is_alone(test) -> bool:
    """Whether a unittest.TestCase, its method or its class, is marked."""
    method = getattr(test, getattr(test, "_testMethodName", ""), None)
    return getattr(method, "runs_alone", False) or getattr(test, "runs_alone", False)
