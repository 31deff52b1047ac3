"""Checks that ZBar and ZXing read the slips of shared/slip, and that page and PDF have the same texts: `make slips`.

The PDF is rendered at 100, 150 and 300 dpi, and the last two are also scaled to 95 %. A narrow bar has one pixel
at 100 dpi, so that picture cannot be made smaller.
"""

import ctypes.util
import html.parser
import io
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import time

import cache
from bundle import ROOT, binary

EXAMPLE = "examples/slip_samples"
# Dots per inch, and the scale of the picture.
PICTURES = ((100, 1), (150, 1), (150, 0.95), (300, 1), (300, 0.95))
# Pixels for a module of the bars and of the QR code of the page.
BAR_PIXELS, QR_PIXELS = (1, 2, 3), (2, 3, 4)
DPI = 300
MILLIMETRE = DPI / 25.4
# Elements of HTML whose text stands on the slip.
SHOWN = ("h1", "h2", "h3", "p", "dt", "dd")


def main():
    if not ctypes.util.find_library("zbar"):
        cache.apt_get("libzbar0")
    venv = cache.virtual_environment("slips-venv", ROOT / ".ci/requirements-slips.txt")
    if pathlib.Path(sys.prefix) != venv:
        # The readers are in the virtual environment, so this program runs itself there.
        raise SystemExit(subprocess.run([venv / "bin/python", __file__], stdin=subprocess.DEVNULL).returncode)
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="trilho-slips-") as folder:
        subprocess.run([binary(EXAMPLE), folder], stdin=subprocess.DEVNULL, check=True)
        files = {path.name: path.read_bytes() for path in pathlib.Path(folder).iterdir()}
    names = sorted(name.removesuffix(".json") for name in files if name.endswith(".json"))
    assert len(names) == 3, names
    for name in names:
        codes = json.loads(files[f"{name}.json"])
        check_pdf(name, files[f"{name}.pdf"], codes)
        check_page(name, files[f"{name}.html"].decode(), codes)
        check_texts(name, files[f"{name}.pdf"], files[f"{name}.html"].decode(), codes)
        print(f"  {name}: zbar and zxing read PDF and page", flush=True)
    print(f"slips: ok, {time.monotonic() - began:.0f} s")


def check_pdf(name, pdf, codes):
    """Checks that both readers read all pictures of the PDF, and the size of the bars."""
    for dpi, scale in PICTURES:
        picture = rendered(pdf, dpi)
        if scale != 1:
            from PIL import Image

            size = (round(picture.width * scale), round(picture.height * scale))
            picture = picture.resize(size, Image.Resampling.LANCZOS)
        check_codes(f"{name}.pdf at {dpi} dpi, scaled to {scale:.0%}", picture, codes)
    check_bars(name, rendered(pdf, DPI))


def check_codes(name, picture, codes):
    expected = ([codes["barcode"]], [codes["br_code"]] if codes["br_code"] else [])
    for reader in (zbar, zxing):
        found = reader(picture)
        assert found == expected, f"{reader.__name__} reads {found} of {name}, not {expected}"


def check_bars(name, picture):
    """Checks the width, the height and the white space of the bars in a picture of 300 dpi."""
    from pyzbar import pyzbar

    (code,) = pyzbar.decode(picture, symbols=[pyzbar.ZBarSymbol.I25])
    middle_x, middle_y = code.rect.left + code.rect.width // 2, code.rect.top + code.rect.height // 2
    dark = [x for x in range(picture.width) if picture.getpixel((x, middle_y)) < 128]
    bars = [x for x in dark if abs(x - middle_x) < 60 * MILLIMETRE]
    width = (bars[-1] - bars[0] + 1) / MILLIMETRE
    assert 102.5 < width < 103.5, f"{name}: the bars have {width:.2f} mm"
    margins = (bars[0] / MILLIMETRE, (picture.width - bars[-1] - 1) / MILLIMETRE)
    assert bars == dark and min(margins) > 10, f"{name}: white space of {margins}"
    upper = lower = middle_y
    while picture.getpixel((bars[0], upper - 1)) < 128:
        upper -= 1
    while picture.getpixel((bars[0], lower + 1)) < 128:
        lower += 1
    height = (lower - upper + 1) / MILLIMETRE
    assert 12.9 < height < 13.1, f"{name}: the bars are {height:.2f} mm high"


