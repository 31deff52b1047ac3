//! How a code gets to the beneficiary.

use crate::account::Stage;
use crate::kernel::{Code, Error};

/// How a stage brings a code to the beneficiary. A stage with e-mail adds a variant, and the code that
/// delivers must then handle it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CodeChannel {
    /// The page shows the code, because a sandbox has no e-mail and no real person.
    Page,
}

impl CodeChannel {
    /// Returns the channel of a stage.
    ///
    /// # Errors
    /// `collection_channel` if the stage has no way to send a code.
    pub fn of(stage: Stage) -> Result<Self, Error> {
        match stage {
            Stage::Sandbox => Ok(Self::Page),
            Stage::Live => {
                let detail = "this stage sends no e-mail yet, so no code would reach the beneficiary; use the \
                              sandbox";
                Err(Error::conflict(Code::CollectionChannel, detail))
            }
        }
    }
}
