//! A change of name, reference and notes of a saved beneficiary.

use std::collections::BTreeMap;

/// New values of a beneficiary; an absent value stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BeneficiaryChange {
    /// New name.
    pub name: Option<String>,
    /// New caller's own id; `Some(None)` removes it.
    pub reference: Option<Option<String>>,
    /// New notes, which replace all others.
    pub metadata: Option<BTreeMap<String, String>>,
}
