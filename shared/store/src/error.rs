//! Maps errors of DynamoDB to errors of the domain.

use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use domain::kernel::Error;

/// Codes after which the table did nothing and the same request may be sent again.
const RETRYABLE: &[&str] = &[
    "InternalServerError",
    "LimitExceededException",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "ServiceUnavailable",
    "ThrottlingException",
    "TransactionConflictException",
    "TransactionInProgressException",
];

/// Returns true if the request may be sent again with the same token: the table did nothing, or
/// its outcome is unknown.
pub(crate) fn is_retryable<E: ProvideErrorMetadata, R>(error: &SdkError<E, R>) -> bool {
    match error {
        SdkError::ServiceError(error) => {
            error.err().code().is_none_or(|code| RETRYABLE.contains(&code))
        }
        SdkError::TimeoutError(_) | SdkError::DispatchFailure(_) | SdkError::ResponseError(_) => {
            true
        }
        _ => false,
    }
}

/// Maps the error of a single read or write.
pub(crate) fn request_error<E, R>(error: SdkError<E, R>) -> Error
where
    E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
    R: std::fmt::Debug + Send + Sync + 'static,
{
    if is_retryable(&error) { Error::unavailable(error) } else { Error::internal(error) }
}
