"""Whom we trust on an encrypted line: the machine's certificates, for mail and Slack alike."""

from __future__ import annotations

import ssl
from functools import cache

import certifi


def tls_context() -> ssl.SSLContext:
    """Return a verifying context; SSL_CERT_FILE and SSL_CERT_DIR of the environment are honoured by OpenSSL itself."""
    return _context(ssl.get_default_verify_paths())


@cache  # reading the machine's certificates costs 30 ms
def _context(_paths: ssl.DefaultVerifyPaths) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if not context.get_ca_certs():
        context.load_verify_locations(certifi.where())
    return context
