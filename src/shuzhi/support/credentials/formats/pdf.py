"""PDF with a PAdES signature (ETSI EN 319 142-1, B-B) and the machine's copy attached."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from shuzhi.foundation.clock import day_of
from shuzhi.foundation.words import Words
from shuzhi.pillars.security.crypto.signing import SigningKey
from shuzhi.support.credentials.errors import NotGenuine
from shuzhi.support.credentials.formats.coding import unreadable

COPY = "credential.json"
FIELD = "Seal"
FONT = "STSong-Light"  # one of the fonts that every PDF reader has for Chinese: ADR 0033
HALF = 32
FOOT = 230  # points from below: square and office stand there


@dataclass(frozen=True)
class Sheet:
    """What stands on the page."""

    title: Words
    office: str
    number: str
    facts: Sequence[tuple[Words, Any]]
    text: Words | None
    basis: Sequence[str]
    issued_at: datetime
    until: datetime | None
    square: str


@dataclass(frozen=True)
class Seal:
    """Who seals: the key, its certificate and that of the authority, PEM."""

    key: SigningKey
    certificate: bytes
    authority: bytes


def draw(sheet: Sheet) -> bytes:
    """The page, not sealed yet."""
    from reportlab.lib.pagesizes import A4
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.pdfgen.canvas import Canvas

    pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4, invariant=1)
    canvas.setTitle(f"{sheet.title.zh} {sheet.number}")
    canvas.setAuthor(sheet.office)
    width, height = A4
    _frame(canvas, width, height)
    canvas.setFont(FONT, 28)
    canvas.drawCentredString(width / 2, height - 110, sheet.title.zh)
    canvas.setFont(FONT, 12)
    canvas.drawCentredString(width / 2, height - 132, sheet.title.en)
    canvas.drawCentredString(width / 2, height - 158, f"证照编号 No. {sheet.number}")
    y = height - 205.0
    for title, value in sheet.facts:
        y = _fact(canvas, title, value, _room(canvas, y))
    if sheet.text:
        y = _room(canvas, y) - 12
        for line in _lines(sheet.text.zh, 34):
            canvas.drawString(80, y, line)
            y -= 20
    _foot(canvas, sheet, width)
    canvas.showPage()
    canvas.save()
    return out.getvalue()


def seal(content: bytes, *, attached: bytes, seal: Seal) -> bytes:
    """Attach the machine's copy and seal the whole file."""
    from pyhanko.pdf_utils import embed
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign import fields, signers

    writer = IncrementalPdfFileWriter(io.BytesIO(content))
    stored = embed.EmbeddedFileObject.from_file_data(
        writer, data=attached, mime_type="application/json", compress=False
    )
    embed.embed_file(writer, embed.FileSpec(file_spec_string=COPY, embedded_data=stored, file_name=COPY))
    terms = signers.PdfSignatureMetadata(
        field_name=FIELD, subfilter=fields.SigSeedSubFilter.PADES, md_algorithm="sha256", certify=True,
        docmdp_permissions=fields.MDPPerm.NO_CHANGES,
    )  # fmt: skip
    sealed: bytes = signers.PdfSigner(terms, signer=_signer(seal)).sign_pdf(writer).getvalue()
    return sealed


def open_sealed(content: bytes, authorities: Sequence[bytes], *, at: datetime) -> bytes:
    """The machine's copy out of a file that is as it was when sealed.

    Raises:
        Unreadable: it is no sealed PDF.
        NotGenuine: it was changed, or no authority of these certified the seal.
    """
    from pyhanko.keys import load_certs_from_pemder_data
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.sign.validation import SignatureCoverageLevel, validate_pdf_signature
    from pyhanko_certvalidator import ValidationContext

    try:
        reader = PdfFileReader(io.BytesIO(content), strict=True)
        signatures = list(reader.embedded_signatures)
    except Exception:  # noqa: BLE001 - whatever the file is, it is no PDF of ours
        raise unreadable("PDF", "读不出的 PDF") from None
    if len(signatures) != 1:
        raise unreadable("PDF", "没有签章的 PDF")
    roots = [each for pem in authorities for each in load_certs_from_pemder_data(pem)]
    known = ValidationContext(
        trust_roots=roots, allow_fetching=False, moment=at, revocation_mode="soft-fail",
        time_tolerance=timedelta(minutes=10),
    )  # fmt: skip
    try:
        status = validate_pdf_signature(signatures[0], signer_validation_context=known)
        fits = status.bottom_line and status.coverage is SignatureCoverageLevel.ENTIRE_FILE
    except Exception:  # noqa: BLE001 - a signature that can't be checked is none
        fits = False
    if not fits:
        raise NotGenuine
    return _attached(reader)


