//! Examples of the events of a credit.

use super::scene::{BUILT_IN, later, open_charge, report};
use crate::account::FeeSchedule;
use crate::charge::{Charge, ChargeUpdate, RefundUpdate};
use crate::credit::{Arrival, ArrivalContext, Credit, CreditSettings};
use crate::event::Event;
use crate::kernel::{AccountId, Id, Moment, UserId};
use crate::ledger::Books;
use brazil::EndToEndId;

const FEES: FeeSchedule = FeeSchedule { fixed_cents: 0, basis_points: 99 };

/// Makes a payment that arrives after its charge was cancelled, and each decision about it.
pub(super) fn examples(account_id: AccountId, begin: &Moment) -> Vec<Event> {
    let (mut charge, _) = open_charge(account_id, begin);
    charge.cancel(&later(begin, 30)).expect(BUILT_IN);
    let settings = CreditSettings::default_of(account_id);
    let books = Books::open(account_id);
    let update = ChargeUpdate::Paid { payment: report(&charge).into() };
    let mut context = ArrivalContext::new(Some(charge.clone()), books, settings, FEES, None);
    let mut arrival = Arrival::default();
    context.apply(&update, &mut arrival, &later(begin, 60)).expect(BUILT_IN);
    let credit = arrival.credit.expect("a cancelled charge takes no payment");
    let decided = decisions(&credit, &charge, &context.books, begin);
    [arrival.effects.events, decided].concat()
}

fn decisions(credit: &Credit, charge: &Charge, books: &Books, begin: &Moment) -> Vec<Event> {
    let (by, moment) = (UserId::mint(begin), later(begin, 3_600));
    let (mut matched, mut paid) = (credit.clone(), charge.clone());
    let matched = matched
        .match_to_charge(&mut paid, false, &mut books.clone(), &FEES, by, &moment)
        .expect(BUILT_IN);
    let kept = credit.clone().keep(&mut books.clone(), &FEES, by, &moment).expect(BUILT_IN);
    let mut returned = credit.clone();
    returned.begin_return(Some("Order cancelled".to_owned()), Some(by), &moment).expect(BUILT_IN);
    let return_id = Some(EndToEndId::parse("D9999999920261123130001234567890").expect(BUILT_IN));
    let settled = RefundUpdate::Settled { return_id };
    let returned =
        returned.apply_update(&settled, &mut books.clone(), &later(begin, 3_601)).expect(BUILT_IN);
    [matched.events, kept.events, returned.events].concat()
}
