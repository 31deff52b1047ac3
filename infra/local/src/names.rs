//! The names of the bundle's resources: tables, secrets, queues, the bucket, and the credential.

use stack::AwsResource;

/// The main table.
pub(crate) const TABLE: &str = "trilho";
/// The table of deliveries.
pub(crate) const DELIVERIES_TABLE: &str = "trilho-deliveries";
/// The secret with the pepper.
pub(crate) const PEPPER: &str = "trilho/pepper";
/// The secret that signing secrets are sealed under.
pub(crate) const SIGNING: &str = "trilho/signing";
/// The secret that signs receipts.
pub(crate) const RECEIPT_SIGNING: &str = "trilho/receipt-signing";
/// The queue of first attempts.
pub(crate) const LIVE: &str = "trilho-live";
/// The queue of all later attempts.
pub(crate) const RETRY: &str = "trilho-retry";
/// The queue of payouts and refunds to submit.
pub(crate) const ORDERS: &str = "trilho-orders";
/// The queue of statements to write.
pub(crate) const EXPORTS: &str = "trilho-exports";
/// The queue of uploaded files.
pub(crate) const UPLOADS: &str = "trilho-uploads";
/// The start of every queue's URL; the queue's name follows.
pub(crate) const QUEUE_URL: &str = "http://sqs.local/000000000000/";
/// The start of every queue's ARN; the queue's name follows.
pub(crate) const QUEUE_ARN: &str = "arn:aws:sqs:sa-east-1:000000000000:";
/// The bucket of files.
pub(crate) const BUCKET: &str = "trilho-files";
/// The access key that signs every request of the bundle, and the signer's name where no function
/// runs. Its secret is a [`crate::LinkSecret`].
pub(crate) const CREDENTIAL: &str = "local";

/// Returns the resource that the name of a table or secret, or the URL of a queue, stands for.
pub(crate) fn resource(name: &str) -> Option<AwsResource> {
    match name.strip_prefix(QUEUE_URL).unwrap_or(name) {
        TABLE => Some(AwsResource::Main),
        DELIVERIES_TABLE => Some(AwsResource::Deliveries),
        PEPPER => Some(AwsResource::Pepper),
        SIGNING => Some(AwsResource::Signing),
        RECEIPT_SIGNING => Some(AwsResource::ReceiptSigning),
        LIVE => Some(AwsResource::Live),
        RETRY => Some(AwsResource::Retry),
        ORDERS => Some(AwsResource::Orders),
        EXPORTS => Some(AwsResource::Exports),
        UPLOADS => Some(AwsResource::Uploads),
        _ => None,
    }
}
