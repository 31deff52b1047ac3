//! A PDF document that follows PDF/UA-1.
//!
//! krilla checks the rules of PDF/UA that a program can check, and refuses a file that breaks one.

use krilla::configure::{Accessibility, ConfigurationBuilder};
use krilla::metadata::{DateTime, Metadata};
use krilla::{Document, SerializeSettings};

use crate::pdf_error::PdfError;

/// Language of every text.
pub const LANGUAGE: &str = "pt-BR";

/// Returns an empty document in Portuguese. Its id follows from `id` and its content, so equal content has
/// equal bytes.
///
/// # Errors
/// [`PdfError::Refused`] if krilla does not know the rules of PDF/UA.
pub fn accessible_document(
    title: String,
    created_at: DateTime,
    id: String,
) -> Result<Document, PdfError> {
    let validator = ConfigurationBuilder::new().with_accessibility_validator(Accessibility::UA1);
    let configuration =
        validator.finish().map_err(|error| PdfError::Refused(format!("{error:?}")))?;
    let settings = SerializeSettings { configuration, ..SerializeSettings::default() };
    let mut document = Document::new_with(settings);
    document.set_metadata(
        Metadata::new()
            .title(title)
            .language(LANGUAGE.to_owned())
            .creator("Trilho".to_owned())
            .creation_date(created_at)
            .document_id(id),
    );
    Ok(document)
}

/// Returns the bytes of a document.
///
/// # Errors
/// [`PdfError::Refused`] if the document breaks a rule of PDF/UA.
pub fn finish(document: Document) -> Result<Vec<u8>, PdfError> {
    document.finish().map_err(|error| PdfError::Refused(format!("{error:?}")))
}

/// Returns a time in UTC from its year, month, day, hour, minute and second.
pub fn pdf_time(year: i16, [month, day, hour, minute, second]: [i8; 5]) -> DateTime {
    let small = |number: i8| u8::try_from(number).unwrap_or_default();
    DateTime::new(u16::try_from(year).unwrap_or_default())
        .month(small(month))
        .day(small(day))
        .hour(small(hour))
        .minute(small(minute))
        .second(small(second))
        .utc_offset_hour(0)
        .utc_offset_minute(0)
}
