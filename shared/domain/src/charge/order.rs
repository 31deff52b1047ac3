//! An order of a charge to the network of its method.
use crate::charge::{BoletoOrder, CardOrder};
use crate::ledger::Effects;

/// An order that a change of a charge causes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChargeOrder {
    /// To the bank of its boleto.
    Boleto(BoletoOrder),
    /// To the acquirer of its card.
    Card(CardOrder),
}

/// What a change of a charge causes: entries and events, and an order to the network.
pub type WithOrder = (Effects, Option<ChargeOrder>);
