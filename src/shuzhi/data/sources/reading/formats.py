"""What a file is, by its content. The name is only believed where the content leaves it open."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

from shuzhi.data.sources.reading.encodings import canonical, detect_encoding
from shuzhi.data.sources.reading.errors import UnknownFormat, UnreadableFile

HEAD = 64 * 1024
CONTROL_SHARE = 0.05
_CONTROLS = bytes(set(range(1, 32)) - {9, 10, 13, 12, 27}) + b"\x7f"
_BINARY = (
    b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"\x7fELF", b"MZ\x90", b"\x1f\x8b", b"Rar!", b"7z\xbc\xaf",
    b"BZh", b"\xfd7zXZ", b"{\\rtf",
)  # fmt: skip
_HTML = re.compile(
    r"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*(?:<!doctype\s+html|<html|<head|<body|<table|<meta)",
    re.IGNORECASE | re.DOTALL,
)
_XML = re.compile(r"\s*<(?:\?xml|!--|!DOCTYPE|[A-Za-z_])")
_JSON_START = re.compile(r"\s*[\[{]")
_JSON_LINE = re.compile(r"\s*\{.*\}\s*")
_PROSE = {
    ".md",
    ".rst",
    ".ttl",
    ".sql",
    ".yml",
    ".yaml",
    ".py",
    ".ini",
    ".toml",
    ".rtf",
    ".ics",
    ".n3",
    ".tex",
    ".log",
}
_LINES = {".jsonl", ".ndjson"}
EXPECTED = {
    ".csv": {"csv", "tsv"},
    ".tsv": {"tsv", "csv"},
    ".txt": {"csv", "tsv"},
    ".xlsx": {"xlsx"},
    ".xlsm": {"xlsx"},
    ".xls": {"xls"},
    ".json": {"json", "geojson", "jsonl"},
    ".geojson": {"geojson", "json"},
    ".jsonl": {"jsonl"},
    ".ndjson": {"jsonl"},
    ".xml": {"xml"},
    ".parquet": {"parquet"},
    ".zip": {"zip"},
}


def sniff_binary(path: Path, name: str) -> str | None:
    """xlsx, xls, parquet, sqlite or zip; None for text.

    Raises:
        UnknownFormat: some other binary file.
    """
    with path.open("rb") as file:
        head = file.read(HEAD)
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _zip_kind(path, name)
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return "xls"
    if head.startswith(b"PAR1"):
        return "parquet"
    if head.startswith(b"SQLite format 3\0"):
        return "sqlite"
    if head.startswith(_BINARY):
        raise UnknownFormat(file=name)
    return None


def _zip_kind(path: Path, name: str) -> str:
    from shuzhi.data.sources.reading.archives import damage_named

    with damage_named(name), zipfile.ZipFile(path) as archive:
        names = set(archive.namelist())
    if any(entry.lower().startswith("xl/") for entry in names) and "[Content_Types].xml" in names:
        return "xlsx"
    if "[Content_Types].xml" in names or "mimetype" in names:
        raise UnknownFormat(file=name)
    return "zip"


def text_encoding(path: Path, given: str | None, name: str) -> str:
    """The encoding of a text file, found or given by hand.

    Raises:
        UnknownFormat: too many control characters: this is no text.
    """
    try:
        is_open = given is None or given.lower().replace("_", "-") in {"utf-16", "utf16"}
        encoding = detect_encoding(path) if is_open else canonical(given or "")
    except LookupError as error:
        raise UnreadableFile(file=name, format="text", reason=f"unknown encoding {given}") from error
    with path.open("rb") as file:
        head = file.read(HEAD)
    if _looks_binary(head, encoding):
        raise UnknownFormat(file=name)
    return encoding


def _looks_binary(head: bytes, encoding: str) -> bool:
    if encoding.startswith("utf-16"):
        narrow = [sign for sign in head.decode(encoding, "ignore") if sign < "\u0100"]
        strange = sum(not sign.isprintable() and not sign.isspace() for sign in narrow)
        return strange > len(narrow) * CONTROL_SHARE
    controls = len(head) - len(head.translate(None, _CONTROLS))
    return controls > len(head) * CONTROL_SHARE or head.count(0) > len(head) / 2


def sniff_text(path: Path, encoding: str) -> str:
    """html, xml, json, jsonl or delimited."""
    with path.open("rb") as file:
        head = file.read(HEAD).decode(encoding, "replace").lstrip("\ufeff")
    if _HTML.match(head):
        return "html"
    if _XML.match(head):
        return "xml"
    if path.suffix.lower() in _LINES and any(_JSON_LINE.fullmatch(line) for line in head.splitlines()[:50]):
        return "jsonl"
    if not _JSON_START.match(head):
        return "delimited"
    return _json_kind(head, path.suffix.lower())


def _json_kind(head: str, suffix: str) -> str:
    if suffix in _LINES:
        return "jsonl"
    filled = [line for line in head.splitlines()[:50] if line.strip()]
    whole = sum(bool(_JSON_LINE.fullmatch(line)) for line in filled)
    if len(filled) > 1 and whole > 1 and whole >= len(filled) / 2:
        return "jsonl"
    if suffix in {".csv", ".tsv", ".txt"} and not re.match(r"\s*[\[{]\s*[\"{\[\]}]", head):
        return "delimited"
    return "json"


def is_prose(path: Path) -> bool:
    """A text whose name says that it is no table."""
    return path.suffix.lower() in _PROSE
