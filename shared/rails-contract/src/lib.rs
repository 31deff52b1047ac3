//! The contract of a rail: what the rest of the product relies on when it calls a payment network.
//!
//! The tests of every provider call [`check_rail`] once. The suite needs no knowledge of the provider:
//! a [`TestNetwork`] says which amounts and Pix keys lead to which outcome in its test environment.
//! A broken rule panics with the case and the rule.
#![warn(missing_docs)]

mod order;
mod payments;
mod rules;
mod subject;
mod test_network;

use domain::charge::BOLETO_AMOUNT_CENTS_MAX;
use domain::charge::Charge;
use domain::kernel::{Code, Error};
use jiff::SignedDuration;
use rails::{
    BoletoRail, CardRail, ChargeRail, DisputeRequest, KeyDirectory, PayoutRail, Rail, RefundOrder,
};

pub use test_network::{OrderCase, PaymentCase, PayoutTerms, RefundTerms, TestClock, TestNetwork};

use crate::subject::Subject;

/// Checks every rule of the contract on a rail that has every capability.
pub async fn check_rail<R>(rail: &R, network: &dyn TestNetwork, clock: &dyn TestClock)
where
    R: ChargeRail
        + BoletoRail
        + CardRail
        + PayoutRail
        + Rail<RefundOrder>
        + Rail<DisputeRequest>
        + KeyDirectory,
{
    check_charges(rail, network).await;
    check_boletos(rail, network, clock).await;
    check_cards(rail, network, clock).await;
    check_payouts(rail, network, clock).await;
    check_refunds(rail, network, clock).await;
    check_disputes(rail, network, clock).await;
    check_directory(rail, network, clock).await;
}

/// Checks a rail that receives payments: it decides the same about a charge each time, and each payment
/// that it reports goes to the charge or to a credit.
pub async fn check_charges(rail: &dyn ChargeRail, network: &dyn TestNetwork) {
    let refuses = |error: Error| matches!(error, Error::Refused { code: Code::RailRefused, .. });
    payments::check(network);
    let accepted: Option<Charge> = network.accepted_charge();
    let refused = network.refused_charge();
    for _ in 0..2 {
        if let Some(charge) = &accepted {
            let opened = rail.open(charge).await;
            assert!(opened.is_ok(), "a charge opens each time: {opened:?}");
        }
        if let Some(charge) = &refused {
            let opened = rail.open(charge).await;
            assert!(opened.is_err_and(refuses), "a refusal is `rail_refused` each time");
        }
    }
}

/// Checks a bank that registers boletos: its agreement makes barcodes, and it executes each order once.
pub async fn check_boletos(
    rail: &dyn BoletoRail,
    network: &dyn TestNetwork,
    clock: &dyn TestClock,
) {
    let agreement = rail.agreement();
    assert_eq!(rail.agreement(), agreement, "the agreement does not change");
    assert_eq!(agreement.bank_code.len(), 3, "the code of a bank has 3 digits");
    assert!(agreement.amount_cents_min <= BOLETO_AMOUNT_CENTS_MAX, "a boleto can have an amount");
    assert!(agreement.free_field(99_999_999_999).is_ok(), "the free field has 25 digits");
    rules::check(&Subject::boletos(rail, network, clock)).await;
}

/// Checks an acquirer: its agreement allows a sale, and it executes each order once.
pub async fn check_cards(rail: &dyn CardRail, network: &dyn TestNetwork, clock: &dyn TestClock) {
    let agreement = rail.agreement();
    assert_eq!(rail.agreement(), agreement, "the agreement does not change");
    assert!(agreement.installments_max >= 1, "a sale has at least one instalment");
    rules::check(&Subject::captures(rail, network, clock)).await;
}

/// Checks a rail that pays out.
pub async fn check_payouts(
    rail: &dyn PayoutRail,
    network: &dyn TestNetwork,
    clock: &dyn TestClock,
) {
    let ispb = rail.participant();
    assert_eq!(ispb.len(), 8, "an ISPB has 8 characters");
    assert_eq!(rail.participant(), ispb, "the participant does not change");
    rules::check(&Subject::payouts(rail, network, clock)).await;
}

/// Checks a rail that refunds.
pub async fn check_refunds(
    rail: &dyn Rail<RefundOrder>,
    network: &dyn TestNetwork,
    clock: &dyn TestClock,
) {
    rules::check(&Subject::refunds(rail, network, clock)).await;
}

/// Checks a rail that takes answers to demands for the money of charges: it takes each answer once.
pub async fn check_disputes(
    rail: &dyn Rail<DisputeRequest>,
    network: &dyn TestNetwork,
    clock: &dyn TestClock,
) {
    rules::check(&Subject::disputes(rail, network, clock)).await;
}

/// Checks a directory: it gives the same answer about a Pix key each time.
pub async fn check_directory(
    directory: &dyn KeyDirectory,
    network: &dyn TestNetwork,
    clock: &dyn TestClock,
) {
    let (owned, free) = (network.key_with_owner(), network.key_without_owner());
    let first = directory.look_up(&owned, clock.now()).await.expect("the directory responds");
    assert!(first.is_some(), "the directory has the key of an owner");
    for _ in 0..2 {
        clock.advance(SignedDuration::from_mins(1));
        let entry = directory.look_up(&owned, clock.now()).await.expect("the directory responds");
        assert_eq!(entry, first, "an entry does not change between look-ups");
        let entry = directory.look_up(&free, clock.now()).await.expect("the directory responds");
        assert_eq!(entry, None, "a key without an owner is `None`, and not an error");
    }
}
