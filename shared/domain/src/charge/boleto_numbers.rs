//! The numbers of the boletos of an account.
use crate::kernel::AccountId;
use serde::{Deserialize, Serialize};

/// The last number of a boleto of an account. A number is taken in the transaction that opens its charge,
/// at the version that was read. So no number is given twice, and none is left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BoletoNumbers {
    /// Account of the boletos.
    pub account_id: AccountId,
    /// Last number; 0 before the first boleto.
    pub last_number: u64,
    /// Number of changes so far.
    pub version: u64,
}

impl BoletoNumbers {
    /// Returns the numbers of an account without boletos.
    pub const fn unused(account_id: AccountId) -> Self {
        Self { account_id, last_number: 0, version: 0 }
    }

    /// Takes the next number.
    pub const fn take(&mut self) -> u64 {
        self.last_number += 1;
        self.last_number
    }
}
