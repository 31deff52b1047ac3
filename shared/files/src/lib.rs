//! The bucket of files. The only crate that uses aws-sdk-s3.
//!
//! Who writes a file is given [`Uploads`]; who may hand one out is given [`Links`], which signs by
//! itself and sends nothing: an operation waits for no further service, and carries no client of one.
//! No file is read by us.
#![warn(missing_docs)]

mod key;
mod links;
mod uploads;

pub use key::FileKey;
pub use links::{LINK_LIFETIME, Link, Links, SignedUrl};
pub use uploads::{PART_BYTES_MIN, PARTS_MAX, Uploads};
