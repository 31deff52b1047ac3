//! One return code of ABECS.

/// A return code of ABECS: why an issuer or a brand refused an authorisation.
#[derive(Debug, PartialEq, Eq, Hash)]
pub struct AbecsReason {
    pub(super) code: &'static str,
    pub(super) meaning: &'static str,
    pub(super) is_retriable: bool,
}

impl AbecsReason {
    /// Returns the code, such as `51`.
    pub fn code(&self) -> &'static str {
        self.code
    }

    /// Returns the meaning, as a sentence.
    pub fn meaning(&self) -> &'static str {
        self.meaning
    }

    /// Returns true if the code is reversible: another authorisation of the same card can succeed. After
    /// an irreversible code the issuer never authorises, and brands charge for every further attempt.
    pub fn is_retriable(&self) -> bool {
        self.is_retriable
    }
}
