//! JPEG pictures: keeps the segments that the pixels need, and nothing else (ITU-T T.81, annex B).

use domain::file::FileRejection;

use crate::picture::{exif_of_orientation, orientation};

const MARK: u8 = 0xff;
const START_OF_SCAN: u8 = 0xda;
const END_OF_IMAGE: u8 = 0xd9;
const APP0: u8 = 0xe0;
const APP1: u8 = 0xe1;
const APP2: u8 = 0xe2;
const APP14: u8 = 0xee;

const EXIF: &[u8] = b"Exif\0\0";
/// Version, units and density; a preview can follow.
const JFIF: &[u8] = b"JFIF\0";
const JFIF_LENGTH: usize = 12;
/// Says whether colours are RGB or YCbCr; without it a picture can have wrong colours.
const ADOBE: &[u8] = b"Adobe";
const ADOBE_LENGTH: usize = 12;
/// Profile of colours.
const PROFILE: &[u8] = b"ICC_PROFILE\0";

/// Returns the picture without metadata, comments, previews, and whatever follows its end. It reads every segment,
/// also between the scans of a progressive picture.
pub(crate) fn clean(bytes: &[u8]) -> Result<Vec<u8>, FileRejection> {
    let mut kept = bytes.get(..2).ok_or(FileRejection::Malformed)?.to_vec();
    let mut rest = &bytes[2..];
    let mut exif = None;
    let mut exif_at = kept.len();
    let mut scans = 0_usize;
    loop {
        let (marker, after) = next_marker(rest)?;
        if marker == END_OF_IMAGE {
            break;
        }
        let (contents, after) = contents(after)?;
        rest = after;
        if let Some(needed) = needed(marker, contents) {
            push(&mut kept, marker, &needed)?;
        } else if marker == APP1 {
            exif = exif.or_else(|| contents.strip_prefix(EXIF).and_then(orientation));
        }
        if marker == APP0 {
            exif_at = kept.len();
        }
        if marker == START_OF_SCAN {
            scans += 1;
            let (scan, after) = rest.split_at(scan_length(rest)?);
            kept.extend_from_slice(scan);
            rest = after;
        }
    }
    if scans == 0 {
        return Err(FileRejection::Malformed);
    }
    if let Some(orientation) = exif {
        let mut segment = Vec::new();
        push(&mut segment, APP1, &[EXIF, &exif_of_orientation(orientation)].concat())?;
        kept.splice(exif_at..exif_at, segment);
    }
    kept.extend_from_slice(&[MARK, END_OF_IMAGE]);
    Ok(kept)
}

/// Returns the marker that begins here, and what follows it. More than one `0xff` may stand before it.
fn next_marker(bytes: &[u8]) -> Result<(u8, &[u8]), FileRejection> {
    let fill = bytes.iter().take_while(|byte| **byte == MARK).count();
    match bytes.get(fill..) {
        Some([marker, after @ ..]) if fill > 0 => Ok((*marker, after)),
        _ => Err(FileRejection::Malformed),
    }
}

/// Returns the contents of a segment, and what follows it. Its length counts its own two bytes.
fn contents(bytes: &[u8]) -> Result<(&[u8], &[u8]), FileRejection> {
    let (length, after) = bytes.split_first_chunk::<2>().ok_or(FileRejection::Malformed)?;
    let length = usize::from(u16::from_be_bytes(*length)).checked_sub(2);
    length.and_then(|length| after.split_at_checked(length)).ok_or(FileRejection::Malformed)
}

/// Returns what to keep of a segment; `None` if nothing.
fn needed(marker: u8, contents: &[u8]) -> Option<Vec<u8>> {
    match marker {
        // Frames, tables, scans, restart intervals and the number of lines.
        0xc0..=0xc7 | 0xc9..=0xcf | START_OF_SCAN | 0xdb..=0xdd => Some(contents.to_vec()),
        // Without the preview, whose width and height are then 0.
        APP0 if contents.starts_with(JFIF) => {
            contents.get(..JFIF_LENGTH).map(|head| [head, &[0, 0]].concat())
        }
        APP2 if contents.starts_with(PROFILE) => Some(contents.to_vec()),
        APP14 if contents.starts_with(ADOBE) => contents.get(..ADOBE_LENGTH).map(<[u8]>::to_vec),
        _ => None,
    }
}

fn push(kept: &mut Vec<u8>, marker: u8, contents: &[u8]) -> Result<(), FileRejection> {
    let length = u16::try_from(contents.len() + 2).map_err(|_| FileRejection::Malformed)?;
    kept.extend_from_slice(&[MARK, marker]);
    kept.extend_from_slice(&length.to_be_bytes());
    kept.extend_from_slice(contents);
    Ok(())
}

/// Returns the number of bytes of the scan that begins here. It ends with a marker, and in it `0xff` is
/// followed by 0 or by the number of a restart.
fn scan_length(bytes: &[u8]) -> Result<usize, FileRejection> {
    let is_end = |pair: &[u8]| pair[0] == MARK && !matches!(pair[1], 0 | 0xd0..=0xd7);
    bytes.windows(2).position(is_end).ok_or(FileRejection::Malformed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_that_does_not_end_is_malformed() {
        let scan =
            [&[0xff, 0xd8, 0xff, 0xda, 0, 3, 1][..], &[5, 0xff, 0, 7, 0xff, 0xd0, 9]].concat();
        assert_eq!(clean(&scan), Err(FileRejection::Malformed));
        let whole = [&scan[..], &[0xff, 0xd9]].concat();
        assert_eq!(clean(&whole), Ok(whole.clone()));
        let followed = [&whole[..], b"PK\x03\x04"].concat();
        assert_eq!(clean(&followed), Ok(whole));
        for malformed in
            [&[0xff, 0xd8, 0xff, 0xd9][..], &[0xff, 0xd8, 0xff, 0xe1, 0, 1], &[0xff, 0xd8, 7]]
        {
            assert_eq!(clean(malformed), Err(FileRejection::Malformed), "{malformed:?}");
        }
    }

    #[test]
    fn comments_go_before_and_between_scans() {
        let scan = |comment: &[u8]| {
            [&[0xff, 0xd8][..], comment, &[0xff, 0xda, 0, 3, 1, 5], comment, &[0xff, 0xd9]].concat()
        };
        let comment = [0xff, 0xfe, 0, 4, b'h', b'i'];
        assert_eq!(clean(&scan(&comment)), Ok(scan(&[])));
    }
}
