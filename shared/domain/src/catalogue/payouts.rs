//! Examples of the events of payouts.

use super::scene::{BUILT_IN, later};
use crate::account::FeeSchedule;
use crate::event::Event;
use crate::kernel::{AccountId, BatchId, Failure, Id, Moment, PayoutId, UserId};
use crate::ledger::{Books, Effects, EntryKind, Funds, Posting, TransactionRef};
use crate::network::KeyOwner;
use crate::payout::{
    ApprovalRule, Beneficiary, LineOutcome, NewLine, NewPayout, Payout, PayoutBatch,
    PayoutDestination, PayoutDigests, PayoutSettings, PayoutStatus, PayoutUpdate, Terms,
};
use brazil::{BankAccountKind, Document, DocumentKind, EndToEndId, PixKey, PixKeyKind};
use std::collections::BTreeMap;

/// Returns the owner of the Pix key of the payouts.
fn owner() -> KeyOwner {
    KeyOwner {
        name: "Maria Silva".to_owned(),
        document: Document::parse(DocumentKind::Cpf, "52998224725").expect(BUILT_IN),
        ispb: "60701190".to_owned(),
        account_kind: BankAccountKind::Checking,
    }
}

struct PayoutScene {
    terms: Terms,
    account_id: AccountId,
    begin: Moment,
}

pub(super) fn examples(account_id: AccountId, begin: &Moment) -> Vec<Event> {
    let settings = PayoutSettings {
        approval_rules: vec![ApprovalRule { from_cents: 0, approvals: 1 }],
        review_from_cents: Some(100_000),
        ..PayoutSettings::default_of(account_id)
    };
    let fees = FeeSchedule { fixed_cents: 50, basis_points: 0 };
    let terms = Terms { fees, settings, ispb: "99999999" };
    let scene = PayoutScene { terms, account_id, begin: begin.clone() };
    [scene.waits_for_funds(), scene.approved_and_returned(), scene.cancelled(), scene.batch()]
        .concat()
}

impl PayoutScene {
    fn payout(&self, amount_cents: u64) -> NewPayout {
        let document = Document::parse(DocumentKind::Cpf, "52998224725").expect(BUILT_IN);
        let key = PixKey::parse(PixKeyKind::Email, "maria@example.com").expect(BUILT_IN);
        NewPayout {
            amount_cents,
            to: PayoutDestination::PixKey(key),
            beneficiary: Some(Beneficiary { name: "Maria Silva".to_owned(), document }),
            description: Some("Invoice 77".to_owned()),
            reference: Some("invoice-77".to_owned()),
            metadata: BTreeMap::new(),
            scheduled_for: None,
            wait_for_funds: true,
            batch_id: None,
            known_owner: None,
            saved: None,
        }
    }

    fn funds(&self, available_cents: u64) -> Funds {
        let mut books = Books::open(self.account_id);
        let transaction = TransactionRef::Payout(PayoutId::mint(&self.begin));
        let paid_in = Posting::new(EntryKind::PayoutReturned, available_cents);
        books
            .post(&transaction.into(), &[paid_in], &self.begin, &mut Effects::default())
            .expect(BUILT_IN);
        Funds::new(books, None)
    }

    fn open(&self, new: NewPayout, funds: &mut Funds) -> (Payout, Vec<Event>) {
        let id = PayoutId::mint(&self.begin);
        let author = (self.account_id, UserId::mint(&self.begin));
        let opened = Payout::open(id, author, new, &self.terms, funds, &self.begin);
        let (payout, effects) = opened.expect(BUILT_IN);
        (payout, effects.events)
    }

    /// A payout that waits for funds, and then for a second user.
    fn waits_for_funds(&self) -> Vec<Event> {
        let (mut payout, mut events) = self.open(self.payout(2_500), &mut self.funds(100));
        let (mut funds, moment) = (self.funds(5_000), later(&self.begin, 120));
        let funded = payout.fund(&self.terms, &mut funds, &moment).expect(BUILT_IN);
        events.extend(funded.expect(BUILT_IN).events);
        events
    }

    /// A payout that two users agree to, and that is scheduled, paid and returned.
    fn approved_and_returned(&self) -> Vec<Event> {
        let new = NewPayout {
            scheduled_for: Some(later(&self.begin, 3_600).now),
            ..self.payout(250_000)
        };
        let mut funds = self.funds(300_000);
        let (mut payout, mut events) = self.open(new, &mut funds);
        let at = |seconds| later(&self.begin, seconds);
        let (other, third) = (UserId::mint(&at(1)), UserId::mint(&at(2)));
        let (terms, funds) = (&self.terms, &mut funds);
        let named = Some(owner());
        let checked = payout.record_owner(named, at(1).now, funds, &at(1)).expect(BUILT_IN);
        let approved = payout.approve(other, terms, funds, &at(60)).expect(BUILT_IN);
        let mut failed = payout.clone();
        let mut failed_funds = funds.clone();
        let passed = payout.pass_review(third, terms, funds, &at(120)).expect(BUILT_IN);
        let processing = payout.advance(terms, funds, &at(3_600)).expect(BUILT_IN).expect(BUILT_IN);
        payout.record_key_owner(&owner(), at(3_601).now);
        let paid = payout.apply_update(&PayoutUpdate::Settled, funds, &at(3_602)).expect(BUILT_IN);
        let return_update = PayoutUpdate::Returned {
            return_id: EndToEndId::parse("D9999999920261123151001234567890").expect(BUILT_IN),
            amount_cents: 250_000,
            failure: Failure::of_network("MD06"),
        };
        let returned = payout.apply_update(&return_update, funds, &at(3_662)).expect(BUILT_IN);
        let rejected = failed.fail_review(third, &mut failed_funds, &at(120)).expect(BUILT_IN);
        for effects in
            [checked.expect(BUILT_IN), approved, passed, processing, paid, returned, rejected]
        {
            events.extend(effects.events);
        }
        events
    }

    /// A batch of two lines, whose payouts wait for approval and are paid.
    fn batch(&self) -> Vec<Event> {
        let author = (self.account_id, UserId::mint(&self.begin));
        let id = BatchId::mint(&self.begin);
        let line = NewLine { new: self.payout(2_500), digests: PayoutDigests::default() };
        let name = Some("Suppliers, November".to_owned());
        let lines = vec![line; 2];
        let (mut batch, mut rows) = PayoutBatch::open(id, author, name, lines, &self.begin);
        let row = &mut rows[0];
        let ids: Vec<_> = row.payout_ids().collect();
        for (line, payout_id) in row.lines.iter_mut().zip(ids) {
            line.outcome = Some(LineOutcome::Created { payout_id });
        }
        let opened = batch.count(row, &later(&self.begin, 60)).expect(BUILT_IN);
        let (mut payout, _) = self.open(self.payout(2_500), &mut self.funds(300_000));
        let mut recount = |payout: &Payout, seconds| {
            let payouts = [Some(payout.clone()), Some(payout.clone())];
            batch.recount(&payouts, &later(&self.begin, seconds)).expect(BUILT_IN)
        };
        let waits = recount(&payout, 61);
        payout.status = PayoutStatus::Paid;
        let done = recount(&payout, 121);
        [opened, waits, done].into_iter().flat_map(|effects| effects.events).collect()
    }

    fn cancelled(&self) -> Vec<Event> {
        let mut funds = self.funds(5_000);
        let (mut payout, _) = self.open(self.payout(2_500), &mut funds);
        payout.cancel(None, &mut funds, &later(&self.begin, 60)).expect(BUILT_IN).events
    }
}
