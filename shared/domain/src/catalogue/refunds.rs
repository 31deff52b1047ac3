//! Examples of the events of a refund.

use super::scene::{BUILT_IN, apply_update, later, open_charge, report};
use crate::charge::{ChargeUpdate, NewRefund, Refund, RefundContext, RefundUpdate};
use crate::event::Event;
use crate::kernel::{AccountId, Failure, Id, Moment, RefundId, UserId};
use crate::ledger::{Books, Funds};
use brazil::EndToEndId;
use std::collections::BTreeMap;

/// Makes one refund that is paid and one that is rejected.
pub(super) fn examples(account_id: AccountId, begin: &Moment) -> Vec<Event> {
    let (mut charge, _) = open_charge(account_id, begin);
    let mut books = Books::open(account_id);
    let paid = ChargeUpdate::Paid { payment: report(&charge).into() };
    apply_update(&mut charge, &mut books, &paid, &later(begin, 60));
    apply_update(&mut charge, &mut books, &ChargeUpdate::Credited, &later(begin, 61));
    let mut context = RefundContext::new(charge, Funds::new(books, None));
    let new = NewRefund {
        amount_cents: Some(1_500),
        reason: Some("One of two items came back".to_owned()),
        reference: Some("return-1042".to_owned()),
        metadata: BTreeMap::new(),
    };
    let moment = later(begin, 3_600);
    let (id, user_id) = (RefundId::mint(&moment), UserId::mint(begin));
    let opened = Refund::open(id, user_id, new, &mut context, &moment);
    let (refund, opened) = opened.expect(BUILT_IN);
    let events_of = |mut refund: Refund, update: &RefundUpdate| {
        refund
            .apply_update(update, &mut context.clone(), &later(begin, 3_601))
            .expect(BUILT_IN)
            .events
    };
    let return_id = Some(EndToEndId::parse("D9999999920261123130001234567890").expect(BUILT_IN));
    let paid_out = events_of(refund.clone(), &RefundUpdate::Settled { return_id });
    let rejected = RefundUpdate::Rejected { failure: Failure::of_network("AC07") };
    [opened.events, paid_out, events_of(refund, &rejected)].concat()
}
