//! Parts that the examples share: a charge, its payment, and the time.
use crate::account::{FeeSchedule, Merchant};
use crate::charge::{
    Address, BoletoAgreement, BoletoCharge, BoletoTexts, CardCharge, Charge, ChargeMethod,
    ChargeUpdate, DueTerms, NewCharge, Payer, PixCharge,
};
use crate::event::Event;
use crate::kernel::{AccountId, ChargeId, Entropy, Id, MethodKind, Moment, UserId};
use crate::ledger::{Books, Effects};
use crate::payment::{PaymentReport, ReportedPayer};
use brazil::{Document, DocumentKind, EndToEndId};
use jiff::{SignedDuration, ToSpan};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU16, Ordering};

/// Gives the same bytes in each run, and different bytes to each id.
#[derive(Default)]
pub(super) struct CountingEntropy(AtomicU16);

impl Entropy for CountingEntropy {
    fn fill(&self, bytes: &mut [u8]) {
        let [high, low] = (self.0.fetch_add(1, Ordering::Relaxed) + 1).to_be_bytes();
        bytes.fill(low);
        if let Some(first) = bytes.first_mut() {
            *first ^= high;
        }
    }
}

pub(super) const BUILT_IN: &str = "the values of the examples are valid";

pub(super) fn later(moment: &Moment, seconds: i64) -> Moment {
    let mut later = moment.clone();
    later.now += SignedDuration::from_secs(seconds);
    later
}

/// The address of the API in the examples.
const ORIGIN: &str = "https://api.example.com";

pub(super) fn open_charge(account_id: AccountId, moment: &Moment) -> (Charge, Effects) {
    let id = ChargeId::mint(moment);
    let new = new_charge(moment);
    let pix = PixCharge::new(id, Some(new.amount_cents), &merchant(), ORIGIN);
    let method = ChargeMethod::Pix(pix.expect(BUILT_IN));
    Charge::open(id, account_id, UserId::mint(moment), new, method, moment)
}

/// Opens a charge by boleto that is due ten days later, with a Pix of the same debt.
pub(super) fn open_boleto(account_id: AccountId, moment: &Moment) -> (Charge, Effects) {
    let id = ChargeId::mint(moment);
    let mut new = new_charge(moment);
    let terms = DueTerms {
        due_date: brazil::local_date(moment.now).saturating_add(10.days()),
        payable_days_after_due: 30,
        fine: None,
        interest: None,
        discounts: Vec::new(),
        rebate: None,
    };
    let address = Address {
        street: "Rua Augusta".to_owned(),
        number: "100".to_owned(),
        complement: None,
        district: "Consolacao".to_owned(),
        city: "Sao Paulo".to_owned(),
        state: "SP".to_owned(),
        postal_code: "01304000".to_owned(),
    };
    new.payer = new.payer.map(|payer| Payer { address: Some(address), ..payer });
    new.expires_at = terms.expires_at().expect(BUILT_IN);
    let pix = PixCharge::new(id, None, &merchant(), ORIGIN).expect(BUILT_IN);
    let agreement = BoletoAgreement {
        bank_code: "001".to_owned(),
        branch: "0001".to_owned(),
        number: "00000001".to_owned(),
        wallet: "01".to_owned(),
        amount_cents_min: 500,
        payable_days_max: 59,
    };
    let (texts, due_date) = (BoletoTexts::default(), terms.due_date);
    let boleto =
        BoletoCharge::new(1, agreement, new.amount_cents, due_date, ORIGIN, texts, Some(pix));
    new.terms = Some(terms);
    let method = ChargeMethod::Boleto(Box::new(boleto.expect(BUILT_IN)));
    Charge::open(id, account_id, UserId::mint(moment), new, method, moment)
}

/// Opens a charge by card in two instalments, which is captured later.
pub(super) fn open_card(account_id: AccountId, moment: &Moment) -> Charge {
    let descriptor = Some("LOJA EXEMPLO".to_owned());
    let card = CardCharge::new(2, false, descriptor);
    let (id, method) = (ChargeId::mint(moment), ChargeMethod::Card(Box::new(card)));
    Charge::open(id, account_id, UserId::mint(moment), new_charge(moment), method, moment).0
}

/// Opens a charge by card whose payer pays on the payment page, in up to two instalments.
pub(super) fn open_card_page(account_id: AccountId, moment: &Moment) -> Charge {
    let method = ChargeMethod::Card(Box::new(CardCharge::on_page(2, true, None)));
    let (id, new) = (ChargeId::mint(moment), new_charge(moment));
    Charge::open(id, account_id, UserId::mint(moment), new, method, moment).0
}

fn new_charge(moment: &Moment) -> NewCharge {
    let document = Document::parse(DocumentKind::Cpf, "52998224725").expect(BUILT_IN);
    NewCharge {
        amount_cents: 4_990,
        payer: Some(Payer { name: "Maria Silva".to_owned(), document, email: None, address: None }),
        description: Some("Order 1042".to_owned()),
        reference: Some("order-1042".to_owned()),
        metadata: BTreeMap::new(),
        expires_at: moment.now + SignedDuration::from_hours(1),
        terms: None,
    }
}

fn merchant() -> Merchant {
    Merchant {
        name: "Loja".to_owned(),
        city: "Sao Paulo".to_owned(),
        // The Central Bank's own example of a random key.
        pix_key: "123e4567-e12b-12d1-a456-426655440000".to_owned(),
        cnpj: None,
    }
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

/// Returns the payment of the example charge, one minute after it was created.
pub(super) fn report(charge: &Charge) -> PaymentReport {
    let id = EndToEndId::parse("E9999999920261123120501234567890").expect(BUILT_IN);
    let name = charge.payer.as_ref().map(|payer| payer.name.clone());
    let document = charge.payer_document().cloned();
    PaymentReport {
        network_id: id.into(),
        method: MethodKind::Pix,
        amount_cents: charge.amount_cents,
        paid_at: charge.created_at + SignedDuration::from_mins(1),
        payer: ReportedPayer::at(name, document, Some("00000000".to_owned())),
        txid: charge.method.pix().map(|pix| pix.txid.to_string()),
        reason_codes: Vec::new(),
    }
}
