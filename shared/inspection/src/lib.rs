//! Inspects the content of files that customers upload, before the files count.
//!
//! [`inspect`] answers with the file that may be kept, or with the reason of the rejection. A PDF is kept as it is.
//! A picture is kept without metadata, which can say where and when it was taken; its pixels are not encoded again.
//!
//! The files are hostile until proven otherwise. So sizes come first, headers before contents, and every step has a
//! limit for what it expands to ([`InspectionLimits`]). What a limit cannot bound is the time of a crafted file;
//! callers bound it by the time of a function and by the number of attempts.
#![warn(missing_docs)]

mod jpeg;
mod limits;
mod names;
mod pdf;
mod picture;
mod png;
mod raw_pdf;

use std::borrow::Cow;

use domain::file::{FileMediaType, FileRejection};
use sha2::{Digest, Sha256};

pub use limits::InspectionLimits;

/// A file that may be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InspectedFile<'a> {
    /// Media type, which the content has.
    pub media_type: FileMediaType,
    /// SHA-256 of the bytes.
    pub sha256: [u8; 32],
    /// Bytes to keep: those of the upload, or others if metadata was removed.
    pub bytes: Cow<'a, [u8]>,
}

/// Inspects a file that was announced with a media type.
///
/// # Errors
/// The first reason for which the file must not be kept.
pub fn inspect<'a>(
    bytes: &'a [u8],
    media_type: FileMediaType,
    limits: &InspectionLimits,
) -> Result<InspectedFile<'a>, FileRejection> {
    if bytes.is_empty() || bytes.len() > limits.bytes_max {
        return Err(FileRejection::InvalidSize);
    }
    if !bytes.starts_with(signature(media_type)) {
        return Err(FileRejection::MediaTypeMismatch);
    }
    let kept = match media_type {
        FileMediaType::Pdf => {
            pdf::inspect(bytes, limits)?;
            Cow::Borrowed(bytes)
        }
        FileMediaType::Jpeg => picture(bytes, jpeg::clean(bytes)?),
        FileMediaType::Png => picture(bytes, png::clean(bytes)?),
    };
    if media_type != FileMediaType::Pdf {
        picture::require_decodable(&kept, media_type, limits)?;
    }
    Ok(InspectedFile { media_type, sha256: Sha256::digest(&kept).into(), bytes: kept })
}

/// Returns the first bytes of every file of a media type. The signature is at the beginning and nowhere else, so that
/// no file has two types.
const fn signature(media_type: FileMediaType) -> &'static [u8] {
    match media_type {
        FileMediaType::Pdf => b"%PDF-",
        FileMediaType::Jpeg => &[0xff, 0xd8, 0xff],
        FileMediaType::Png => b"\x89PNG\r\n\x1a\n",
    }
}

/// Returns the bytes to keep of a picture: those of the upload if nothing was removed.
fn picture(bytes: &[u8], cleaned: Vec<u8>) -> Cow<'_, [u8]> {
    if bytes == cleaned { Cow::Borrowed(bytes) } else { Cow::Owned(cleaned) }
}
