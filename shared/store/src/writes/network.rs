//! Steps on what the directory of Pix keys answered.

use domain::kernel::Error;
use domain::network::KnownKey;

use super::{OnConditionFailed, Writes};

impl Writes {
    /// Remembers what the directory said of a key, over what it said before: the last to ask is
    /// right.
    #[must_use]
    pub fn save_known_key(self, known: &KnownKey) -> Self {
        self.put(known, 1, None, Vec::new(), OnConditionFailed::Fail(Error::Stale))
    }
}
