//! Attribute and index names.

/// Partition key.
pub const PK: &str = "pk";
/// Sort key.
pub const SK: &str = "sk";
/// Seconds since 1970 after which DynamoDB may remove the row. The code never relies on the
/// removal.
pub const TTL: &str = "ttl";
/// Type of the row, for the stream and for people. No field of an item has this name.
pub const ROW: &str = "row_kind";
/// Version of a row that is replaced.
pub(crate) const VERSION: &str = "version";
/// Compressed fields of a row, of the types that have [`Item::PLAIN_FIELDS`](crate::Item::PLAIN_FIELDS).
pub const PACKED: &str = "packed";
/// Index of objects of an account by status; for deliveries, those that are not delivered.
pub const BY_STATUS: &str = "by_status";
/// Index of rows that wait for the scheduler, by time.
pub const BY_DUE: &str = "by_due";
/// Partition and sort key of [`BY_STATUS`].
pub const STATUS_KEYS: (&str, &str) = ("status_pk", "status_sk");
/// Partition and sort key of [`BY_DUE`].
pub const DUE_KEYS: (&str, &str) = ("due_pk", "due_sk");
