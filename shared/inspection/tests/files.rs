//! Fault row 210. Files that Pillow, ReportLab and qpdf wrote (`files/make_files.py`), and what each must
//! become.

use domain::file::{FileMediaType, FileRejection};
use inspection::{InspectedFile, InspectionLimits, inspect};
use sha2::{Digest, Sha256};

use FileMediaType::{Jpeg, Pdf, Png};

const ALL: &[FileMediaType] = &[Pdf, Jpeg, Png];

fn read(name: &str) -> Vec<u8> {
    let path = format!("{}/tests/files/{name}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn check(bytes: &[u8], media_type: FileMediaType) -> Result<InspectedFile<'_>, FileRejection> {
    inspect(bytes, media_type, &InspectionLimits::default())
}

#[track_caller]
fn rejected(name: &str, media_type: FileMediaType, expected: FileRejection) {
    assert_eq!(check(&read(name), media_type).err(), Some(expected), "{name}");
}

#[test]
fn a_document_is_kept_as_it_is() {
    let names =
        ["reportlab.pdf", "object_streams.pdf", "linearized.pdf", "open_page.pdf", "link.pdf"];
    for name in names {
        let bytes = read(name);
        let file = check(&bytes, Pdf).unwrap_or_else(|rejection| panic!("{name}: {rejection:?}"));
        assert_eq!(file.bytes, bytes, "{name}");
        assert_eq!(file.sha256[..], Sha256::digest(&bytes)[..], "{name}");
    }
}

#[test]
fn a_document_that_acts_or_contains_a_file_is_rejected() {
    for name in
        ["open_script.pdf", "open_script_in_stream.pdf", "page_action.pdf", "launch.pdf", "xfa.pdf"]
    {
        rejected(name, Pdf, FileRejection::ActiveContent);
    }
    rejected("attachment.pdf", Pdf, FileRejection::EmbeddedFile);
    rejected("encrypted.pdf", Pdf, FileRejection::Encrypted);
    rejected("pages_201.pdf", Pdf, FileRejection::TooManyPages);
}

/// Every picture is kept with the pixels that it had, and a second inspection changes nothing.
#[test]
fn a_picture_keeps_its_pixels_without_metadata() {
    for (name, media_type) in [
        ("photo.jpg", Jpeg),
        ("progressive.jpg", Jpeg),
        ("cmyk.jpg", Jpeg),
        ("grey.jpg", Jpeg),
        ("photo.png", Png),
        ("palette.png", Png),
        ("grey16.png", Png),
        ("animated.png", Png),
    ] {
        let bytes = read(name);
        let file =
            check(&bytes, media_type).unwrap_or_else(|rejection| panic!("{name}: {rejection:?}"));
        let pixels = |bytes: &[u8]| image::load_from_memory(bytes).expect("a picture").into_bytes();
        assert_eq!(pixels(&file.bytes), pixels(&bytes), "{name}");
        for word in [&b"Maria"[..], b"em casa", b"Telefone", b"xmpmeta", b"tEXt", b"acTL"] {
            assert!(!contains(&file.bytes, word), "{name} has {}", String::from_utf8_lossy(word));
        }
        let again = check(&file.bytes, media_type).expect("accepted again");
        assert_eq!(again.bytes, file.bytes, "{name}");
    }
    for name in ["photo.jpg", "photo.png"] {
        assert!(contains(&read(name), b"Maria"), "{name} must have something to remove");
    }
}

#[test]
fn a_picture_keeps_its_orientation_and_no_position() {
    use image::metadata::Orientation;
    use image::{ImageDecoder, ImageFormat, ImageReader};
    for (name, media_type, format) in
        [("photo.jpg", Jpeg, ImageFormat::Jpeg), ("photo.png", Png, ImageFormat::Png)]
    {
        let bytes = read(name);
        let file = check(&bytes, media_type).expect("accepted");
        let reader = ImageReader::with_format(std::io::Cursor::new(&file.bytes[..]), format);
        let mut decoder = reader.into_decoder().expect("a picture");
        let orientation = decoder.orientation().expect("readable");
        assert_eq!(orientation, Orientation::Rotate90, "{name}");
        let exif = decoder.exif_metadata().expect("readable").expect("EXIF");
        assert_eq!(exif.len(), 26, "one entry");
    }
}

#[test]
fn a_file_is_of_the_announced_type_only() {
    for (name, of) in [
        ("reportlab.pdf", Some(Pdf)),
        ("photo.jpg", Some(Jpeg)),
        ("photo.png", Some(Png)),
        ("picture.webp", None),
    ] {
        for media_type in ALL.iter().filter(|it| Some(**it) != of) {
            rejected(name, *media_type, FileRejection::MediaTypeMismatch);
        }
    }
    for media_type in ALL {
        for text in [&b"<html><script>alert(1)</script>"[..], b"\n%PDF-1.7", b"MZ", b"PK\x03\x04"] {
            assert_eq!(check(text, *media_type).err(), Some(FileRejection::MediaTypeMismatch));
        }
        assert_eq!(check(b"", *media_type).err(), Some(FileRejection::InvalidSize));
    }
    let mut large = read("reportlab.pdf");
    large.resize(10 * 1024 * 1024 + 1, b' ');
    assert_eq!(check(&large, Pdf).err(), Some(FileRejection::InvalidSize));
    large.pop();
    assert!(check(&large, Pdf).is_ok(), "exactly 10 MB");
}

/// A file that is also an archive or a page: a document is rejected, and a picture loses what follows its end.
#[test]
fn nothing_is_two_files() {
    let other = b"PK\x03\x04<script>alert(1)</script>";
    let document = [&read("reportlab.pdf")[..], other].concat();
    assert_eq!(check(&document, Pdf).err(), Some(FileRejection::Malformed));
    for (name, media_type) in [("grey.jpg", Jpeg), ("palette.png", Png)] {
        let picture = [&read(name)[..], other].concat();
        let file = check(&picture, media_type).expect("accepted");
        assert!(!contains(&file.bytes, other), "{name}");
    }
}

#[test]
fn no_truncated_file_is_accepted() {
    for (name, media_type) in [
        ("reportlab.pdf", Pdf),
        ("object_streams.pdf", Pdf),
        ("photo.jpg", Jpeg),
        ("photo.png", Png),
    ] {
        let bytes = read(name);
        for length in 1..bytes.len() - 6 {
            assert!(check(&bytes[..length], media_type).is_err(), "{name} of {length} bytes");
        }
    }
}

fn contains(bytes: &[u8], word: &[u8]) -> bool {
    bytes.windows(word.len()).any(|window| window == word)
}
