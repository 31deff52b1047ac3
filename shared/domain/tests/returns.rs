//! Fault row 124. Money of a charge that the network takes back: each fact is posted once, and what leaves is
//! never more than was paid.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use brazil::{Document, DocumentKind, EndToEndId};
use domain::account::{FeeSchedule, Merchant};
use domain::charge::{
    Charge, ChargeMethod, ChargeUpdate, NewCharge, NewRefund, Payer, PixCharge, Refund,
    RefundContext, RefundUpdate, ReturnUpdate,
};
use domain::event::EventType;
use domain::kernel::{
    AccountId, ChargeId, Code, Entropy, Error, FailureCode, Id, MethodKind, Moment, RefundId,
    UserId,
};
use domain::ledger::{BalanceBlock, BlockStatus, Books, Effects, Funds};
use domain::payment::{PaymentReport, ReportedPayer};
use jiff::{SignedDuration, Timestamp};

struct CountedBytes(AtomicU64);

impl Entropy for CountedBytes {
    fn fill(&self, bytes: &mut [u8]) {
        let number = self.0.fetch_add(1, Ordering::Relaxed).to_be_bytes();
        let length = bytes.len().min(number.len());
        bytes[..length].copy_from_slice(&number[..length]);
    }
}

/// A credited charge of 1,000 cents without a fee, and the books.
struct ReturnScene {
    charge: Charge,
    books: Books,
    block: Option<BalanceBlock>,
    moment: Moment,
}

impl ReturnScene {
    fn new() -> Self {
        let begin: Timestamp = "2026-11-25T12:00:00Z".parse().expect("a time");
        let moment = Moment::new(begin, Arc::new(CountedBytes(AtomicU64::new(1))));
        let (id, account_id) = (ChargeId::mint(&moment), AccountId::mint(&moment));
        let document = Document::parse(DocumentKind::Cpf, "52998224725").expect("a CPF");
        let new = NewCharge {
            amount_cents: 1_000,
            payer: Some(Payer {
                name: "Maria Silva".to_owned(),
                document,
                email: None,
                address: None,
            }),
            description: None,
            reference: None,
            metadata: BTreeMap::new(),
            expires_at: begin + SignedDuration::from_hours(1),
            terms: None,
        };
        let merchant = Merchant {
            name: "Loja".to_owned(),
            city: "Sao Paulo".to_owned(),
            pix_key: "123e4567-e12b-12d1-a456-426655440000".to_owned(),
            cnpj: None,
        };
        let pix = PixCharge::new(id, Some(1_000), &merchant, "https://api.example.com");
        let method = ChargeMethod::Pix(pix.expect("Pix data"));
        let user = UserId::mint(&moment);
        let (mut charge, _) = Charge::open(id, account_id, user, new, method, &moment);
        let mut books = Books::open(account_id);
        let payment = EndToEndId::parse("E9999999920261125120501234567890").expect("an id");
        let paid = PaymentReport {
            network_id: payment.into(),
            method: MethodKind::Pix,
            amount_cents: 1_000,
            paid_at: begin,
            payer: ReportedPayer::default(),
            txid: None,
            reason_codes: Vec::new(),
        };
        let paid = ChargeUpdate::Paid { payment: paid.into() };
        for update in [paid, ChargeUpdate::Credited] {
            let fees = FeeSchedule::default();
            charge.apply_update(&update, &mut books, &fees, &moment).expect("it applies");
        }
        Self { charge, books, block: None, moment }
    }

    fn try_report(&mut self, update: &ReturnUpdate) -> Result<Effects, Error> {
        let block = self.charge.block_of(update).and(self.block.clone());
        let effects =
            self.charge.apply_return_update(update, block, &mut self.books, &self.moment)?;
        if let Some(block) = effects.blocks.last() {
            self.block = Some(block.clone());
        }
        Ok(effects)
    }

    fn report(&mut self, update: &ReturnUpdate) -> Effects {
        self.try_report(update).expect("it applies")
    }

    fn refund(&mut self, amount_cents: u64) -> Result<(Refund, RefundContext), Error> {
        let funds = Funds::new(self.books.clone(), None);
        let mut context = RefundContext::new(self.charge.clone(), funds);
        let new = NewRefund {
            amount_cents: Some(amount_cents),
            reason: None,
            reference: None,
            metadata: BTreeMap::new(),
        };
        let (id, user) = (RefundId::mint(&self.moment), UserId::mint(&self.moment));
        let (refund, _) = Refund::open(id, user, new, &mut context, &self.moment)?;
        (self.charge, self.books) = (context.charge.clone(), context.funds.books.clone());
        Ok((refund, context))
    }

    /// Returns available, held, blocked and owed cents.
    fn money(&self) -> [u64; 4] {
        let balances = self.books.balances;
        [balances.available_cents, balances.held_cents, balances.blocked_cents, balances.owed_cents]
    }
}

fn blocked(notice_id: &str, amount_cents: Option<u64>) -> ReturnUpdate {
    let (notice_id, reason) = (notice_id.to_owned(), "fraud".to_owned());
    ReturnUpdate::Blocked { notice_id, amount_cents, reason, ends_at: None, respond_by: None }
}

