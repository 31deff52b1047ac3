//! Files that customers upload: what they may be, and what an inspection of their content found.

mod inspection;
mod media_type;
mod rejection;

pub use inspection::{
    AcceptedFile, FileInspection, FileInspectionView, FileStatus, INSPECTION_ATTEMPTS_MAX,
    InspectionStart,
};
pub use media_type::FileMediaType;
pub use rejection::FileRejection;
