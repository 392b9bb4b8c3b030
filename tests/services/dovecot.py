"""A private Dovecot: a real IMAP server with Maildirs, for the mail tests."""

from bot.chaos.servers.dovecot import PASSWORD as PASSWORD
from bot.chaos.servers.dovecot import Dovecot as Dovecot
from bot.chaos.servers.dovecot import program as program
