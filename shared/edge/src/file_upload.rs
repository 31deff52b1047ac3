//! A file that a caller announces, and the link that uploads it.

use domain::kernel::{Error, Flaw, Violation};
use files::{UPLOAD_BYTES_MAX, UploadLink};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

/// A link that uploads one file.
#[derive(Serialize, JsonSchema)]
pub struct FileUpload {
    /// Method of the request; always `PUT`. Its body is the file.
    method: &'static str,
    /// URL of the request.
    url: String,
    /// Headers that the request must have, with exactly these values.
    headers: Vec<UploadHeader>,
    /// Time at which the link expires.
    #[serde(serialize_with = "domain::kernel::milliseconds")]
    expires_at: Timestamp,
}

/// A header of an upload.
#[derive(Serialize, JsonSchema)]
pub struct UploadHeader {
    /// Name of the header.
    name: &'static str,
    /// Value of the header.
    value: String,
}

impl From<UploadLink> for FileUpload {
    fn from(link: UploadLink) -> Self {
        let headers = link.headers.into_iter().map(|(name, value)| UploadHeader { name, value });
        Self {
            method: "PUT",
            url: link.url.expose().to_owned(),
            headers: headers.collect(),
            expires_at: link.expires_at,
        }
    }
}

/// Returns the violations of the size and the checksum of an announced file.
pub fn upload_flaws(size_bytes: u64, sha256: &str) -> Vec<Violation> {
    let size = (!(1..=UPLOAD_BYTES_MAX).contains(&size_bytes)).then(|| {
        let detail = format!("a file must have 1 to {UPLOAD_BYTES_MAX} bytes");
        Violation::new("size_bytes", Flaw::OutOfRange, detail)
    });
    let sha256 = (!is_sha256(sha256)).then(|| {
        let detail = "a SHA-256 has 64 hexadecimal digits in lower case";
        Violation::new("sha256", Flaw::InvalidFormat, detail)
    });
    [size, sha256].into_iter().flatten().collect()
}

/// Returns the bytes of a SHA-256 of 64 hexadecimal digits.
pub fn sha256_bytes(text: &str) -> Result<[u8; 32], Error> {
    let bytes = text.as_bytes().chunks(2).map(|pair| {
        let pair = std::str::from_utf8(pair).map_err(Error::internal)?;
        u8::from_str_radix(pair, 16).map_err(Error::internal)
    });
    let bytes: Vec<u8> = bytes.collect::<Result<_, _>>()?;
    bytes.try_into().map_err(|_| Error::internal("a SHA-256 has 32 bytes"))
}

fn is_sha256(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_checksum_is_sixty_four_digits_in_lower_case() {
        assert!(is_sha256(&"0f".repeat(32)));
        for wrong in ["0F".repeat(32), "0f".repeat(31), "0g".repeat(32), String::new()] {
            assert!(!is_sha256(&wrong), "{wrong}");
        }
    }
}
