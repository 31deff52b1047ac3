//! Names in PDFs that mean active content or another file (ISO 32000-1, 12.6 and 7.11.4).

use domain::file::FileRejection;

/// Actions that run a program or a script, leave the document, or send data without a word of the reader's.
/// `GoTo`, `URI` and `Named` stay: they need a click, and viewers show where a URI leads.
const ACTIONS: &[&[u8]] = &[
    b"GoTo3DView",
    b"GoToE",
    b"GoToR",
    b"ImportData",
    b"JavaScript",
    b"Launch",
    b"Movie",
    b"Rendition",
    b"RichMediaExecute",
    b"Sound",
    b"SubmitForm",
];
/// Annotations that play or run their content.
const ANNOTATIONS: &[&[u8]] = &[b"3D", b"Movie", b"RichMedia", b"Screen", b"Sound"];

/// Returns why a dictionary must not have this key, whatever its value is.
pub(crate) fn refused_key(key: &[u8]) -> Option<FileRejection> {
    match key {
        b"AA" | b"JS" | b"JavaScript" | b"RichMediaContent" | b"XFA" => {
            Some(FileRejection::ActiveContent)
        }
        b"EF" | b"EmbeddedFiles" => Some(FileRejection::EmbeddedFile),
        b"Encrypt" => Some(FileRejection::Encrypted),
        _ => None,
    }
}

/// Returns why a dictionary must not have this name as the value of this key.
pub(crate) fn refused_pair(key: &[u8], name: &[u8]) -> Option<FileRejection> {
    match key {
        b"S" if ACTIONS.contains(&name) => Some(FileRejection::ActiveContent),
        b"Subtype" if ANNOTATIONS.contains(&name) => Some(FileRejection::ActiveContent),
        b"Subtype" if name == b"FileAttachment" => Some(FileRejection::EmbeddedFile),
        b"Type" if name == b"EmbeddedFile" => Some(FileRejection::EmbeddedFile),
        _ => None,
    }
}
