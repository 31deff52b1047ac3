//! Steps on the answers of the Pix key directory.

use domain::kernel::Error;
use domain::network::CachedKeyOwner;

use super::{OnConditionFailed, Writes};

impl Writes {
    /// Stores the answer of the directory for a key. The last answer replaces earlier ones.
    #[must_use]
    pub fn save_known_key(self, known_key: &CachedKeyOwner) -> Self {
        self.put(known_key, 1, None, Vec::new(), OnConditionFailed::Fail(Error::Stale))
    }
}
