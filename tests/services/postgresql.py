"""A private PostgreSQL: a fresh cluster on loopback, a fresh database for each test that asks."""

from bot.chaos.servers.postgresql import Postgres as Postgres
from bot.chaos.servers.postgresql import programs as programs
