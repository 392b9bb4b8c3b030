"""A test that could not run is told of, and under REQUIRE_ALL it is a failure."""

import pytest

from tests.services.needs import Needs, Service

pytest_plugins = ["pytester"]

SERVICES = {
    "telex": Service(is_here=lambda: False, install="apt-get install telex", fixtures=frozenset({"line"})),
    "paper": Service(is_here=lambda: True, install="apt-get install paper"),
    "stamps": Service(is_here=lambda: False, install="buy some", in_ci=False),
}

STORY = """
    import pytest

    @pytest.fixture
    def line(): ...

    def test_asks_for_a_telex_line(line): ...

    @pytest.mark.needs("telex")
    def test_is_marked(): ...

    @pytest.mark.needs("paper")
    def test_needs_what_is_here(): ...
"""


def run(pytester: pytest.Pytester, source: str, require_all: bool = False) -> pytest.RunResult:
    pytester.makeini("[pytest]\nmarkers = needs")
    pytester.makepyfile(source)
    return pytester.runpytest_inprocess("-p", "no:cov", plugins=[Needs(SERVICES, require_all)])


def test_what_lacks_its_service_is_listed_with_the_way_to_get_it(pytester: pytest.Pytester) -> None:
    result = run(pytester, STORY)

    assert result.ret == pytest.ExitCode.OK
    result.assert_outcomes(passed=1, deselected=2)
    result.stdout.fnmatch_lines(["*NOT RUN*", "2 tests need telex: apt-get install telex", "*::test_is_marked"])


def test_require_all_makes_it_a_failure(pytester: pytest.Pytester) -> None:
    result = run(pytester, STORY, require_all=True)

    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(["*NOT RUN*", "REQUIRE_ALL is set: this run has failed."])


def test_require_all_asks_only_for_what_ci_can_install(pytester: pytest.Pytester) -> None:
    result = run(
        pytester,
        """
        import pytest

        def test_runs(): ...

        @pytest.mark.needs("stamps")
        def test_needs_stamps(): ...
        """,
        require_all=True,
    )

    assert result.ret == pytest.ExitCode.OK
    result.stdout.fnmatch_lines(["*NOT RUN*", "1 test needs stamps: buy some"])


def test_an_unknown_service_is_a_mistake(pytester: pytest.Pytester) -> None:
    result = run(pytester, "import pytest\n\n@pytest.mark.needs('telefax')\ndef test_marked(): ...\n")

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*needs telefax: no such service"])
