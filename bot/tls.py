"""Whom we trust on an encrypted line: the machine's certificates, for mail and Slack alike."""

from __future__ import annotations

import os
import ssl
from functools import cache

import certifi


def tls_context() -> ssl.SSLContext:
    """Return a verifying context; SSL_CERT_FILE and SSL_CERT_DIR of the environment are honoured by OpenSSL itself."""
    return _context(os.environ.get("SSL_CERT_FILE"), os.environ.get("SSL_CERT_DIR"))


@cache  # reading the machine's certificates costs 30 ms
def _context(_file: str | None, _directory: str | None) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if not context.get_ca_certs():
        context.load_verify_locations(certifi.where())
    return context
