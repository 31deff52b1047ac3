//! The errors of SQS.

/// A kind of error: its shape in the JSON protocol and its code in the older query protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ErrorKind {
    pub(super) shape: &'static str,
    pub(super) code: &'static str,
}

macro_rules! kinds {
    ($($name:ident = $shape:literal, $code:literal;)*) => {
        $(pub(super) const $name: ErrorKind = ErrorKind { shape: $shape, code: $code };)*
    };
}

kinds! {
    QUEUE_DOES_NOT_EXIST =
        "com.amazonaws.sqs#QueueDoesNotExist", "AWS.SimpleQueueService.NonExistentQueue";
    QUEUE_NAME_EXISTS = "com.amazonaws.sqs#QueueNameExists", "QueueAlreadyExists";
    INVALID_ATTRIBUTE_NAME = "com.amazonaws.sqs#InvalidAttributeName", "InvalidAttributeName";
    INVALID_ATTRIBUTE_VALUE = "com.amazonaws.sqs#InvalidAttributeValue", "InvalidAttributeValue";
    EMPTY_BATCH_REQUEST =
        "com.amazonaws.sqs#EmptyBatchRequest", "AWS.SimpleQueueService.EmptyBatchRequest";
    TOO_MANY_ENTRIES = "com.amazonaws.sqs#TooManyEntriesInBatchRequest",
        "AWS.SimpleQueueService.TooManyEntriesInBatchRequest";
    IDS_NOT_DISTINCT = "com.amazonaws.sqs#BatchEntryIdsNotDistinct",
        "AWS.SimpleQueueService.BatchEntryIdsNotDistinct";
    INVALID_ENTRY_ID =
        "com.amazonaws.sqs#InvalidBatchEntryId", "AWS.SimpleQueueService.InvalidBatchEntryId";
    BATCH_TOO_LONG =
        "com.amazonaws.sqs#BatchRequestTooLong", "AWS.SimpleQueueService.BatchRequestTooLong";
    INVALID_CONTENTS = "com.amazonaws.sqs#InvalidMessageContents", "InvalidMessageContents";
    RECEIPT_HANDLE_IS_INVALID =
        "com.amazonaws.sqs#ReceiptHandleIsInvalid", "ReceiptHandleIsInvalid";
    NOT_IN_FLIGHT =
        "com.amazonaws.sqs#MessageNotInflight", "AWS.SimpleQueueService.MessageNotInflight";
    OVER_LIMIT = "com.amazonaws.sqs#OverLimit", "OverLimit";
    PURGE_IN_PROGRESS =
        "com.amazonaws.sqs#PurgeQueueInProgress", "AWS.SimpleQueueService.PurgeQueueInProgress";
    UNSUPPORTED =
        "com.amazonaws.sqs#UnsupportedOperation", "AWS.SimpleQueueService.UnsupportedOperation";
    INVALID_PARAMETER_VALUE =
        "com.amazon.coral.service#InvalidParameterValueException", "InvalidParameterValue";
    MISSING_PARAMETER =
        "com.amazon.coral.service#MissingRequiredParameterException", "MissingParameter";
    SERIALIZATION = "com.amazon.coral.service#SerializationException", "SerializationException";
}

/// An error of a whole request, or of one entry of a batch.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct QueueError {
    pub(super) kind: ErrorKind,
    pub(super) message: String,
}

impl QueueError {
    pub(super) fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into() }
    }

    /// Returns `InvalidParameterValue` with the text of SQS.
    pub(super) fn parameter(
        name: &str,
        value: impl std::fmt::Display,
        reason: impl std::fmt::Display,
    ) -> Self {
        let message = format!("Value {value} for parameter {name} is invalid. Reason: {reason}");
        Self::new(INVALID_PARAMETER_VALUE, message)
    }
}
