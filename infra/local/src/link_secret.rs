//! The secret of the bucket: it signs links to files, and the requests of the SDK to the bucket.

use std::fmt;
use std::sync::Arc;

use domain::kernel::Moment;
use jiff::Timestamp;
use runtime::SystemEntropy;

/// Letters and digits of a new secret: 238 bits.
const LENGTH: usize = 40;

/// The secret that signs links to files. Cheap to clone.
#[derive(Clone)]
pub struct LinkSecret(Arc<str>);

impl LinkSecret {
    /// Returns a new secret that cannot be guessed.
    pub fn random() -> Self {
        let moment = Moment::new(Timestamp::UNIX_EPOCH, Arc::new(SystemEntropy));
        Self(moment.base62(LENGTH).into())
    }

    /// Reads the text of an earlier secret. Returns `None` if it is no such text.
    pub fn parse(text: &str) -> Option<Self> {
        let valid = text.len() == LENGTH && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
        valid.then(|| Self(text.into()))
    }

    /// Returns the text, to sign with it or to store it.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for LinkSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LinkSecret")
    }
}
