//! Parts that the examples share: a charge, its payment, and the time.
use crate::account::{FeeSchedule, Merchant};
use crate::charge::{Charge, ChargeMethod, ChargeUpdate, NewCharge, Payer, PixCharge};
use crate::event::Event;
use crate::kernel::{AccountId, ChargeId, Entropy, Id, Moment, UserId};
use crate::ledger::{Books, Effects};
use brazil::{Document, DocumentKind, EndToEndId};
use jiff::SignedDuration;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU8, Ordering};

/// Gives the same bytes in each run, and different bytes to each id.
#[derive(Default)]
pub(super) struct CountingEntropy(AtomicU8);

impl Entropy for CountingEntropy {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.fill(self.0.fetch_add(1, Ordering::Relaxed) + 1);
    }
}

pub(super) const BUILT_IN: &str = "the values of the examples are valid";

pub(super) fn later(moment: &Moment, seconds: i64) -> Moment {
    let mut later = moment.clone();
    later.now += SignedDuration::from_secs(seconds);
    later
}

pub(super) fn open_charge(account_id: AccountId, moment: &Moment) -> (Charge, Effects) {
    let id = ChargeId::mint(moment);
    let document = Document::parse(DocumentKind::Cpf, "52998224725").expect(BUILT_IN);
    let new = NewCharge {
        amount_cents: 4_990,
        payer: Payer { name: "Maria Silva".to_owned(), document, email: None },
        description: Some("Order 1042".to_owned()),
        reference: Some("order-1042".to_owned()),
        metadata: BTreeMap::new(),
        expires_at: moment.now + SignedDuration::from_hours(1),
    };
    let merchant = Merchant {
        name: "Loja".to_owned(),
        city: "Sao Paulo".to_owned(),
        // The Central Bank's own example of a random key.
        pix_key: "123e4567-e12b-12d1-a456-426655440000".to_owned(),
    };
    let pix = PixCharge::new(id, new.amount_cents, &merchant, "https://api.example.com");
    let method = ChargeMethod::Pix(pix.expect(BUILT_IN));
    Charge::open(id, account_id, UserId::mint(moment), new, method, moment)
}

pub(super) fn apply_update(
    charge: &mut Charge,
    books: &mut Books,
    update: &ChargeUpdate,
    moment: &Moment,
) -> Vec<Event> {
    let fees = FeeSchedule { fixed_cents: 0, basis_points: 99 };
    charge.apply_update(update, books, &fees, moment).expect(BUILT_IN).events
}

pub(super) fn end_to_end_id() -> EndToEndId {
    EndToEndId::parse("E9999999920261123120501234567890").expect(BUILT_IN)
}
