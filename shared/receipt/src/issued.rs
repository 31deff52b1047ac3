//! A receipt with its signed code.

use crate::code::ReceiptCode;
use crate::keys::ReceiptKeys;
use crate::receipt::Receipt;

/// A receipt with its signed code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IssuedReceipt {
    pub(crate) receipt: Receipt,
    pub(crate) key_version: u32,
    pub(crate) code: String,
    pub(crate) url: String,
}

impl IssuedReceipt {
    /// Returns the signed code.
    pub fn code(&self) -> &str {
        &self.code
    }

    /// Returns the receipt without its code.
    pub fn receipt(&self) -> &Receipt {
        &self.receipt
    }
}

impl Receipt {
    /// Signs the claims, and gives the receipt its code and the URL that confirms it. `origin` is `https://`
    /// and the host of the API.
    pub fn issue(self, keys: &ReceiptKeys, origin: &str) -> IssuedReceipt {
        let code = ReceiptCode::of(&self, keys.current()).sign(keys);
        let url = format!("{origin}/receipts/{code}");
        IssuedReceipt { receipt: self, key_version: keys.current(), code, url }
    }
}
