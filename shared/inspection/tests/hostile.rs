//! Fault rows 210 and 212. Files made to exhaust memory, to hide something, or to crash a reader.

use std::io::Write;

use domain::file::{FileMediaType, FileRejection};
use flate2::Compression;
use flate2::write::ZlibEncoder;
use inspection::{InspectionLimits, inspect};
use proptest::prelude::*;

use FileMediaType::{Jpeg, Pdf, Png};

fn rejection(bytes: &[u8], media_type: FileMediaType) -> Option<FileRejection> {
    inspect(bytes, media_type, &InspectionLimits::default()).err()
}

fn read(name: &str) -> Vec<u8> {
    let path = format!("{}/tests/files/{name}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn deflated(byte: u8, length: usize) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
    let block = vec![byte; 1024 * 1024];
    for _ in 0..length / block.len() {
        encoder.write_all(&block).expect("memory");
    }
    encoder.finish().expect("memory")
}

/// Writes a PDF of these objects with a table of cross-references.
fn document(objects: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = b"%PDF-1.7\n".to_vec();
    let mut offsets = Vec::new();
    for (number, object) in (1..).zip(objects) {
        offsets.push(bytes.len());
        bytes.extend(format!("{number} 0 obj\n").into_bytes());
        bytes.extend(object);
        bytes.extend(b"\nendobj\n");
    }
    let table = bytes.len();
    bytes.extend(format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1).into_bytes());
    for offset in offsets {
        bytes.extend(format!("{offset:010} 00000 n \n").into_bytes());
    }
    let size = objects.len() + 1;
    let trailer = format!("trailer << /Size {size} /Root 1 0 R >>\nstartxref\n{table}\n%%EOF\n");
    bytes.extend(trailer.into_bytes());
    bytes
}

fn stream(entries: &str, data: &[u8]) -> Vec<u8> {
    let head = format!("<< {entries} /Length {} >>\nstream\n", data.len());
    [head.as_bytes(), data, b"\nendstream"].concat()
}

/// Writes a PDF of one page with more objects, from number 4.
fn page_and(objects: &[Vec<u8>]) -> Vec<u8> {
    let page = [
        b"<< /Type /Catalog /Pages 2 0 R >>".to_vec(),
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_vec(),
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] >>".to_vec(),
    ];
    document(&[&page[..], objects].concat())
}

fn chunk(kind: &[u8; 4], contents: &[u8]) -> Vec<u8> {
    let mut crc = flate2::Crc::new();
    crc.update(kind);
    crc.update(contents);
    let length = u32::try_from(contents.len()).expect("short").to_be_bytes();
    [&length[..], kind, contents, &crc.sum().to_be_bytes()].concat()
}

/// Writes a grey PNG of this width and height, of which the data may be anything.
fn png(width: u32, height: u32, data: &[u8]) -> Vec<u8> {
    let header = [&width.to_be_bytes()[..], &height.to_be_bytes(), &[8, 0, 0, 0, 0]].concat();
    let signature = b"\x89PNG\r\n\x1a\n".to_vec();
    [signature, chunk(b"IHDR", &header), chunk(b"IDAT", data), chunk(b"IEND", &[])].concat()
}

#[test]
fn a_picture_beyond_the_limits_is_not_decoded() {
    let bomb = deflated(0, 8 * 1024 * 1024);
    for (width, height) in [(100_000, 100_000), (20_001, 1), (20_000, 20_000), (u32::MAX, 1)] {
        let rejected = rejection(&png(width, height, &bomb), Png);
        let expected = [Some(FileRejection::TooManyPixels), Some(FileRejection::Malformed)];
        assert!(expected.contains(&rejected), "{width} x {height}: {rejected:?}");
    }
    assert_eq!(rejection(&png(100_000, 100_000, &bomb), Png), Some(FileRejection::TooManyPixels));
    let mut jpeg = read("grey.jpg");
    let frame = jpeg.windows(2).position(|pair| pair == [0xff, 0xc0]).expect("a frame");
    jpeg[frame + 5..frame + 9].copy_from_slice(&[0xff; 4]);
    assert_eq!(rejection(&jpeg, Jpeg), Some(FileRejection::TooManyPixels));
}

/// Texts and profiles of a PNG are compressed. They go before a decoder can expand them.
#[test]
fn compressed_metadata_is_not_expanded() {
    let bomb = deflated(b'a', 16 * 1024 * 1024);
    let mut bytes = png(1, 1, &[]);
    let end_of_header = 8 + 25;
    for kind in [b"zTXt", b"iCCP"] {
        let contents = [&b"a\0\0"[..], &bomb].concat();
        bytes.splice(end_of_header..end_of_header, chunk(kind, &contents));
    }
    let data = chunk(b"IDAT", &deflated_line());
    let at = bytes.len() - 12 - 12;
    bytes.splice(at..at + 12, data);
    let file = inspect(&bytes, Png, &InspectionLimits::default()).expect("accepted");
    assert!(file.bytes.len() < 100, "{}", file.bytes.len());
}

