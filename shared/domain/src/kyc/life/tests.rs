//! What a request allows in each status, and how its clock runs.

use std::sync::Arc;

use crate::file::{AcceptedFile, FileMediaType, FileRejection};
use crate::kernel::{Entropy, Id, PayoutId, UserId};
use crate::kyc::{KYC_DOCUMENTS_MAX, KycCase, KycDocumentKind, KycRejection, NewKycFile};
use brazil::DocumentKind;
use jiff::SignedDuration;

use super::*;

/// Gives the same bytes each time.
struct RepeatedBytes;

impl Entropy for RepeatedBytes {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.fill(7);
    }
}

/// A Monday at noon in São Paulo, and so many hours later.
fn at(hours: i64) -> Moment {
    let monday: Timestamp = "2026-11-23T15:00:00Z".parse().expect("a time");
    moment(monday + SignedDuration::from_hours(hours))
}

fn moment(now: Timestamp) -> Moment {
    Moment::new(now, Arc::new(RepeatedBytes))
}

fn opened() -> KycRequest {
    let new = NewKycRequest {
        payout_id: PayoutId::from_ulid(1.into()),
        cases: vec![KycCase::PayoutPurpose],
        person: DocumentKind::Cpf,
    };
    KycRequest::open(AccountId::from_ulid(2.into()), new, &at(0)).expect("it opens").0
}

fn answered() -> KycRequest {
    let mut request = opened();
    let kind = KycDocumentKind::PayoutPurpose;
    request.answer(kind, "sealed".to_owned(), &at(0)).expect("it takes a text");
    request
}

fn submitted() -> KycRequest {
    let mut request = answered();
    request.submit(&at(1)).expect("it is complete");
    request
}

fn file(size_bytes: u64) -> NewKycFile {
    NewKycFile {
        kind: KycDocumentKind::PayoutPurpose,
        issued_on: None,
        content_type: FileMediaType::Pdf,
        size_bytes,
        sha256: "0f".repeat(32),
    }
}

fn decide(request: &mut KycRequest, rejection: Option<KycRejection>) {
    let id = request.documents.last().expect("a document").id;
    request.decide_document(id, rejection, &at(2)).expect("it is in review");
}

#[track_caller]
fn check(request: &KycRequest, allowed: &[&str]) {
    let now = &at(3);
    let text = || "sealed".to_owned();
    let user = UserId::from_ulid(3.into());
    let mut found = Vec::new();
    let mut tried = |name, outcome: bool| {
        if outcome {
            found.push(name);
        }
    };
    let on = || request.clone();
    tried("answer", on().answer(KycDocumentKind::PayoutPurpose, text(), now).is_ok());
    tried("submit", on().submit(now).is_ok());
    tried("write", on().write(user, text(), now.now).is_ok());
    tried("correct", on().correct(None, now).is_ok());
    tried("approve", on().approve(now).is_ok());
    tried("reject", on().reject(None, now).is_ok());
    tried("cancel", on().cancel(now).is_ok());
    tried("expire", on().expire(now).is_ok());
    assert_eq!(found, allowed, "{:?}", request.status);
}

#[test]
fn each_status_allows_what_the_table_says() {
    check(&opened(), &["answer", "write", "reject", "cancel", "expire"]);
    check(&answered(), &["answer", "submit", "write", "reject", "cancel", "expire"]);
    check(&submitted(), &["write", "correct", "reject", "cancel"]);
    let mut approved = submitted();
    decide(&mut approved, None);
    check(&approved, &["write", "approve", "reject", "cancel"]);
    let mut corrected = submitted();
    decide(&mut corrected, Some(KycRejection::Incomplete));
    corrected.correct(None, &at(2)).expect("a correction");
    check(&corrected, &["answer", "write", "reject", "cancel", "expire"]);
    approved.approve(&at(2)).expect("every document is approved");
    let mut ends = vec![approved];
    for end in [KycRequest::cancel, KycRequest::expire] {
        let mut ended = answered();
        end(&mut ended, &at(2)).expect("it ends");
        ends.push(ended);
    }
    let mut rejected = answered();
    rejected.reject(None, &at(2)).expect("it is rejected");
    ends.push(rejected);
    for ended in ends {
        assert!(ended.status.is_ended() && ended.due.is_none() && ended.deadline.is_none());
        check(&ended, &[]);
    }
}

#[test]
fn the_clock_pauses_and_leaves_at_least_a_day() {
    let mut request = answered();
    let deadline = request.deadline.expect("a deadline");
    // The last day, an hour before its end.
    let last = moment(deadline - SignedDuration::from_hours(1));
    request.submit(&last).expect("in time");
    assert_eq!((request.deadline, request.days_left), (None, Some(0)));
    assert_eq!(
        (request.due_step(at(10_000).now), request.is_overdue(at(10_000).now)),
        (None, false)
    );
    let id = request.documents[0].id;
    request.decide_document(id, Some(KycRejection::TooOld), &at(400)).expect("in review");
    // Thursday, 2026-12-10: the end of Friday.
    let asked = request.correct(None, &at(400)).expect("a correction");
    assert_eq!(asked.kind, EventType::KycDocumentRequested);
    let friday: Timestamp = "2026-12-12T00:00:00-03:00".parse().expect("a time");
    assert_eq!((request.deadline, request.days_left), (Some(friday), None));
}

#[test]
fn one_reminder_comes_a_day_before_the_deadline() {
    let mut request = opened();
    let deadline = request.deadline.expect("a deadline");
    let hours = |hours| moment(deadline - SignedDuration::from_hours(hours));
    assert!(request.remind(&hours(25)).expect("nothing").is_none());
    let event = request.remind(&hours(24)).expect("a reminder").expect("an event");
    assert_eq!(event.kind, EventType::KycRequestExpiring);
    assert!(request.remind(&hours(1)).expect("nothing").is_none());
    assert_eq!(request.due_step(hours(1).now), None);
    assert_eq!(request.due_step(deadline), Some(KycStep::Expire));
    // After the deadline the request ends without a reminder.
    let mut late = opened();
    assert!(late.remind(&hours(0)).expect("nothing").is_none());
    assert_eq!(late.due_step(deadline), Some(KycStep::Expire));
}

#[test]
fn only_an_inspected_file_counts_and_every_decided_one_stays() {
    let mut request = opened();
    let document = request.add_file(file(1), &at(0)).expect("a file");
    assert_eq!(request.add_file(file(1), &at(0)).expect("the same").id, document.id);
    assert!(request.submit(&at(0)).is_err(), "not uploaded");
    request.begin_inspection(document.id).expect("the file");
    assert!(request.submit(&at(0)).is_err(), "not inspected");
    let accepted = AcceptedFile { size_bytes: 1, sha256: "0f".repeat(32) };
    let events = request.end_inspection(document.id, Ok(accepted), &at(0));
    assert!(events.expect("a result").expect("the first").is_empty());
    let again = request.end_inspection(document.id, Err(FileRejection::Malware), &at(0));
    assert!(again.expect("no error").is_none(), "the first result counts");
    request.submit(&at(0)).expect("it counts");
    decide(&mut request, Some(KycRejection::Illegible));
    request.correct(None, &at(2)).expect("a correction");
    request.add_file(file(1), &at(2)).expect("another document");
    assert_eq!(request.documents.len(), 2);
    // Files that were never uploaded make room, and decided ones do not.
    for size in 2..60 {
        request.add_file(file(size), &at(2)).expect("room");
    }
    assert_eq!(request.documents.len(), KYC_DOCUMENTS_MAX);
    assert_eq!(request.documents[0].status(), KycDocumentStatus::Rejected);
}
