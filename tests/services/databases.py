"""On which databases a test runs: on both, unless it claims a rule that is the same whatever keeps the rows."""

import pytest

SQLITE = "sqlite"
POSTGRESQL = pytest.param("postgresql", marks=pytest.mark.needs("postgresql"))
FIXTURES = ("database", "database_url")


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "one_database: claims a rule, not how it is stored; runs on SQLite alone")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    alone = metafunc.definition.get_closest_marker("one_database")
    for name in FIXTURES:
        if name in metafunc.fixturenames:
            metafunc.parametrize(name, [SQLITE] if alone else [SQLITE, POSTGRESQL], indirect=True)
