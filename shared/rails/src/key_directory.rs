//! The directory of Pix keys. It is a rail of its own, so that a caller who may look keys up cannot
//! submit orders.

use brazil::{Bank, BankAccountKind, Document, PixKey};
use jiff::Timestamp;

use crate::network::RailFuture;

/// A Pix key in the directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DirectoryEntry {
    /// Name of the owner.
    pub owner_name: String,
    /// CPF or CNPJ of the owner.
    pub owner_document: Document,
    /// Institution of the owner's account.
    pub bank: &'static Bank,
    /// Kind of the owner's account.
    pub account_kind: BankAccountKind,
}

/// A directory of Pix keys.
pub trait KeyDirectory: Send + Sync {
    /// Looks up the owner of a Pix key at this time. Returns `None` if the directory does not have the key.
    fn look_up<'a>(
        &'a self,
        key: &'a PixKey,
        now: Timestamp,
    ) -> RailFuture<'a, Option<DirectoryEntry>>;
}
