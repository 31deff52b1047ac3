//! PNG pictures: keeps the chunks that the pixels need, and nothing else (W3C PNG, third edition, chapter 11).

use crc::{CRC_32_ISO_HDLC, Crc};
use domain::file::FileRejection;

use crate::picture::{exif_of_orientation, orientation};

const SIGNATURE_LENGTH: usize = 8;
const HEADER: &[u8; 4] = b"IHDR";
const END: &[u8; 4] = b"IEND";
const EXIF: &[u8; 4] = b"eXIf";
/// Without texts, times and animations, and without the profile of colours, because it is compressed and each reader
/// would expand it.
const NEEDED: &[&[u8; 4]] = &[
    HEADER, END, b"IDAT", b"PLTE", b"bKGD", b"cHRM", b"cICP", b"gAMA", b"pHYs", b"sBIT", b"sRGB",
    b"tRNS",
];

/// Returns the picture without metadata, animations, and whatever follows its end.
pub(crate) fn clean(bytes: &[u8]) -> Result<Vec<u8>, FileRejection> {
    let (signature, mut rest) =
        bytes.split_at_checked(SIGNATURE_LENGTH).ok_or(FileRejection::Malformed)?;
    let mut kept = signature.to_vec();
    let mut exif = None;
    let mut exif_at = None;
    loop {
        let chunk = Chunk::read(rest)?;
        rest = chunk.after;
        if chunk.kind == EXIF {
            exif = exif.or_else(|| orientation(chunk.contents));
        }
        if NEEDED.contains(&chunk.kind) {
            kept.extend_from_slice(chunk.whole);
        }
        if chunk.kind == HEADER {
            exif_at.get_or_insert(kept.len());
        }
        if chunk.kind == END {
            break;
        }
    }
    let exif_at = exif_at.ok_or(FileRejection::Malformed)?;
    if let Some(orientation) = exif {
        kept.splice(exif_at..exif_at, write(EXIF, &exif_of_orientation(orientation))?);
    }
    Ok(kept)
}

/// A chunk, and what follows it.
struct Chunk<'a> {
    kind: &'a [u8; 4],
    contents: &'a [u8],
    whole: &'a [u8],
    after: &'a [u8],
}

impl<'a> Chunk<'a> {
    /// Reads a chunk: length, kind, contents and checksum. The decoder compares the checksum.
    fn read(bytes: &'a [u8]) -> Result<Self, FileRejection> {
        Self::split(bytes).ok_or(FileRejection::Malformed)
    }

    fn split(bytes: &'a [u8]) -> Option<Self> {
        let (length, rest) = bytes.split_first_chunk::<4>()?;
        let (kind, rest) = rest.split_first_chunk::<4>()?;
        let length = usize::try_from(u32::from_be_bytes(*length)).ok()?;
        let (contents, rest) = rest.split_at_checked(length)?;
        let (_, after) = rest.split_first_chunk::<4>()?;
        Some(Self { kind, contents, whole: &bytes[..bytes.len() - after.len()], after })
    }
}

fn write(kind: &[u8; 4], contents: &[u8]) -> Result<Vec<u8>, FileRejection> {
    let length = u32::try_from(contents.len()).map_err(|_| FileRejection::Malformed)?;
    let checked = [&kind[..], contents].concat();
    let checksum = Crc::<u32>::new(&CRC_32_ISO_HDLC).checksum(&checked);
    Ok([&length.to_be_bytes()[..], &checked, &checksum.to_be_bytes()].concat())
}
