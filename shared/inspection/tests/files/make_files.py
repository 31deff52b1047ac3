"""Writes the files of this folder with Pillow, ReportLab and pikepdf (qpdf), which share no code with the crate.

    python -m venv venv && venv/bin/pip install pillow==13.0.0 reportlab==5.1.0 pikepdf==10.18.0
    venv/bin/python make_files.py
"""

import io
from pathlib import Path

import pikepdf
from pikepdf import Array, Dictionary, Name
from PIL import Image, ImageCms, PngImagePlugin
from reportlab.pdfgen import canvas

HERE = Path(__file__).parent


def pages(count, draw=lambda page: None):
    out = io.BytesIO()
    page = canvas.Canvas(out, invariant=True, pageCompression=1)
    for number in range(count):
        page.drawString(72, 700, f"Comprovante de entrega {number + 1}")
        draw(page)
        page.showPage()
    page.save()
    return out.getvalue()


def changed(name, change, source=None, **options):
    with pikepdf.open(io.BytesIO(source or pages(1))) as pdf:
        change(pdf)
        pdf.save(HERE / name, deterministic_id="encryption" not in options, **options)


def put(**entries):
    def change(pdf):
        for key, value in entries.items():
            pdf.Root[f"/{key}"] = value

    return change


def script():
    return Dictionary(S=Name.JavaScript, JS="app.alert(1)")


(HERE / "reportlab.pdf").write_bytes(pages(2))
changed("pages_201.pdf", lambda pdf: None, pages(201), object_stream_mode=pikepdf.ObjectStreamMode.generate)
changed("object_streams.pdf", lambda pdf: None, pages(3), object_stream_mode=pikepdf.ObjectStreamMode.generate)
changed("linearized.pdf", lambda pdf: None, pages(3), linearize=True)
changed("encrypted.pdf", lambda pdf: None, encryption=pikepdf.Encryption(owner="a", user=""))
changed("open_script.pdf", put(OpenAction=script()))
changed("open_page.pdf", lambda pdf: put(OpenAction=Array([pdf.pages[0].obj, Name.Fit]))(pdf))
changed("open_script_in_stream.pdf", lambda pdf: put(OpenAction=pdf.make_indirect(script()))(pdf),
        object_stream_mode=pikepdf.ObjectStreamMode.generate)
changed("page_action.pdf", lambda pdf: pdf.pages[0].obj.__setitem__(
    "/AA", Dictionary(O=Dictionary(S=Name.Named, N=Name.NextPage))))
changed("launch.pdf", lambda pdf: pdf.pages[0].obj.__setitem__("/Annots", Array([Dictionary(
    Type=Name.Annot, Subtype=Name.Link, Rect=[0, 0, 9, 9], A=Dictionary(S=Name.Launch, F="cmd.exe"))])))
changed("link.pdf", lambda pdf: pdf.pages[0].obj.__setitem__("/Annots", Array([Dictionary(
    Type=Name.Annot, Subtype=Name.Link, Rect=[0, 0, 9, 9],
    A=Dictionary(S=Name.URI, URI="https://example.com/JavaScript"))])))
changed("xfa.pdf", put(AcroForm=Dictionary(Fields=Array([]), XFA="<xdp/>")))


def attach(pdf):
    pdf.attachments["nota.xml"] = b"<nota/>"


changed("attachment.pdf", attach)

picture = Image.new("RGB", (48, 32))
picture.putdata([(x * 5, y * 7, (x * y) % 256) for y in range(32) for x in range(48)])
exif = Image.Exif()
exif[0x0112] = 6
exif[0x010F] = "Telefone"
exif[0x013B] = "Maria"
gps = exif.get_ifd(0x8825)
gps[1], gps[2], gps[3], gps[4] = "S", (23.0, 33.0, 1.0), "W", (46.0, 38.0, 2.0)
xmp = b"<x:xmpmeta xmlns:x='adobe:ns:meta/'>Maria em casa</x:xmpmeta>"
profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
picture.save(HERE / "photo.jpg", quality=80, exif=exif, xmp=xmp, comment=b"Maria", icc_profile=profile)
picture.save(HERE / "progressive.jpg", quality=80, progressive=True, comment=b"Maria")
picture.convert("CMYK").save(HERE / "cmyk.jpg", quality=80)
picture.convert("L").save(HERE / "grey.jpg", quality=80)
text = PngImagePlugin.PngInfo()
text.add_text("Author", "Maria")
text.add_itxt("Comment", "em casa", zip=True)
picture.save(HERE / "photo.png", pnginfo=text, exif=exif, icc_profile=profile)
picture.convert("P").save(HERE / "palette.png", transparency=3)
picture.convert("L").point(lambda value: value * 257, "I").convert("I;16").save(HERE / "grey16.png")
picture.save(HERE / "animated.png", save_all=True, append_images=[picture.rotate(180)])
picture.save(HERE / "picture.webp")
