"""Whether a mail comes from whom its From says: what our own mail server wrote about it, and nothing else.

The rules, all in favour of doubt (RFC 8601, section 7.1; RFC 7489, section 3.1):

- Exactly one From field with exactly one address, which can be read in one way only.
- Only the topmost Authentication-Results field of a trusted id counts; what stands below may have come with the mail.
- A field of another id above it is passed over only if it judged none of dmarc, dkim and spf (as a virus scanner's).
  If it judged one of them, or nothing, or cannot be read, that server received the mail, and the trusted field below
  it may be forged.
- dmarc decides where it was judged. Only where it was not, or the domain has no policy (`none`), does a dkim=pass or
  spf=pass of an aligned domain count.
- Aligned are the From domain itself, a domain above it and one below it, of two labels at least. No list of public
  suffixes is used, so sister domains are not aligned, which is stricter than DMARC's relaxed mode.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from bot.mail.addresses import domain_of, lone_mailbox
from bot.mail.authres import AuthenticationResults, Result, read

# A leading dot means any host below that domain; the empty id is Microsoft's, which states none.
_PROVIDERS: dict[str, tuple[str, ...]] = {
    "imap.gmail.com": ("mx.google.com",),
    "imap.googlemail.com": ("mx.google.com",),
    "outlook.office365.com": ("", "mx.microsoft.com", ".protection.outlook.com"),
    "outlook.office.com": ("", "mx.microsoft.com", ".protection.outlook.com"),
    "imap-mail.outlook.com": ("", "mx.microsoft.com", ".protection.outlook.com"),
    "imap.fastmail.com": (".messagingengine.com",),
    "imap.mail.me.com": ("dmarc.icloud.com", "dkim-verifier.icloud.com", "spf.icloud.com"),
    "imap.gmx.net": ("gmx.net",),
    "imap.gmx.com": ("gmx.com", "gmx.net"),
    "imap.web.de": ("web.de",),
    "imap.mail.yahoo.com": (".yahoo.com",),
    "imap.aol.com": (".yahoo.com",),
    "imap.zoho.com": ("mx.zohomail.com",),
    "imap.zoho.eu": ("mx.zohomail.eu",),
    "imappro.zoho.com": ("mx.zohomail.com",),
    "imappro.zoho.eu": ("mx.zohomail.eu",),
}
# Proton Mail is read through its Bridge, a program on this machine with a port of its own.
_PROTON_BRIDGE_PORT = 1143
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_LABEL = re.compile(r"[a-z0-9_-]{1,63}")
_JUDGED = frozenset({"dmarc", "dkim", "spf"})


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether the sender is verified, and why, in words for the people who read the card."""

    verified: bool
    reason: str


def trusted_ids(imap_server: str, imap_port: int, configured: Collection[str] = ()) -> frozenset[str]:
    """Return the authserv-ids to believe: the configured ones, and the provider's own if the mailbox is there.

    Another provider's id is never believed: anybody can write it into his mail.
    """
    host = imap_server.lower().rstrip(".")
    known = _PROVIDERS.get(host, ())
    if host in _LOOPBACK and imap_port == _PROTON_BRIDGE_PORT:
        known = ("mail.protonmail.ch",)
    return frozenset(known) | {name.lower() for name in configured}


def verdict(from_values: tuple[str, ...], results: Sequence[str], trusted: Collection[str]) -> Verdict:
    """Judge a mail by its From fields and its Authentication-Results fields, topmost first, both undecoded."""
    sender = lone_mailbox(from_values)
    if sender is None or not sender.address.isascii():
        return Verdict(verified=False, reason="the From field does not name exactly one sender")
    if not trusted:
        return Verdict(verified=False, reason="no mail server is trusted to check senders (TRUSTED_AUTHSERV_IDS)")
    field = _believed(results, trusted)
    if isinstance(field, str):
        return Verdict(verified=False, reason=field)
    return _judged(field, domain_of(sender.address))


def _believed(values: Sequence[str], trusted: Collection[str]) -> AuthenticationResults | str:
    """Return the one field that counts, or in words why none does."""
    for value in values:
        field = read(value)
        if field is None:
            return "the topmost Authentication-Results field cannot be read"
        if _is_trusted(field.authserv_id, trusted):
            return field
        if not field.results or any(result.method in _JUDGED for result in field.results):
            name = field.authserv_id or "a server without a name"
            return f"checked by {name}, which is not in TRUSTED_AUTHSERV_IDS"
    return "no trusted mail server checked the sender"


def _is_trusted(authserv_id: str, trusted: Collection[str]) -> bool:
    return authserv_id in trusted or any(
        name.startswith(".") and authserv_id.endswith(name) and len(authserv_id) > len(name) for name in trusted
    )


def _judged(field: AuthenticationResults, domain: str) -> Verdict:
    dmarc = _of(field, "dmarc")
    if len(dmarc) > 1:
        return Verdict(verified=False, reason="more than one dmarc result")
    if dmarc and dmarc[0].value != "none":
        return _by_dmarc(dmarc[0], domain)
    for result in _of(field, "dkim"):
        if result.value == "pass" and (signer := _signer(result)) and _aligned(signer, domain):
            return Verdict(verified=True, reason=f"dkim=pass for {signer}")
    spf = _of(field, "spf")
    if len(spf) == 1 and spf[0].value == "pass":
        envelope = _only(spf[0], "smtp.mailfrom")
        if envelope and _aligned(domain_of(envelope), domain):
            return Verdict(verified=True, reason=f"spf=pass for {domain_of(envelope)}")
    return Verdict(verified=False, reason=f"neither dmarc, dkim nor spf vouches for {domain}")


def _by_dmarc(result: Result, domain: str) -> Verdict:
    if result.value != "pass":
        return Verdict(verified=False, reason=f"dmarc={result.value}")
    checked = _only(result, "header.from")
    if checked is None or domain_of(checked) != domain:
        return Verdict(verified=False, reason=f"dmarc=pass, but not for {domain}")
    return Verdict(verified=True, reason=f"dmarc=pass for {domain}")


def _of(field: AuthenticationResults, method: str) -> list[Result]:
    return [result for result in field.results if result.method == method]


def _signer(result: Result) -> str:
    """Return the signing domain; where both d= and i= are told they must be of one domain (RFC 6376, 3.5)."""
    named = {domain_of(value) for name in ("header.d", "header.i") for value in result.all(name)}
    widest = min(named, key=len, default="")
    return widest if all(_within(name, widest) for name in named) else ""


def _only(result: Result, name: str) -> str | None:
    values = result.all(name)
    return values[0] if len(values) == 1 else None


def _aligned(one: str, other: str) -> bool:
    return _labels(one) >= 2 and _labels(other) >= 2 and (_within(one, other) or _within(other, one))


def _within(inner: str, outer: str) -> bool:
    return inner == outer or inner.endswith(f".{outer}")


def _labels(domain: str) -> int:
    """Count a domain's labels; what is no domain has none, such as `smtp.helo=a.desk.test` behind an empty value."""
    labels = domain.split(".")
    return len(labels) if all(map(_LABEL.fullmatch, labels)) else 0