/// Returns the data of a grey pixel: the filter of the line, and the pixel.
fn deflated_line() -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(&[0, 7]).expect("memory");
    encoder.finish().expect("memory")
}

#[test]
fn a_stream_of_objects_that_expands_too_much_is_rejected() {
    assert_eq!(rejection(&page_and(&[]), Pdf), None);
    let bomb = deflated(b' ', 16 * 1024 * 1024);
    let entries = "/Type /ObjStm /N 1 /First 4 /Filter /FlateDecode";
    let file = page_and(&[stream(entries, &bomb)]);
    assert_eq!(rejection(&file, Pdf), Some(FileRejection::TooComplex));
    // Many that each stay below the limit of one.
    let part = deflated(b' ', 1024 * 1024);
    let many: Vec<_> = (0..20).map(|_| stream(entries, &part)).collect();
    assert_eq!(rejection(&page_and(&many), Pdf), Some(FileRejection::TooComplex));
    // The contents of pages are not expanded.
    let contents = page_and(&[stream("/Filter /FlateDecode", &bomb)]);
    assert_eq!(rejection(&contents, Pdf), None);
}

#[test]
fn a_document_of_too_many_objects_or_levels_is_rejected() {
    let many = format!("[{}]", "0 ".repeat(2_000_001));
    assert_eq!(rejection(&page_and(&[many.into_bytes()]), Pdf), Some(FileRejection::TooComplex));
    let deep = [vec![b'['; 1_000_000], vec![b']'; 1_000_000]].concat();
    // The reader leaves out what is nested too deep, and nothing refers to it.
    let _ = rejection(&page_and(&[deep]), Pdf);
    let circle = document(&[
        b"<< /Type /Catalog /Pages 2 0 R >>".to_vec(),
        b"<< /Type /Pages /Kids [2 0 R 2 0 R] /Count 1 >>".to_vec(),
    ]);
    assert_eq!(rejection(&circle, Pdf), Some(FileRejection::TooManyPages));
    let empty = document(&[
        b"<< /Type /Catalog /Pages 2 0 R >>".to_vec(),
        b"<< /Type /Pages /Kids [] /Count 7 >>".to_vec(),
    ]);
    assert_eq!(rejection(&empty, Pdf), Some(FileRejection::Malformed));
}

/// An action is found in every spelling, in an object that no table names, and in an older revision.
#[test]
fn hidden_actions_are_found() {
    for object in [
        &b"<< /Type /Action /S /JavaScript /JS (app.alert\\(1\\)) >>"[..],
        b"<< /#53 /Java#53cript >>",
        b"<< /S % a comment\n/Launch /F (cmd.exe) >>",
        b"<< /Names << /#4aavaScript << /Names [(a) 1 0 R] >> >> >>",
        b"<< /S /GoToR /F (other.pdf) >>",
        b"<< /S /SubmitForm /F (https://example.com) >>",
        b"<< /AcroForm << /XFA [(template) 1 0 R] >> >>",
        b"<< /Type /Annot /Subtype /RichMedia >>",
        b"[[[<< /AA << /E << /S /Named /N /Print >> >> >>]]]",
    ] {
        let text = String::from_utf8_lossy(object).into_owned();
        let found = rejection(&page_and(&[object.to_vec()]), Pdf);
        assert_eq!(found, Some(FileRejection::ActiveContent), "{text}");
    }
    let open = b"<< /Type /Catalog /OpenAction << /S /GoTo /D [1 0 R] /Next << /S /Named >> >> >>";
    assert_eq!(rejection(&page_and(&[open.to_vec()]), Pdf), Some(FileRejection::ActiveContent));
    let external = stream("/F (secret.txt)", b"");
    assert_eq!(rejection(&page_and(&[external]), Pdf), Some(FileRejection::ActiveContent));
    // An object that no table of cross-references names.
    let stray = page_and(&[]);
    let at = stray.windows(4).position(|word| word == b"xref").expect("a table");
    let action = b"9 0 obj << /S /JavaScript /JS (1) >> endobj\n";
    let stray = [&stray[..at], action, &stray[at..]].concat();
    assert_eq!(rejection(&stray, Pdf), Some(FileRejection::ActiveContent));
    for name in [
        &b"/Type /EmbeddedFile"[..],
        b"/Type /Filespec /EF << /F 1 0 R >>",
        b"/Subtype /FileAttachment",
    ] {
        let object = [b"<< ", name, b" >>"].concat();
        assert_eq!(rejection(&page_and(&[object]), Pdf), Some(FileRejection::EmbeddedFile));
    }
}

