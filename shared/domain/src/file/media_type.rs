//! Media types of uploaded files.
use crate::kernel::string_enum;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

string_enum! {
    /// Media type of an uploaded file.
    FileMediaType {
        /// A PDF document.
        Pdf = "application/pdf",
        /// A JPEG picture.
        Jpeg = "image/jpeg",
        /// A PNG picture.
        Png = "image/png",
    }
}
