//! What JPEG and PNG pictures have in common: limits, decoding, and the orientation.

use std::io::Cursor;

use domain::file::{FileMediaType, FileRejection};
use image::codecs::jpeg::JpegDecoder;
use image::codecs::png::PngDecoder;
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageError, Limits};

use crate::InspectionLimits;

/// Upright, which needs no metadata.
const UPRIGHT: u8 = 1;

/// Returns the orientation of EXIF, 2 to 8; `None` if the picture is upright, or the metadata is not valid.
pub(crate) fn orientation(exif: &[u8]) -> Option<u8> {
    Orientation::from_exif_chunk(exif).map(Orientation::to_exif).filter(|value| *value != UPRIGHT)
}

/// Returns EXIF with the orientation and nothing else: a TIFF with one directory of one entry.
pub(crate) fn exif_of_orientation(orientation: u8) -> Vec<u8> {
    let header = [b'I', b'I', 42, 0, 8, 0, 0, 0];
    let entries = [1, 0];
    let entry = [0x12, 0x01, 3, 0, 1, 0, 0, 0, orientation, 0, 0, 0];
    let next_directory = [0, 0, 0, 0];
    [&header[..], &entries, &entry, &next_directory].concat()
}

/// Decodes a picture, if its header is within the limits.
pub(crate) fn require_decodable(
    bytes: &[u8],
    media_type: FileMediaType,
    limits: &InspectionLimits,
) -> Result<(), FileRejection> {
    let reader = Cursor::new(bytes);
    match media_type {
        FileMediaType::Jpeg => decode(JpegDecoder::new(reader).map_err(rejection)?, limits),
        FileMediaType::Png => {
            let decoder = PngDecoder::with_limits(reader, decoder_limits(limits));
            decode(decoder.map_err(rejection)?, limits)
        }
        FileMediaType::Pdf => Err(FileRejection::Malformed),
    }
}

fn decode(mut decoder: impl ImageDecoder, limits: &InspectionLimits) -> Result<(), FileRejection> {
    let (width, height) = decoder.dimensions();
    let pixels = u64::from(width).saturating_mul(u64::from(height));
    let is_large = pixels > limits.pixels_max || width.max(height) > limits.side_max;
    if is_large || decoder.total_bytes() > limits.pixel_bytes_max {
        return Err(FileRejection::TooManyPixels);
    }
    decoder.set_limits(decoder_limits(limits)).map_err(rejection)?;
    DynamicImage::from_decoder(decoder).map(drop).map_err(rejection)
}

fn decoder_limits(limits: &InspectionLimits) -> Limits {
    let mut decoder_limits = Limits::default();
    decoder_limits.max_image_width = Some(limits.side_max);
    decoder_limits.max_image_height = Some(limits.side_max);
    decoder_limits.max_alloc = Some(limits.pixel_bytes_max);
    decoder_limits
}

fn rejection(error: ImageError) -> FileRejection {
    match error {
        ImageError::Limits(_) => FileRejection::TooManyPixels,
        _ => FileRejection::Malformed,
    }
}
