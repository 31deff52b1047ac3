//! Why a code confirms nothing.

/// Why a code confirms nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CodeError {
    /// The text is not a code.
    #[error("the text is not a code of a receipt")]
    Form,
    /// No key has this version.
    #[error("there is no key of version {0}")]
    UnknownKey(u32),
    /// The signature is not of this key and these bytes.
    #[error("the signature does not match")]
    Signature,
}
