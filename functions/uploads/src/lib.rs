//! Inspects the files that customers upload, before they count.
//!
//! A kind of file is a variant of [`files::UploadTarget`] and a file here that reads and writes the row of its
//! object, such as `evidence.rs`. Everything else is the same for every kind.

mod evidence;
mod examination;
mod inspector;
mod kyc_document;
mod owner;

pub mod inspect_uploads;

pub use inspector::Inspector;
