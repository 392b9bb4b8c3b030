"""The composition root: settings in, bot out. The only room that knows every room."""

from bot.wiring.bot import SWEEP as SWEEP
from bot.wiring.bot import Bot as Bot
from bot.wiring.bot import build_bot as build_bot
from bot.wiring.desk import Desk as Desk
from bot.wiring.desk import open_desk as open_desk
