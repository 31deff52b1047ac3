//! Reasons for which an uploaded file does not count.
use crate::kernel::string_enum;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

string_enum! {
    /// Reason for which an uploaded file was rejected.
    FileRejection {
        /// The file is empty or larger than 10 MB.
        InvalidSize = "invalid_size",
        /// The content is not of the announced media type.
        MediaTypeMismatch = "media_type_mismatch",
        /// The content is incomplete, or not valid for its media type.
        Malformed = "malformed",
        /// The document is encrypted or has a password.
        Encrypted = "encrypted",
        /// The document has JavaScript, forms of XFA, or actions that start without a click or leave the document.
        ActiveContent = "active_content",
        /// The document contains another file.
        EmbeddedFile = "embedded_file",
        /// The document has more than 200 pages.
        TooManyPages = "too_many_pages",
        /// The picture has more than 50 million pixels or a side above 20,000.
        TooManyPixels = "too_many_pixels",
        /// The document has too many objects, or expands to too much data.
        TooComplex = "too_complex",
        /// A scanner found malware.
        Malware = "malware",
        /// The inspection did not finish in three attempts.
        InspectionFailed = "inspection_failed",
    }
}
