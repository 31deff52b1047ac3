//! Examples of money that the network demands and takes back.

use super::scene::{BUILT_IN, apply_update, later, open_charge, report};
use crate::charge::{ChargeUpdate, ReturnUpdate};
use crate::event::Event;
use crate::kernel::{AccountId, BlockId, Id, Moment};
use crate::ledger::{BalanceBlock, BlockKind, BlockSubject, Books, NewBlock};
use jiff::SignedDuration;

const DAY: i64 = 86_400;

/// Makes a block of the network that makes the balance low, a return, and a block that ends.
pub(super) fn examples(account_id: AccountId, begin: &Moment) -> Vec<Event> {
    let (mut charge, _) = open_charge(account_id, begin);
    let mut books = Books::open(account_id);
    let paid = ChargeUpdate::Paid { payment: report(&charge).into() };
    apply_update(&mut charge, &mut books, &paid, &later(begin, 60));
    apply_update(&mut charge, &mut books, &ChargeUpdate::Credited, &later(begin, 61));
    // The balance is not low yet, so this makes no event.
    let balances = books.balances;
    let mut events: Vec<_> =
        books.alert.replace(Some(1_000), account_id, &balances, begin).into_iter().collect();
    let notice_id = "med-2026-000123".to_owned();
    let demand = ReturnUpdate::Blocked {
        notice_id: notice_id.clone(),
        amount_cents: None,
        reason: "suspected_fraud".to_owned(),
        ends_at: Some(begin.now + SignedDuration::from_hours(30 * 24)),
        respond_by: None,
    };
    let at = later(begin, 14 * DAY);
    let blocked = charge.apply_return_update(&demand, None, &mut books, &at).expect(BUILT_IN);
    events.extend(blocked.events);
    let part = ReturnUpdate::Returned {
        return_id: "D9999999920261214120000000000001".to_owned(),
        notice_id: Some(notice_id),
        amount_cents: 2_000,
        reason: "suspected_fraud".to_owned(),
    };
    let (block, at) = (blocked.blocks.into_iter().next(), later(begin, 21 * DAY));
    let returned = charge.apply_return_update(&part, block, &mut books, &at).expect(BUILT_IN);
    events.extend(returned.events);
    events.extend(ended(account_id, begin));
    events
}

fn ended(account_id: AccountId, begin: &Moment) -> Vec<Event> {
    let mut books = Books::open(account_id);
    let text = Some("0001234-55.2026.8.26.0100".to_owned());
    let new = NewBlock {
        kind: BlockKind::Judicial,
        amount_cents: 50_000,
        subject: BlockSubject { charge_id: None, text },
        ends_at: None,
    };
    let id = BlockId::mint(begin);
    let (mut block, _) = BalanceBlock::open(id, new, &mut books, begin).expect(BUILT_IN);
    block.end(&mut books, &later(begin, DAY)).expect(BUILT_IN).events
}
