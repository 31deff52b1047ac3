//! Why a slip could not be made.

use typeset::PdfError;

/// Why a slip could not be made. Each cause is a mistake of ours, because the codes are computed.
#[derive(Debug, thiserror::Error)]
pub enum SlipError {
    /// The barcode does not have 44 digits.
    #[error("the barcode of the slip must have 44 digits")]
    Barcode,
    /// The digitable line does not have 47 digits.
    #[error("the digitable line of the slip must have 47 digits")]
    DigitableLine,
    /// The barcode and the digitable line are of different boletos.
    #[error("the barcode and the digitable line of the slip do not agree")]
    DifferentCodes,
    /// The BR Code is too long for the slip.
    #[error("the BR Code does not fit the QR code of the slip")]
    BrCode,
    /// The PDF could not be made.
    #[error(transparent)]
    Pdf(#[from] PdfError),
}
