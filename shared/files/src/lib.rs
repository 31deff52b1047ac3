//! The bucket of files. The only crate that uses aws-sdk-s3.
//!
//! A worker that writes a file gets [`Uploads`]. An operation that shows one gets [`Links`], which
//! signs without sending a request. So the operation waits for no other service and needs no
//! client for one. Our code reads no file.
#![warn(missing_docs)]

mod key;
mod links;
mod uploads;

pub use key::FileKey;
pub use links::{LINK_LIFETIME, Link, Links, SignedUrl};
pub use uploads::{PART_BYTES_MIN, PARTS_MAX, Uploads};
