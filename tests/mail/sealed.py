"""S/MIME and PGP, made for the tests: what senders' programs write, as far as nobody checks a signature."""

import base64
from collections.abc import Callable

Write = Callable[[bytes], bytes]

SIGNED, ENVELOPED, AUTHENTICATED = "2a864886f70d010702", "2a864886f70d010703", "2a864886f70d0109100117"
_PLAIN = bytes.fromhex("2a864886f70d010701")
_END = b"\x00\x00"

# `openssl cms -sign -nodetach -indef -nocerts -noattr` of a mail that says "Die Tür klemmt."
BY_OPENSSL = """
MIAGCSqGSIb3DQEHAqCAMIACAQExDTALBglghkgBZQMEAgEwgAYJKoZIhvcNAQcBoIAkgAQ9Q29udGVudC1UeXBlOiB0ZXh0L3BsYWluOyBj
aGFyc2V0PXV0Zi04DQoNCkRpZSBUw7xyIGtsZW1tdC4NCgAAAAAAADGBjTCBigIBATAkMAwxCjAIBgNVBAMMAUMCFCKzqauhPdIolIvAYFi+
iPVe3VNJMAsGCWCGSAFlAwQCATAKBggqhkjOPQQDAgRGMEQCIFgNLRx+u4PXBWp4HIJYAVnjsf1GwnpwHUmeo+c5F9DVAiB12JryC9Iw2sln
LV70/UhLH51wbZ3zZb5xSP4N9JZ9GgAAAAAAAA==
"""

ARMOUR = """-----BEGIN PGP MESSAGE-----

jA0ECQMCyT7W0IMFOuP/0lMBV9VLWEfzewpl/xu+BGqCK3196gjZ9C6om7jnNsfu
=6kgc
-----END PGP MESSAGE-----"""
CLEARSIGNED = """-----BEGIN PGP SIGNED MESSAGE-----
Hash: SHA256

hello
- - a list
- -- dashes
-----BEGIN PGP SIGNATURE-----

iHUEARYIAB0WIQTNHP0IQHCZASOhVFy19vDsy6uWlwUCawHEEQAKCRC19vDsy6uW
=OCeD
-----END PGP SIGNATURE-----"""


def element(tag: int, content: bytes) -> bytes:
    """One element of DER."""
    length = len(content)
    if length < 128:
        return bytes([tag, length]) + content
    width = (length.bit_length() + 7) // 8
    return bytes([tag, 0x80 | width]) + length.to_bytes(width, "big") + content


def endless(tag: int, content: bytes) -> bytes:
    """One element of BER whose length is not told."""
    return bytes([tag, 0x80]) + content + _END


def content_info(kind: str, content: bytes) -> bytes:
    """What is of this kind, around its content."""
    return element(0x30, element(0x06, bytes.fromhex(kind)) + element(0xA0, element(0x30, content)))


def signed(content: bytes | None) -> bytes:
    """A mail signed in one go; of None, certificates alone."""
    inner = element(0x06, _PLAIN) + (b"" if content is None else element(0xA0, element(0x04, content)))
    return content_info(SIGNED, element(0x02, b"\x01") + element(0x31, b"") + element(0x30, inner) + element(0x31, b""))


def streamed(content: bytes) -> bytes:
    """A mail signed while it was read, in pieces of ten bytes."""
    return _endless(b"".join(element(0x04, content[at : at + 10]) for at in range(0, len(content), 10)))


def pieces(content: bytes, count: int) -> bytes:
    """A mail in more pieces than any program makes."""
    return _endless(element(0x04, content[:1]) * count)


def _endless(octets: bytes) -> bytes:
    algorithms = endless(0x31, element(0x30, element(0x06, b"\x60")))
    inner = endless(0x30, element(0x06, _PLAIN) + endless(0xA0, endless(0x24, octets)))
    data = endless(0x30, element(0x02, b"\x01") + algorithms + inner)
    return endless(0x30, element(0x06, bytes.fromhex(SIGNED)) + endless(0xA0, data))


def entity(content: bytes) -> bytes:
    """The header and the coded content of a mail that S/MIME made."""
    header = b'Content-Type: application/pkcs7-mime; name="smime.p7m"\r\nContent-Transfer-Encoding: base64\r\n\r\n'
    return header + base64.encodebytes(content).replace(b"\n", b"\r\n")


def mail(content: bytes, sender: str = "Carla <carla@example.com>") -> bytes:
    """A whole mail that S/MIME made."""
    return f"From: {sender}\r\nTo: support@desk.test\r\nSubject: Sealed\r\n".encode() + entity(content)
