//! Examples of disputes.

use super::scene::{BUILT_IN, apply_update, later, open_charge, report};
use crate::charge::{ChargeUpdate, ReturnUpdate};
use crate::dispute::{Dispute, DisputeContext, DisputeUpdate, EvidenceKind, NewEvidence};
use crate::event::Event;
use crate::file::{AcceptedFile, FileMediaType, FileRejection};
use crate::kernel::{AccountId, Failure, FailureCode, Moment};
use crate::ledger::Books;
use jiff::SignedDuration;

const DAY: i64 = 86_400;

/// Makes a dispute that is won, one that is lost, one that is contested after a reminder, and one that the
/// account accepts.
pub(super) fn examples(account_id: AccountId, begin: &Moment) -> Vec<Event> {
    let notice_id = || "med-2026-000124".to_owned();
    let lost = ReturnUpdate::Returned {
        return_id: "D9999999920261214120000000000002".to_owned(),
        notice_id: Some(notice_id()),
        amount_cents: 2_000,
        reason: "suspected_fraud".to_owned(),
    };
    let won = ReturnUpdate::Closed { notice_id: notice_id() };
    let mut events: Vec<_> =
        [won, lost].iter().flat_map(|end| decided(account_id, begin, notice_id(), end)).collect();
    events.extend(answered(account_id, begin, notice_id()));
    events
}

/// Makes a dispute whose answer comes after a reminder and is refused, and one that is accepted.
fn answered(account_id: AccountId, begin: &Moment, notice_id: String) -> Vec<Event> {
    let (context, opened) = demanded(account_id, begin, notice_id);
    let (mut contested, mut accepted) = (context.clone(), context);
    let dispute = contested.dispute.as_mut().expect(BUILT_IN);
    let reminded = dispute.remind(&later(begin, 18 * DAY)).expect(BUILT_IN).expect(BUILT_IN);
    let inspected = inspected(dispute, &later(begin, 18 * DAY + 30));
    let text = "The customer received the goods; the carrier has a signature.".to_owned();
    let (_, submitted) =
        dispute.submit(text, Vec::new(), &later(begin, 18 * DAY + 60)).expect(BUILT_IN);
    let failure = Failure::reported(FailureCode::Unspecified, Some("too_late".to_owned()));
    let refused = DisputeUpdate::Refused { failure };
    let refused = contested.apply_answer(&refused, &later(begin, 18 * DAY + 61)).expect(BUILT_IN);
    let (_, accepted) = accepted.accept(&later(begin, 15 * DAY)).expect(BUILT_IN);
    let answer = [submitted.events, refused.events, accepted.events].concat();
    [opened, reminded.events, inspected, answer].concat()
}

/// Adds two files to a dispute, of which one is accepted and one rejected.
fn inspected(dispute: &mut Dispute, moment: &Moment) -> Vec<Event> {
    let mut events = Vec::new();
    let accepted = AcceptedFile { size_bytes: 48_213, sha256: "0f".repeat(32) };
    for (name, result) in
        [("canhoto.pdf", Ok(accepted)), ("contrato.pdf", Err(FileRejection::Encrypted))]
    {
        let new = NewEvidence {
            kind: EvidenceKind::DeliveryProof,
            file_name: name.to_owned(),
            content_type: FileMediaType::Pdf,
            size_bytes: 48_213,
            sha256: "0f".repeat(32),
        };
        let evidence = dispute.add_evidence(new, moment).expect(BUILT_IN);
        dispute.begin_inspection(evidence.id).expect(BUILT_IN);
        let effects = dispute.end_inspection(evidence.id, result, moment).expect(BUILT_IN);
        events.extend(effects.expect(BUILT_IN).events);
    }
    events
}

/// Makes a dispute that the network decides with this fact.
fn decided(
    account_id: AccountId,
    begin: &Moment,
    notice_id: String,
    end: &ReturnUpdate,
) -> Vec<Event> {
    let (mut context, opened) = demanded(account_id, begin, notice_id);
    let ended = context.apply(end, 0, &later(begin, 21 * DAY)).expect(BUILT_IN);
    [opened, ended.events].concat()
}

/// Makes a dispute that waits for an answer.
fn demanded(
    account_id: AccountId,
    begin: &Moment,
    notice_id: String,
) -> (DisputeContext, Vec<Event>) {
    let (mut charge, _) = open_charge(account_id, begin);
    let mut books = Books::open(account_id);
    let paid = ChargeUpdate::Paid { payment: report(&charge).into() };
    apply_update(&mut charge, &mut books, &paid, &later(begin, 60));
    apply_update(&mut charge, &mut books, &ChargeUpdate::Credited, &later(begin, 61));
    let demand = ReturnUpdate::Blocked {
        notice_id,
        amount_cents: None,
        reason: "suspected_fraud".to_owned(),
        ends_at: None,
        respond_by: Some(begin.now + SignedDuration::from_hours(19 * 24)),
    };
    let mut context = DisputeContext { charge, books, block: None, dispute: None };
    let opened = context.apply(&demand, 0, &later(begin, 14 * DAY)).expect(BUILT_IN);
    context.block = opened.blocks.last().cloned();
    (context, opened.events)
}
