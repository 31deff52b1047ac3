//! Reads and writes whole files, for the worker that inspects what customers upload.
//!
//! Files up to [`UPLOAD_BYTES_MAX`] fit into the memory of a function. Larger ones are written in parts
//! ([`crate::Uploads`]).

use std::time::Duration;

use aws_sdk_s3::Client;
use aws_sdk_s3::config::Builder;
use aws_sdk_s3::config::timeout::TimeoutConfig;
use aws_sdk_s3::error::SdkError;
use aws_types::SdkConfig;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::kernel::Error;

use crate::uploads::request_error;
use crate::{FileKey, UPLOAD_BYTES_MAX};

/// Maximum wait for one answer, and for a request with all its attempts. No caller waits for it.
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(6);
const OPERATION_TIMEOUT: Duration = Duration::from_secs(12);

/// The bucket, for whole files. Cheap to clone.
#[derive(Debug, Clone)]
pub struct FileContents {
    client: Client,
    bucket: String,
}

impl FileContents {
    /// Returns the files of this bucket. If the settings have an endpoint, as a stand-in for AWS does, the bucket
    /// is in the path, and otherwise in the host.
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

    /// Returns the bytes of a file; `None` if it does not exist. A role that may not list the bucket gets 403 for
    /// both a file that does not exist and one that it may not read, so 403 is an error.
    ///
    /// # Errors
    /// `Unavailable` if S3 does not answer or refuses; `Internal` if the file has more than [`UPLOAD_BYTES_MAX`] bytes; it is not read.
    pub async fn read(&self, key: &FileKey) -> Result<Option<Vec<u8>>, Error> {
        let request = self.client.get_object().bucket(&self.bucket).key(key.as_str());
        let file = match request.send().await {
            Ok(file) => file,
            Err(SdkError::ServiceError(error)) if error.raw().status().as_u16() == 404 => {
                return Ok(None);
            }
            Err(error) => return Err(request_error(error)),
        };
        let bytes = file.content_length().and_then(|bytes| u64::try_from(bytes).ok());
        if bytes.is_none_or(|bytes| bytes > UPLOAD_BYTES_MAX) {
            let why = format!("{key} has {bytes:?} bytes, more than anyone can upload");
            return Err(Error::internal(why));
        }
        let bytes = file.body.collect().await.map_err(Error::unavailable)?;
        Ok(Some(bytes.to_vec()))
    }

    /// Writes a file. S3 compares it with its SHA-256. The same file can be written again.
    pub async fn write(
        &self,
        key: &FileKey,
        content_type: &str,
        sha256: [u8; 32],
        bytes: Vec<u8>,
    ) -> Result<(), Error> {
        let request = self.client.put_object().bucket(&self.bucket).key(key.as_str());
        let request = request.content_type(content_type).checksum_sha256(STANDARD.encode(sha256));
        request.body(bytes.into()).send().await.map(drop).map_err(request_error)
    }
}
