//! Writes a file in parts, so that its written parts survive the worker.
//!
//! The SDK adds a CRC-32 to each part, and S3 checks it before it answers. At the end the caller
//! names the entity tags of the parts, and S3 builds the object only from these. For our
//! encryption (SSE-S3) a tag is the MD5 of what arrived. S3 also stores a checksum of the whole
//! file (CRC-64/NVME).
//! <https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity.html>

use std::error::Error as StdError;
use std::time::Duration;

use aws_sdk_s3::Client;
use aws_sdk_s3::config::Builder;
use aws_sdk_s3::config::timeout::TimeoutConfig;
use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{CompletedMultipartUpload, CompletedPart};
use aws_types::SdkConfig;
use domain::kernel::Error;

use crate::FileKey;

/// Minimum bytes of a part, except the last (S3, "Amazon S3 multipart upload limits").
pub const PART_BYTES_MIN: usize = 5 * 1024 * 1024;
/// Maximum number of parts of a file.
pub const PARTS_MAX: usize = 10_000;

/// Maximum wait for one answer. A part of 8 MB takes a second at the rate of a small function, and
/// S3 completes an object in seconds. No customer waits for it.
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(20);
/// Maximum wait for a request with all its attempts: less than the two minutes of the lease on an
/// export.
const OPERATION_TIMEOUT: Duration = Duration::from_secs(70);

/// Codes with a status below 500 after which the same request may be sent again.
const RETRYABLE: &[&str] = &[
    "OperationAborted",
    "RequestTimeout",
    "RequestTimeTooSkewed",
    "SlowDown",
    "ThrottlingException",
    "TooManyRequestsException",
];
const NO_SUCH_UPLOAD: &str = "NoSuchUpload";

/// The bucket and the client for it. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Uploads {
    client: Client,
    bucket: String,
}

impl Uploads {
    /// Returns the uploads of this bucket. If the settings have an endpoint, as a stand-in for AWS
    /// does, the bucket is in the path, and otherwise in the host.
    pub fn new(aws: &SdkConfig, bucket: &str) -> Self {
        let timeouts = aws.timeout_config().cloned().unwrap_or_else(TimeoutConfig::disabled);
        let timeouts = timeouts
            .to_builder()
            .operation_attempt_timeout(ATTEMPT_TIMEOUT)
            .operation_timeout(OPERATION_TIMEOUT)
            .build();
        let in_path = aws.endpoint_url().is_some();
        let config = Builder::from(aws).timeout_config(timeouts).force_path_style(in_path).build();
        Self { client: Client::from_conf(config), bucket: bucket.to_owned() }
    }

    /// Begins a file; returns the id of the upload. An upload that is never completed costs money
    /// until the bucket's lifecycle rule removes it.
    pub async fn begin(&self, key: &FileKey, content_type: &str) -> Result<String, Error> {
        let request = self.client.create_multipart_upload().bucket(&self.bucket).key(key.as_str());
        let begun = request.content_type(content_type).send().await.map_err(request_error)?;
        let id = begun.upload_id.filter(|id| !id.is_empty());
        id.ok_or_else(|| Error::internal("S3 began an upload without an id"))
    }

    /// Adds the part of this number, from 1; returns its entity tag. A repeated part replaces the
    /// first one.
    ///
    /// # Errors
    /// `NotFound` if the upload was completed or removed.
    pub async fn add(
        &self,
        key: &FileKey,
        upload_id: &str,
        number: i32,
        bytes: impl Into<ByteStream>,
    ) -> Result<String, Error> {
        let request = self.client.upload_part().bucket(&self.bucket).key(key.as_str());
        let request = request.upload_id(upload_id).part_number(number).body(bytes.into());
        let added = request.send().await.map_err(request_error)?;
        let tag = added.e_tag.filter(|tag| !tag.is_empty());
        tag.ok_or_else(|| Error::internal("S3 accepted a part without an entity tag"))
    }

    /// Completes the file from the parts with these tags, in this order, `bytes` in total. It also
    /// succeeds if an earlier call completed the file and its answer was lost. Then the upload is
    /// gone and the file exists.
    ///
    /// # Errors
    /// `NotFound` if the upload is gone and no file of this size exists.
    pub async fn complete(
        &self,
        key: &FileKey,
        upload_id: &str,
        etags: &[String],
        bytes: u64,
    ) -> Result<(), Error> {
        let parts = (1..)
            .zip(etags)
            .map(|(number, etag)| CompletedPart::builder().part_number(number).e_tag(etag).build());
        let upload = CompletedMultipartUpload::builder().set_parts(Some(parts.collect())).build();
        let request = self.client.complete_multipart_upload().bucket(&self.bucket);
        let request = request.key(key.as_str()).upload_id(upload_id).multipart_upload(upload);
        match request.send().await {
            Ok(_) => Ok(()),
            Err(error) if error.code() == Some(NO_SUCH_UPLOAD) => {
                if self.size(key).await? == Some(bytes) {
                    Ok(())
                } else {
                    Err(request_error(error))
                }
            }
            Err(error) => Err(request_error(error)),
        }
    }

    /// Returns the bytes of the file; `None` if it does not exist.
    async fn size(&self, key: &FileKey) -> Result<Option<u64>, Error> {
        let request = self.client.head_object().bucket(&self.bucket).key(key.as_str());
        match request.send().await {
            Ok(head) => Ok(head.content_length().and_then(|bytes| u64::try_from(bytes).ok())),
            // S3 answers 404 only to callers that may list the bucket, and no role may.
            Err(SdkError::ServiceError(error))
                if matches!(error.raw().status().as_u16(), 403 | 404) =>
            {
                Ok(None)
            }
            Err(error) => Err(request_error(error)),
        }
    }
}

/// Maps an error of S3 to an error of the domain.
pub(crate) fn request_error<E>(error: SdkError<E>) -> Error
where
    E: ProvideErrorMetadata + StdError + Send + Sync + 'static,
{
    if error.code() == Some(NO_SUCH_UPLOAD) {
        return Error::NotFound("upload");
    }
    if is_retryable(&error) { Error::unavailable(error) } else { Error::internal(error) }
}

/// Returns true if the request may be sent again: S3 did nothing, or its outcome is unknown.
fn is_retryable<E: ProvideErrorMetadata>(error: &SdkError<E>) -> bool {
    match error {
        SdkError::ServiceError(service) => {
            let status = service.raw().status().as_u16();
            let code = service.err().code();
            status >= 500 || status == 429 || code.is_some_and(|code| RETRYABLE.contains(&code))
        }
        SdkError::TimeoutError(_) | SdkError::DispatchFailure(_) | SdkError::ResponseError(_) => {
            true
        }
        _ => false,
    }
}
