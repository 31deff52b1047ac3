//! The bucket of files. The only crate that uses aws-sdk-s3.
//!
//! A worker that writes a file gets [`Uploads`]. An operation that shows one gets [`Links`], which
//! signs without sending a request. So the operation waits for no other service and needs no
//! client for one. Customers upload files by links too, each for one file ([`UploadTerms`]). Only the
//! worker that inspects uploads reads a file ([`FileContents`]).
#![warn(missing_docs)]

mod file_contents;
mod key;
mod links;
mod upload_links;
mod uploads;

pub use file_contents::FileContents;
pub use key::{FileKey, UploadTarget};
pub use links::{LINK_LIFETIME, Link, Links, SignedUrl, VIEW_LIFETIME};
pub use upload_links::{UPLOAD_BYTES_MAX, UploadLink, UploadTerms};
pub use uploads::{PART_BYTES_MIN, PARTS_MAX, Uploads};
