//! Why a PDF could not be made.

/// Why a PDF could not be made. Each cause is a mistake of ours, not of the receipt or slip.
#[derive(Debug, thiserror::Error)]
pub enum PdfError {
    /// A font of ours cannot be read.
    #[error("a font of the PDF cannot be read")]
    Font,
    /// The text of a QR code is too long.
    #[error("a text of the PDF does not fit a QR code")]
    QrCode,
    /// krilla refused the document.
    #[error("the PDF was refused: {0}")]
    Refused(String),
}
