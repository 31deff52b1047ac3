//! The changes of status of each object: no change outside its table can happen, and the actions of
//! callers, networks, workers and the scheduler reach each change of a payout.

mod payouts;

use std::collections::BTreeSet;

use domain::charge::{Charge, ChargeStatus, Refund, RefundStatus};
use domain::collection::{Collection, CollectionStatus};
use domain::credit::{Credit, CreditStatus};
use domain::dispute::{Dispute, DisputeStatus};
use domain::event::{EventType, Lifecycle, Transition};
use domain::kernel::Error;
use domain::kyc::{KycRequest, KycStatus};
use domain::ledger::{BalanceBlock, BlockStatus};
use domain::payout::{
    BatchStatus, Payout, PayoutBatch, PayoutStatus, SettingsChange, SettingsChangeStatus,
};
use domain::statement::{ExportStatus, StatementExport};
use domain::webhook::{Delivery, DeliveryStatus, Replay, ReplayStatus};

/// Returns the pairs of a table, with their words.
fn pairs<L: Lifecycle>() -> Vec<(Option<String>, String)> {
    let word = |status: L::Status| format!("{status:?}");
    L::TRANSITIONS.iter().map(|one| (one.from.map(word), word(one.to))).collect()
}

#[track_caller]
fn check<L: Lifecycle>(all: &[L::Status]) {
    let name = L::NAME;
    let listed = |from: Option<L::Status>, to: L::Status| {
        L::TRANSITIONS.iter().find(|one| one.from == from && one.to == to)
    };
    for to in all {
        for from in all.iter().copied().map(Some).chain([None]) {
            match (listed(from, *to), L::transition(from, *to)) {
                (Some(listed), Ok(event)) => assert_eq!(listed.event, event, "{name}: {listed:?}"),
                (None, Err(Error::Internal(_))) => {}
                (_, outcome) => panic!("{name} from {from:?} to {to:?}: {outcome:?}"),
            }
        }
        let entered = L::TRANSITIONS.iter().any(|one| one.to == *to && one.from != Some(*to));
        assert!(entered, "{name} is never {to:?}");
    }
    let mut pairs = pairs::<L>();
    pairs.retain(|(from, to)| from.as_ref() != Some(to));
    assert_eq!(pairs.iter().collect::<BTreeSet<_>>().len(), pairs.len(), "{name}: a pair twice");
    for Transition { event, .. } in L::TRANSITIONS {
        let word = event.map_or(name, EventType::as_str);
        assert_eq!(word.split('.').next(), Some(name), "an event of another object");
    }
}

#[test]
fn no_other_change_of_status_exists() {
    check::<Charge>(ChargeStatus::ALL);
    check::<Refund>(RefundStatus::ALL);
    check::<Credit>(CreditStatus::ALL);
    check::<Payout>(PayoutStatus::ALL);
    check::<PayoutBatch>(BatchStatus::ALL);
    check::<SettingsChange>(SettingsChangeStatus::ALL);
    check::<StatementExport>(ExportStatus::ALL);
    check::<Delivery>(DeliveryStatus::ALL);
    check::<Replay>(ReplayStatus::ALL);
    check::<BalanceBlock>(BlockStatus::ALL);
    check::<Dispute>(DisputeStatus::ALL);
    check::<Collection>(CollectionStatus::ALL);
    check::<KycRequest>(KycStatus::ALL);
}

/// An object that does not allow a change keeps its status.
#[test]
fn a_change_outside_the_table_leaves_the_object_unchanged() {
    for (from, to) in PayoutStatus::ALL
        .iter()
        .flat_map(|from| PayoutStatus::ALL.iter().map(move |to| (*from, *to)))
    {
        let mut payout = payouts::opened();
        payout.status = from;
        let before = payout.clone();
        if payout.enter(to).is_err() {
            assert_eq!(payout, before);
        } else {
            assert_eq!(payout, Payout { status: to, ..before });
        }
    }
}

#[test]
fn the_actions_reach_each_change_of_a_payout_and_no_other() {
    let listed: BTreeSet<_> = pairs::<Payout>().into_iter().collect();
    assert_eq!(payouts::reached(), listed);
}
