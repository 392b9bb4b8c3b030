"""What mail servers write when they could not deliver: phrases of many programs and languages, no logic."""

from __future__ import annotations

import re

_FAILURES = (
    r"(could|can) ?(not|n['’]t) be (delivered|sent|forwarded)|(was|were|been|is) (not"
    r"|un)(able)? ?(be )?(to be )?delivered",
    r"unable to (deliver|send|relay)|undeliver(able|ed)|non-?deliver(y|able)|delivery (to|of) .{0,80}(failed|delayed)",
    r"delivery (has )?(failed|failure|error|problem|status)|failed recipients?|fatal errors?|permanent(ly)? (error"
    r"|fail)",
    r"error(s)? (occurred|while|during) .{0,40}(deliver|transmi|send)|transcript of session|returned (mail|to sender)",
    r"(user|recipient|host|address|mailbox|domain)[^\n]{0,40}(unknown|not found|does ?n[o']t exist|unavailable"
    r"|invalid|disabled)",
    r"(unknown|invalid|no such|bad) (local )?(user|recipient|host|address|mailbox|domain|person)|not (a valid"
    r"|listed in)",
    r"(mailbox|quota|inbox)[^\n]{0,40}(full|exceeded)|over quota|did not reach|had problems? delivering"
    r"|sorry it did ?n",
    r"will be retried|delivery attempts? will|still (being )?(retried|undelivered)|delay(ed)? .{0,30}deliver|giving up",
    r"message (was )?(rejected|refused|returned)|(was|been) (rejected|refused|blocked) by|has been blocked"
    r"|bounce notification",
    r"(nicht|konnte.{0,60}nicht) (zugestellt|ausgeliefert|übermittelt)|unzustellbar|empfänger (un|nicht )bekannt",
    r"n['’]a pas (pu|été) .{0,20}(d[ée]livr|remis|distribu|achemin)|non[- ]?remis|échec de (la )?(remise|distribution)",
    r"no (se )?(ha podido|pudo|puede) .{0,30}(entreg|envi)|no (ha sido )?entregad|non (è"
    r"|e') stato (possibile )?(recapit|consegn)",
    r"impossibile (recapit|consegn)|não (pôde|foi|pode) .{0,20}entreg|niet (worden )?(bezorgd|afgeleverd|besteld)",
    r"nie (można|mogła|udało).{0,40}(dostarcz|doręcz)|niedostarcz|kunne ikke leveres|kunde inte levereras"
    r"|toimitus epäonnistui",
    r"nachrichtenzustellung|zustell(ung)?(fehler| ist fehlgeschlagen)|error de entrega|errore di (recapito|consegna)",
    r"(recapito|consegna) non riuscit|(falha|erro) (na|de) entrega|(bezorging|aflevering) is mislukt|fout bij bezorg"
    r"|błąd (dostarcz|doręcz)|leveransfel|inte leverera|levering(en)? mislykkedes|leveringsfejl"
    r"|(сбой|ошибка) (при )?доставк|传递失败|傳遞失敗|配信不能|配信に失敗",
    r"не (может|могут|был[оаи]?|удалось)[^\n]{0,40}достав|недоставлен|配信できません|配達できません|送信できません"
    r"|宛先不明|お届けできません"
    r"|无法(投递|送达|发送)|退信|投递失败|無法(投遞|遞送)|배달(되지|하지) ?못|전송 ?실패",
)
FAILURE = re.compile("|".join(_FAILURES), re.IGNORECASE)

FAILURE_SUBJECT = re.compile(
    r"undeliver|non-?deliver|failed mail|not (be )?delivered|delivery (status|failure|has failed|failed|report"
    r"|problem|error|notif)"
    r"|delivery.{0,20}(failed|delayed)|mail (delivery|failure|system error|error)|failure (notice|report)|returned mail"
    r"|returned to sender|rejected|bounce|message (status|not delivered|delayed)|warning: (could not|message)"
    r"|delivery warning|could ?n[o'’]t be delivered|unknown (user|recipient)|user unknown|unzustellbar"
    r"|nicht zustellbar|non[- ]?remis"
    r"|no entregad|non recapitabile|não entreg|onbestelbaar|niedostarcz|недоставлен|配信不能|退信|undelivered"
)