/// Returns a document whose catalog names an action in a stream of objects. `entries` describe that stream.
fn hidden_in_a_stream(entries: &str) -> Vec<u8> {
    let mut bytes = b"%PDF-1.7\n".to_vec();
    let mut offsets = [0_u32; 11];
    let action = b"9 0 << /JavaScript << /Names [(a) << /S /JavaScript /JS (1) >>] >> >>";
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(action).expect("memory");
    let action = encoder.finish().expect("memory");
    for (id, object) in [
        (1, b"<< /Type /Catalog /Pages 2 0 R /Names 9 0 R >>".to_vec()),
        (2, b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_vec()),
        (3, b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] >>".to_vec()),
        (8, stream(&format!("/N 1 /First 4 {entries}"), &action)),
    ] {
        offsets[id] = u32::try_from(bytes.len()).expect("a short file");
        bytes.extend(format!("{id} 0 obj\n").bytes().chain(object).chain(*b"\nendobj\n"));
    }
    let start = u32::try_from(bytes.len()).expect("a short file");
    offsets[10] = start;
    let mut table = Vec::new();
    for id in [0, 1, 2, 3, 8, 9, 10] {
        let (kind, place) = match id {
            0 => (0, 0),
            9 => (2, 8),
            id => (1, offsets[id]),
        };
        table.push(kind);
        table.extend(place.to_be_bytes());
        table.push(0);
    }
    let entries = "/Type /XRef /Size 11 /W [1 4 1] /Index [0 4 8 3] /Root 1 0 R";
    let table = stream(entries, &table);
    bytes.extend(b"10 0 obj\n".iter().copied().chain(table).chain(*b"\nendobj\n"));
    bytes.extend(format!("startxref\n{start}\n%%EOF\n").bytes());
    bytes
}

#[test]
fn a_stream_of_objects_that_the_reader_leaves_out_is_rejected() {
    let read = hidden_in_a_stream("/Type /ObjStm /Filter /FlateDecode");
    assert_eq!(rejection(&read, Pdf), Some(FileRejection::ActiveContent));
    for entries in ["/Filter /FlateDecode", "/Type /ObjStm /Filter /Fl"] {
        let found = rejection(&hidden_in_a_stream(entries), Pdf);
        assert_eq!(found, Some(FileRejection::Malformed), "{entries}");
    }
}

fn mutated(name: &'static str) -> impl Strategy<Value = Vec<u8>> {
    let bytes = read(name);
    let length = bytes.len();
    let edit = (0..length, any::<u8>(), 0..4_u8);
    prop::collection::vec(edit, 1..8).prop_map(move |edits| {
        let mut bytes = bytes.clone();
        for (index, byte, kind) in edits {
            let index = index.min(bytes.len().saturating_sub(1));
            match kind {
                0 if !bytes.is_empty() => drop(bytes.remove(index)),
                1 => bytes.insert(index, byte),
                2 => bytes.truncate(index.max(8)),
                _ => bytes[index] = byte,
            }
        }
        bytes
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    /// A damaged file is accepted or rejected, and never ends the process. What is accepted stays accepted.
    #[test]
    fn a_damaged_file_has_an_answer(
        document in mutated("object_streams.pdf"),
        plain in mutated("launch.pdf"),
        jpeg in mutated("photo.jpg"),
        png in mutated("photo.png"),
    ) {
        let limits = InspectionLimits::default();
        for (bytes, media_type) in [(document, Pdf), (plain, Pdf), (jpeg, Jpeg), (png, Png)] {
            if let Ok(file) = inspect(&bytes, media_type, &limits) {
                let again = inspect(&file.bytes, media_type, &limits);
                prop_assert_eq!(again.map(|it| it.sha256), Ok(file.sha256));
            }
        }
    }

    #[test]
    fn noise_behind_a_signature_has_an_answer(noise in prop::collection::vec(any::<u8>(), 0..2_000)) {
        for (signature, media_type) in [
            (&b"%PDF-1.7\n"[..], Pdf),
            (&[0xff, 0xd8, 0xff], Jpeg),
            (b"\x89PNG\r\n\x1a\n", Png),
        ] {
            let _ = inspect(&[signature, &noise].concat(), media_type, &InspectionLimits::default());
        }
    }
}