fn returned(return_id: &str, amount_cents: u64) -> ReturnUpdate {
    let (return_id, reason) = (return_id.to_owned(), "fraud".to_owned());
    ReturnUpdate::Returned { return_id, notice_id: None, amount_cents, reason }
}

fn closed(notice_id: &str) -> ReturnUpdate {
    ReturnUpdate::Closed { notice_id: notice_id.to_owned() }
}

fn code<T>(outcome: Result<T, Error>) -> Option<Code> {
    match outcome {
        Err(Error::Conflict { code, .. } | Error::Refused { code, .. }) => Some(code),
        Err(other) => panic!("{other:?}"),
        Ok(_) => None,
    }
}

#[test]
fn a_fact_that_is_reported_again_changes_nothing() {
    let mut scene = ReturnScene::new();
    let facts = [blocked("N1", Some(700)), returned("D1", 300), returned("D2", 100), closed("N1")];
    for fact in &facts {
        assert!(scene.report(fact).rows() > 0, "{fact:?}");
        let (charge, books) = (scene.charge.clone(), scene.books.clone());
        assert_eq!(scene.report(fact).rows(), 0, "{fact:?}");
        assert_eq!((scene.charge.clone(), scene.books.clone()), (charge, books));
    }
    for fact in &facts {
        assert_eq!(scene.report(fact).rows(), 0, "late: {fact:?}");
    }
    assert_eq!(scene.money(), [600, 0, 0, 0]);
    assert_eq!(scene.charge.returned.amount_cents, 400);
}

#[test]
fn what_a_demand_claims_cannot_be_refunded_until_it_is_closed() {
    let mut scene = ReturnScene::new();
    scene.report(&blocked("N1", Some(700)));
    assert_eq!(code(scene.refund(1)), Some(Code::ChargeDisputed));
    scene.report(&closed("N1"));
    scene.refund(1_000).expect("all of it is free again");
    assert_eq!(scene.money(), [0, 1_000, 0, 0]);
}

#[test]
fn two_demands_block_no_more_than_the_charge() {
    let mut scene = ReturnScene::new();
    scene.report(&blocked("N1", Some(700)));
    let second = scene.report(&blocked("N2", None));
    assert_eq!(second.blocks[0].amount_cents, 300);
    assert_eq!(code(scene.try_report(&blocked("N3", None))), Some(Code::RefundExceedsCharge));
    assert_eq!(scene.money(), [0, 0, 1_000, 0]);
}

#[test]
fn returns_and_refunds_together_are_never_more_than_was_paid() {
    let mut scene = ReturnScene::new();
    let (mut refund, mut context) = scene.refund(400).expect("a refund");
    assert_eq!(code(scene.try_report(&returned("D0", 1_001))), Some(Code::RefundExceedsCharge));
    scene.report(&returned("D1", 900));
    assert_eq!(scene.money(), [0, 400, 0, 300], "held money stays with its refund");
    context.charge = scene.charge.clone();
    context.funds.books = scene.books.clone();
    let settled = RefundUpdate::Settled { return_id: None };
    let paid = refund.apply_update(&settled, &mut context, &scene.moment);
    assert_eq!(code(paid), Some(Code::RefundState));
    let rejected = RefundUpdate::Rejected { failure: FailureCode::AlreadyReturned.into() };
    refund.apply_update(&rejected, &mut context, &scene.moment).expect("it ends");
    scene.books = context.funds.books.clone();
    scene.charge = context.charge.clone();
    assert_eq!(scene.money(), [100, 0, 0, 0], "the released money paid the debt first");
    assert_eq!(scene.charge.refundable_cents(), 100);
    assert_eq!(code(scene.try_report(&returned("D2", 101))), Some(Code::RefundExceedsCharge));
    scene.report(&returned("D3", 100));
    assert_eq!(scene.money(), [0, 0, 0, 0]);
}

/// A refund was paid while the demand was open, so the network cannot take all that is blocked.
#[test]
fn the_last_return_ends_the_block_and_gives_the_rest_back() {
    let mut scene = ReturnScene::new();
    let (mut refund, mut context) = scene.refund(400).expect("a refund");
    scene.report(&blocked("N1", None));
    assert_eq!(scene.charge.returned.claimed_cents(), 1_000);
    context.charge = scene.charge.clone();
    context.funds.books = scene.books.clone();
    let settled = RefundUpdate::Settled { return_id: None };
    refund.apply_update(&settled, &mut context, &scene.moment).expect("it is paid");
    (scene.charge, scene.books) = (context.charge.clone(), context.funds.books.clone());
    let effects = scene.report(&returned("D1", 600));
    let kinds: Vec<_> = effects.events.iter().map(|event| event.kind).collect();
    assert_eq!(kinds, [EventType::BalanceUnblocked, EventType::ChargeReturned]);
    let block = scene.block.as_ref().expect("a block");
    assert_eq!((block.status, block.claim_cents, block.taken_cents), (BlockStatus::Taken, 0, 600));
    assert_eq!(scene.money(), [0, 0, 0, 0]);
    assert!(scene.books.claims.is_empty(), "nothing waits for later money");
}