# In a line with one of these, or in the lines that follow it, stand the addresses that failed.
INTRODUCES = re.compile(
    r"(?:recipients?|addresse?s?|deliver(?:ed|y|ing)? (?:it |your (?:message|mail) )?to|sent to|message to|user\(?s?\)?"
    r"|destinataires?|empfänger|adressaten?|destinatarios?|destinatari|получател|адресат|délivré à|delivre a)"
    r"(?![\w@.-])",
    re.IGNORECASE,
)

# Where the returned mail begins.
EXPLANATION_ENDS = re.compile(
    r"^[ \t]{0,20}(?:(?:[-=_*]{2}|>).{0,140}(?:copy of|original|returned|message (?:header|text|follows)|headers?"
    r"|unsent|undelivered|nachricht|below this line).{0,80}|(?:original|returned) message.{0,40}"
    r"|.{0,40}of your original message follow.{0,10}|the (?:first|header).{0,40}original.{0,60}"
    r"|(?:received|return-path|message-id|x-mailer|mime-version)\s?:.*)$",
    re.IGNORECASE | re.MULTILINE,
)

# The address itself is at fault: nobody there, no such host, moved, takes no mail.
ADDRESS_GONE = re.compile(
    r"(user|recipient|mailbox|account|address|alias|destinat\w+|person|adresse)[^\n]{0,60}(unknown|not (be )?found"
    r"|does(n't| not) exist"
    r"|not exist|no longer (exist|valid|on|here)|invalid|not (a )?(valid|known|listed|recogni[sz]ed)|undeliverable)"
    r"|(unknown|invalid|no such|bad|nonexistent|non-existent|unrecognized) ?(local |smtp |email |virtual )?-?(user"
    r"|recipient|mailbox|account"
    r"|address|alias|person|host|domain|destination)|unknown (user|to address)|no (mailbox|such)|not (our"
    r"|a) (customer|user)"
    r"|(host|domain|server)[^\n]{0,40}(unknown|not (be )?found|does(n't| not) exist|nxdomain|null mx)"
    r"|name or service not known"
    r"|name service error|unrouteable|unrouted|couldn't find any host|has moved|user .{0,40}has (left|moved)"
    r"|undeliverable address"
    r"|no mx\b|null mx|(does not|doesn't) accept (any )?e?-?mail|does(n't| not) have an? .{0,20}account|isn't a"
    r"|\b521 5\.3\.2\b|\b556[ -]|5\.1\.1\b|5\.1\.10\b|5\.1\.351\b|no existe|リストにありません"
    r"|invalid [^\n]{0,30}userid|n'existe pas"
    r"|existiert nicht|unbekannt",
    re.IGNORECASE,
)

# Nothing is lost yet: the server tells of a delay.
STILL_TRYING = re.compile(
    r"warning message only|not need to (resend|send (it|the message) again)|will (keep trying|be retried"
    r"|continue to try|try again|retry)|(is|are) still (being )?(retried|trying|attempted)|delivery attempts will"
    r"|has been delayed|temporarily (delayed|deferred)|could not yet be delivered|noch nicht zugestellt"
    r"|wird weiterhin versucht",
    re.IGNORECASE,
)
GIVEN_UP = re.compile(r"permanent|given up|giving up|no further attempts", re.IGNORECASE)

# The address may be good: full, slow, refused for what the mail or its sender is.
TRY_LATER = re.compile(
    r"quota|(mailbox|inbox|folder|disk)[^\n]{0,30}full|too (large|big|many|much)|exceed|size limit|spam|blocked"
    r"|blacklist|black list"
    r"|block ?list|reputation|polic(y|ies)|relaying|relay (access|denied|not)|denied|prohibit|not (permitted|allowed"
    r"|authori[sz]ed)|restrict|virus|content (rejected|filter|not)|suspend"
    r"|inactive|disabled|expired|timed? ?out|too long|try again|temporar|retry|greylist|rate limit|dmarc|spf\b|dkim"
    r"|ptr|reverse dns"
    r"|sender (address )?(rejected|verify|domain)|domain of sender|loop|hops|connection (refused|lost|reset)"
    r"|cannot receive",
    re.IGNORECASE,
)