def check_page(name, page, codes):
    """Checks that both readers read the pictures of the page."""
    import resvg_py
    from PIL import Image

    pictures = re.findall(r"<svg viewBox=\"0 0 (\d+) (\d+)\"(.*?)</svg>", page, re.DOTALL)
    assert len(pictures) == (2 if codes["br_code"] else 1), f"{name} has {len(pictures)} pictures"
    for width, height, rest in pictures:
        is_qr = width == height
        wanted = ([], [codes["br_code"]]) if is_qr else ([codes["barcode"]], [])
        for pixels in QR_PIXELS if is_qr else BAR_PIXELS:
            # The style of the page gives the bars their height.
            size = (int(width) * pixels, int(height) * pixels if is_qr else 50 * pixels)
            svg = (
                f'<svg xmlns="http://www.w3.org/2000/svg" width="{size[0]}" height="{size[1]}" '
                f'viewBox="0 0 {width} {height}"{rest}</svg>'
            )
            picture = Image.open(io.BytesIO(bytes(resvg_py.svg_to_bytes(svg_string=svg)))).convert("L")
            found = [zbar(picture), zxing(picture)]
            assert found == [wanted] * 2, f"{name}.html with {pixels} pixels: {found}, not {wanted}"


def check_texts(name, pdf, page, codes):
    """Checks that the PDF has the same texts as the page in the same order, and the line as it is typed."""
    import pypdfium2

    reader = ShownTexts()
    reader.feed(page)
    (sheet,) = pypdfium2.PdfDocument(pdf)
    of_pdf, of_page = bare(sheet.get_textpage().get_text_range()), bare("".join(reader.texts))
    assert of_pdf == of_page, f"{name}: the texts differ\nPDF:  {of_pdf}\npage: {of_page}"
    lines = [re.sub(r"\D", "", text) for text in reader.texts if re.match(r"\d{5}\.\d{5} ", text)]
    assert lines == [codes["digitable_line"]] * 2, f"{name}: {lines}"
    assert "script" not in reader.tags, f"{name} has a script"


class ShownTexts(html.parser.HTMLParser):
    """Collects the texts and the tags of a page."""

    def __init__(self):
        super().__init__()
        self.texts, self.tags, self.depth = [], set(), 0

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        if tag in SHOWN:
            self.depth += 1
            self.texts.append("")

    def handle_endtag(self, tag):
        self.depth -= tag in SHOWN

    def handle_data(self, data):
        if self.depth:
            self.texts[-1] += data


def bare(text):
    """Returns the text without white space, because only the PDF has fixed lines."""
    return re.sub(r"\s", "", text)


def rendered(pdf, dpi):
    import pypdfium2

    (sheet,) = pypdfium2.PdfDocument(pdf)
    return sheet.render(scale=dpi / 72).to_pil().convert("L")


# A reader returns the barcodes (2 of 5 interleaved) and the QR codes that it finds, and fails on any other code.


def zbar(picture):
    from pyzbar import pyzbar

    # Its other decoders print warnings about bars that they do not know.
    kinds = [pyzbar.ZBarSymbol.I25, pyzbar.ZBarSymbol.QRCODE]
    found = pyzbar.decode(picture, symbols=kinds)
    return sorted_codes([(code.type, code.data.decode()) for code in found], "I25", "QRCODE")


def zxing(picture):
    import zxingcpp

    return sorted_codes([(code.format.name, code.text) for code in zxingcpp.read_barcodes(picture)], "ITF", "QRCode")


def sorted_codes(found, barcode, qr_code):
    assert all(kind in (barcode, qr_code) for kind, _ in found), found
    return tuple([text for kind, text in found if kind == wanted] for wanted in (barcode, qr_code))


if __name__ == "__main__":
    main()
