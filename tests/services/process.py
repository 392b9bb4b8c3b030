"""A server of our own for the length of a test run; `casebot chaos` starts its servers in the same way."""

from bot.chaos.servers.process import LOOPBACK as LOOPBACK
from bot.chaos.servers.process import ServerProcess as ServerProcess
from bot.chaos.servers.process import free_port as free_port
from bot.chaos.servers.process import wait_until as wait_until