def _attached(reader: Any) -> bytes:
    try:
        names = reader.root["/Names"]["/EmbeddedFiles"]["/Names"]
        spec = names[1]
        data: bytes = spec["/EF"]["/F"].data
    except (KeyError, IndexError, TypeError, AttributeError):
        raise unreadable("PDF", "PDF 中没有证照") from None
    return data


def _signer(seal: Seal) -> Any:
    from pyhanko.keys import load_certs_from_pemder_data
    from pyhanko.sign.signers import Signer
    from pyhanko_certvalidator.registry import SimpleCertificateStore

    [own], [top] = (list(load_certs_from_pemder_data(pem)) for pem in (seal.certificate, seal.authority))
    store = SimpleCertificateStore()  # type: ignore[no-untyped-call]
    store.register_multiple([top])

    class PortSigner(Signer):
        """Signs through the node's key ring."""

        async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:  # noqa: FBT001, FBT002 - the library's own signature
            del digest_algorithm
            if dry_run:
                return bytes(72)
            raw = seal.key.sign(data)
            return encode_dss_signature(int.from_bytes(raw[:HALF]), int.from_bytes(raw[HALF:]))

    return PortSigner(signing_cert=own, cert_registry=store, prefer_pss=False)


def _room(canvas: Any, y: float) -> float:
    """Where to go on: here, or at the top of another page where the foot begins."""
    if y > FOOT:
        return y
    width, height = canvas._pagesize  # noqa: SLF001 - the library has no public way to ask
    canvas.showPage()
    _frame(canvas, width, height)
    return float(height) - 90


def _frame(canvas: Any, width: float, height: float) -> None:
    canvas.setStrokeColorRGB(0.11, 0.36, 0.72)
    canvas.setLineWidth(2)
    canvas.rect(40, 40, width - 80, height - 80)
    canvas.setLineWidth(0.5)
    canvas.rect(46, 46, width - 92, height - 92)
    canvas.setFillColorRGB(0.09, 0.14, 0.23)


def _fact(canvas: Any, title: Words, value: Any, y: float) -> float:
    canvas.setFont(FONT, 12)
    canvas.drawString(80, y, title.zh)
    canvas.setFont(FONT, 8)
    canvas.drawString(80, y - 11, title.en[:34])
    canvas.setFont(FONT, 13)
    for line in _lines(_told(value), 26):
        canvas.drawString(230, y, line)
        y -= 18
    return y - 12


def _foot(canvas: Any, sheet: Sheet, width: float) -> None:
    import segno

    matrix = [list(row) for row in segno.make_qr(sheet.square, error="l").matrix]
    side = 120 / len(matrix)
    canvas.setFillColorRGB(0, 0, 0)
    for down, row in enumerate(matrix):
        for across, dark in enumerate(row):
            if dark:
                canvas.rect(80 + across * side, 190 - (down + 1) * side, side, side, stroke=0, fill=1)
    canvas.setFont(FONT, 9)
    canvas.drawString(80, 58, "扫码核验真伪与状态  Scan to check")
    canvas.setFont(FONT, 13)
    canvas.drawRightString(width - 80, 150, sheet.office)
    canvas.setFont(FONT, 11)
    canvas.drawRightString(width - 80, 128, f"签发日期 {day_of(sheet.issued_at):%Y-%m-%d}")
    until = (
        "长期有效"
        if sheet.until is None
        else f"有效期至 {day_of(sheet.until - timedelta(seconds=1)):%Y-%m-%d}"
    )
    canvas.drawRightString(width - 80, 110, until)
    canvas.setFont(FONT, 8)
    canvas.drawRightString(width - 80, 88, "依据：" + "；".join(sheet.basis)[:44])
    canvas.drawRightString(width - 80, 74, "本文件带有数字签名，改动即失效")


def _told(value: Any) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    return str(value)


def _lines(text: str, many: int) -> list[str]:
    return [text[at : at + many] for at in range(0, len(text), many)] or [""]
