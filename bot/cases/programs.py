"""What runs when somebody opens it: known by its name, its type or its first bytes. Tables, and one question."""

from __future__ import annotations

_ENDINGS = frozenset({
    "ade", "adp", "ahk", "apk", "app", "appimage", "application", "appx", "bat", "chm", "cmd", "com", "cpl",
    "dll", "dmg", "docm", "dotm", "exe", "gadget", "hta", "img", "inf", "ins", "iso", "isp", "jar", "jnlp",
    "job", "js", "jse", "lnk", "mde", "msc", "msi", "msix", "msp", "mst", "ops", "osd", "paf", "pif", "pkg",
    "potm", "ppam", "ppsm", "pptm", "prf", "ps1", "ps1xml", "ps2", "psc1", "psm1", "py", "pyc", "pyw", "rb",
    "reg", "rgs", "scf", "scr", "sct", "settingcontent-ms", "sh", "shb", "shs", "sldm", "sys", "url", "vb",
    "vbe", "vbp", "vbs", "vhd", "vhdx", "vxd", "website", "wim", "ws", "wsc", "wsf", "wsh", "xbap", "xlam",
    "xll", "xlsm", "xltm",
})  # fmt: skip
# Before a harmless ending these still catch the eye; `com` and `js` also stand in names of pages and programs.
_INNER_ENDINGS = frozenset({"bat", "cmd", "exe", "hta", "jar", "lnk", "msi", "pif", "ps1", "scr", "vbs"})
_TYPES = frozenset({
    "application/hta", "application/java-archive", "application/vnd.microsoft.portable-executable",
    "application/x-bat", "application/x-dosexec", "application/x-executable", "application/x-java-archive",
    "application/x-ms-installer", "application/x-ms-shortcut", "application/x-msdos-program",
    "application/x-msdownload", "application/x-msi", "application/x-sh",
})  # fmt: skip
# Programs for Windows, Linux and macOS, and scripts, whatever they are called.
_SIGNATURES = (b"MZ", b"\x7fELF", b"\xcf\xfa\xed\xfe", b"\xce\xfa\xed\xfe", b"#!/")


def is_program(name: str, content_type: str, begins: bytes) -> bool:
    """Tell whether a file looks executable; documents with macros count, as `.docm` does."""
    endings = [ending.strip() for ending in name.lower().split(".")[1:]]
    return (
        bool(endings and endings[-1] in _ENDINGS)
        or bool(endings[1:] and endings[-2] in _INNER_ENDINGS)
        or content_type in _TYPES
        or begins.startswith(_SIGNATURES)
    )
