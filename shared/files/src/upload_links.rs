//! Links with which a customer uploads one file, straight to the bucket.
//!
//! The signature covers the key, the size, the media type and the SHA-256 of the file. S3 refuses every other
//! request, and compares the body with the checksum before it stores the file. So a file that is there is the file
//! that was announced, and a later upload by the same link cannot change it.
//! <https://docs.aws.amazon.com/AmazonS3/latest/userguide/PresignedUrlUploadObject.html>

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::kernel::Error;
use jiff::Timestamp;

use crate::links::LINK_LIFETIME;
use crate::{FileKey, Links, SignedUrl};

/// Most bytes of a file that a customer uploads.
pub const UPLOAD_BYTES_MAX: u64 = 10 * 1024 * 1024;

/// What a file must be so that a link uploads it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UploadTerms<'a> {
    /// Media type, which the file has for everyone who reads it.
    pub content_type: &'a str,
    /// Size in bytes, 1 to [`UPLOAD_BYTES_MAX`].
    pub bytes: u64,
    /// SHA-256 of the file.
    pub sha256: [u8; 32],
}

/// A link that uploads one file.
#[derive(Debug, Clone)]
pub struct UploadLink {
    /// URL that a PUT of the file goes to.
    pub url: SignedUrl,
    /// Headers that the PUT must have, with exactly these values.
    pub headers: Vec<(&'static str, String)>,
    /// Time at which the link expires.
    pub expires_at: Timestamp,
}

impl Links {
    /// Returns a link that uploads this file and no other.
    ///
    /// # Errors
    /// `Internal` if the size is not 1 to [`UPLOAD_BYTES_MAX`]; callers check it before.
    pub async fn upload_link(
        &self,
        key: &FileKey,
        terms: UploadTerms<'_>,
        now: Timestamp,
    ) -> Result<UploadLink, Error> {
        if terms.bytes == 0 || terms.bytes > UPLOAD_BYTES_MAX {
            let why = format!("a file of {} bytes must not be uploaded", terms.bytes);
            return Err(Error::internal(why));
        }
        let headers = vec![
            ("content-length", terms.bytes.to_string()),
            ("content-type", terms.content_type.to_owned()),
            ("x-amz-checksum-sha256", STANDARD.encode(terms.sha256)),
        ];
        let (url, expires_at) =
            self.sign("PUT", self.plain_url(key), &headers, (now, LINK_LIFETIME)).await?;
        Ok(UploadLink { url, headers, expires_at })
    }
}

#[cfg(test)]
mod tests {
    use aws_credential_types::Credentials;
    use aws_credential_types::provider::SharedCredentialsProvider;
    use aws_types::SdkConfig;
    use aws_types::region::Region;
    use domain::kernel::{AccountId, DisputeId, EvidenceId, Id};
    use ulid::Ulid;

    use super::*;

    async fn link(bytes: u64) -> Result<UploadLink, Error> {
        let credentials = Credentials::new("AKIAIOSFODNN7EXAMPLE", "a secret", None, None, "tests");
        let aws = SdkConfig::builder()
            .credentials_provider(SharedCredentialsProvider::new(credentials))
            .region(Region::new("sa-east-1"))
            .build();
        let ids = [1, 2, 3].map(|number| Ulid::from_parts(1, number));
        let key = FileKey::evidence(
            AccountId::from_ulid(ids[0]),
            DisputeId::from_ulid(ids[1]),
            EvidenceId::from_ulid(ids[2]),
        );
        let now = "2026-11-23T12:00:00.9Z".parse().expect("a timestamp");
        let terms = UploadTerms { content_type: "application/pdf", bytes, sha256: [7; 32] };
        Links::new(&aws, "files").upload_link(&key, terms, now).await
    }

    #[tokio::test]
    async fn a_link_is_for_one_key_size_type_and_checksum() {
        let link = link(1_234).await.expect("a link");
        let url = link.url.expose();
        let key = "/evidence/acc_00000000010000000000000001/dsp_00000000010000000000000002/\
            evd_00000000010000000000000003?";
        assert!(
            url.starts_with(&format!("https://files.s3.sa-east-1.amazonaws.com{key}")),
            "{url}"
        );
        let signed =
            "X-Amz-SignedHeaders=content-length%3Bcontent-type%3Bhost%3Bx-amz-checksum-sha256";
        assert!(url.contains(signed) && url.contains("X-Amz-Expires=900"), "{url}");
        let headers: Vec<_> = link.headers.iter().map(|(_, value)| value.as_str()).collect();
        let checksum = "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=";
        assert_eq!(headers, ["1234", "application/pdf", checksum]);
        assert_eq!(link.expires_at.to_string(), "2026-11-23T12:15:00Z");
        assert!(!format!("{link:?}").contains("X-Amz-Signature"));
    }

    #[tokio::test]
    async fn no_link_uploads_nothing_or_too_much() {
        for (bytes, is_link) in [(0, false), (1, true), (10_485_760, true), (10_485_761, false)] {
            assert_eq!(link(bytes).await.is_ok(), is_link, "{bytes}");
        }
    }
}
