//! Compressed attributes: a row of less than a kilobyte costs half of one that is larger (docs/adr/0034).
//!
//! The form is that of zlib (RFC 1950) with a dictionary: texts of typical rows and replies, without their
//! values. A text of one kilobyte becomes about 300 bytes with it, and 550 without. The form names its
//! dictionary by checksum, and ends with a checksum of the text. Python reads it with
//! `zlib.decompressobj(zdict=open("dictionary_1.txt", "rb").read())`.

use domain::kernel::Error;
use flate2::{Compress, Compression, Decompress, FlushCompress, FlushDecompress, Status};

/// The dictionary of all rows. It must never change, because stored rows need it: a better one has a file
/// of its own, and [`decompress`] knows both.
const DICTIONARY: &[u8] = include_bytes!("packed/dictionary_1.txt");
/// Bytes of header, two checksums and the end.
const OVERHEAD: usize = 32;
/// Bytes that a decompressed text may have: more than those of any row or reply.
const SIZE_MAX: usize = 16 * 1024 * 1024;

/// Returns the compressed form of a text.
pub fn compress(text: &[u8]) -> Vec<u8> {
    let mut stream = Compress::new(Compression::best(), true);
    stream.set_dictionary(DICTIONARY).expect("a new stream takes a dictionary");
    let mut packed = Vec::with_capacity(text.len() / 2 + OVERHEAD);
    loop {
        let rest = &text[position(stream.total_in())..];
        let status = stream.compress_vec(rest, &mut packed, FlushCompress::Finish);
        if status.expect("the stream is in order") == Status::StreamEnd {
            return packed;
        }
        packed.reserve(text.len() + OVERHEAD);
    }
}

/// Returns the text of a compressed form.
///
/// # Errors
/// Returns an internal error if the bytes are not what [`compress`] returned.
pub fn decompress(packed: &[u8]) -> Result<Vec<u8>, Error> {
    let mut stream = Decompress::new(true);
    let mut text = Vec::with_capacity(packed.len() * 4 + OVERHEAD);
    loop {
        let rest = &packed[position(stream.total_in())..];
        match stream.decompress_vec(rest, &mut text, FlushDecompress::Finish) {
            Ok(Status::StreamEnd) => return Ok(text),
            Err(cause) if cause.needs_dictionary().is_some() => {
                stream.set_dictionary(DICTIONARY).map_err(Error::internal)?;
            }
            Ok(_) if text.len() == text.capacity() && text.len() < SIZE_MAX => {
                text.reserve(text.len());
            }
            Ok(_) => return Err(Error::internal("a compressed attribute is cut off")),
            Err(cause) => return Err(Error::internal(cause)),
        }
    }
}

fn position(total: u64) -> usize {
    usize::try_from(total).expect("the text is in memory")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_comes_back_and_a_changed_form_is_refused() {
        let random: Vec<u8> =
            (0..100_000_u32).map(|it| (it.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
        let repeated = "{\"status\":\"pending\"}".repeat(20_000);
        for text in [b"".as_slice(), b"{}", repeated.as_bytes(), &random] {
            let packed = compress(text);
            assert!(packed.len() <= text.len() + text.len() / 1_000 + OVERHEAD);
            assert_eq!(decompress(&packed).expect("its own form"), text);
            assert!(decompress(&packed[..packed.len() - 1]).is_err(), "cut off");
            let mut changed = packed;
            *changed.last_mut().expect("a byte") ^= 1;
            assert!(decompress(&changed).is_err(), "changed");
        }
    }

    #[test]
    fn the_dictionary_is_the_one_that_stored_rows_need() {
        let mut stream = Compress::new(Compression::best(), true);
        let checksum = stream.set_dictionary(DICTIONARY).expect("a dictionary");
        assert_eq!(
            checksum, 580_472_055,
            "dictionary_1.txt changed; stored rows cannot be read without it"
        );
    }
}
