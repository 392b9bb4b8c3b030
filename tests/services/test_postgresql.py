"""The private PostgreSQL behaves as the database tests rely on."""

import sqlalchemy as sa

from tests.services.postgresql import Postgres


def tables(url: str) -> list[str]:
    engine = sa.create_engine(url)
    try:
        return sa.inspect(engine).get_table_names()
    finally:
        engine.dispose()


def test_a_database_is_empty_and_writable(database_url: str) -> None:
    engine = sa.create_engine(database_url)
    with engine.begin() as connection:
        connection.execute(sa.text("CREATE TABLE proof (id integer)"))
    engine.dispose()

    assert tables(database_url) == ["proof"]


def test_two_databases_share_nothing(postgres: Postgres) -> None:
    with postgres.database() as one, postgres.database() as other:
        engine = sa.create_engine(one)
        with engine.begin() as connection:
            connection.execute(sa.text("CREATE TABLE proof (id integer)"))
        engine.dispose()

        assert tables(other) == []


def test_a_power_cut_can_be_mended(postgres: Postgres) -> None:
    with postgres.database() as url:
        postgres.kill()
        postgres.start()

        assert tables(url) == []
