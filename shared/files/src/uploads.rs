//! Writes a file in parts, so that what is written of it outlives whoever writes it.
//!
//! On its way each part carries a CRC-32, which the SDK adds by itself and S3 checks before it answers;
//! an object is made only of the parts whose entity tags are named at the end, which for our encryption
//! (SSE-S3) are the MD5 of what arrived. S3 keeps a checksum of the whole (CRC-64/NVME) beside it.
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

/// The least that a part holds, unless it is the last (S3, "Amazon S3 multipart upload limits").
pub const PART_BYTES_MIN: usize = 5 * 1024 * 1024;
/// The most parts of a file.
pub const PARTS_MAX: usize = 10_000;

/// Longest wait for one answer: a part of 8 MB takes a second at the rate of a small function, and an
/// object is put together in seconds. Nobody waits for us.
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(20);
/// Longest wait for a request with all its attempts: less than the two minutes for which somebody who
/// writes an export holds it.
const OPERATION_TIMEOUT: Duration = Duration::from_secs(70);

/// Codes after which the same request may be sent again though its status is not 500 or more.
const RETRYABLE: &[&str] = &[
    "OperationAborted",
    "RequestTimeout",
    "RequestTimeTooSkewed",
    "SlowDown",
    "ThrottlingException",
    "TooManyRequestsException",
];
const NO_SUCH_UPLOAD: &str = "NoSuchUpload";

/// The bucket and the client that reaches it. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Uploads {
    client: Client,
    bucket: String,
}

impl Uploads {
    /// Into this bucket. With an endpoint of its own in the settings, which a stand-in for AWS has, the
    /// bucket is named in the path, and otherwise in the host.
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

    /// Begins a file; answers the upload's id. What is begun and never ended costs money until the
    /// bucket's lifecycle rule sweeps it away.
    pub async fn begin(&self, key: &FileKey, content_type: &str) -> Result<String, Error> {
        let request = self.client.create_multipart_upload().bucket(&self.bucket).key(key.as_str());
        let begun = request.content_type(content_type).send().await.map_err(request_error)?;
        let id = begun.upload_id.filter(|id| !id.is_empty());
        id.ok_or_else(|| Error::internal("S3 began an upload and did not name it"))
    }

    /// Adds the part of this number, from 1 on; answers its entity tag. A part that is sent again takes
    /// the place of the first. `NotFound` when the upload was completed or swept away.
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
        tag.ok_or_else(|| Error::internal("S3 took a part and did not tag it"))
    }

    /// Makes the file of the parts with these tags, in this order, `bytes` in all. Also well when an
    /// earlier call did so and its answer was lost: then the upload is gone and the file is there.
    /// `NotFound` when the upload is gone and no file of this size is there.
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

    /// How many bytes the file has, if it is there.
    async fn size(&self, key: &FileKey) -> Result<Option<u64>, Error> {
        let request = self.client.head_object().bucket(&self.bucket).key(key.as_str());
        match request.send().await {
            Ok(head) => Ok(head.content_length().and_then(|bytes| u64::try_from(bytes).ok())),
            // S3 says 404 only to those who may list the bucket, and no role may.
            Err(SdkError::ServiceError(error))
                if matches!(error.raw().status().as_u16(), 403 | 404) =>
            {
                Ok(None)
            }
            Err(error) => Err(request_error(error)),
        }
    }
}

/// What a refusal means to us.
fn request_error<E>(error: SdkError<E>) -> Error
where
    E: ProvideErrorMetadata + StdError + Send + Sync + 'static,
{
    if error.code() == Some(NO_SUCH_UPLOAD) {
        return Error::NotFound("upload");
    }
    if is_retryable(&error) { Error::unavailable(error) } else { Error::internal(error) }
}

/// Whether the request may be sent again: S3 did nothing, or it is not known what it did.
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
