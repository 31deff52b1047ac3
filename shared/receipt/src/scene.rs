//! A receipt and keys for the tests of this crate.

use brazil::{Document, DocumentKind, PixKey, PixKeyKind};
use domain::account::Stage;
use domain::kernel::{AccountId, ChargeId, Id, PayoutId, RefundId};
use jiff::Timestamp;
use zeroize::Zeroizing;

use crate::issued::IssuedReceipt;
use crate::keys::ReceiptKeys;
use crate::party::Party;
use crate::receipt::{Receipt, ReceiptKind, ReceiptMethod, ReceiptState};
use crate::subject::ReceiptSubject;

pub(crate) const ORIGIN: &str = "https://api.example.com";

/// Returns the keys of versions 1 to `current`.
pub(crate) fn keys(current: u8) -> ReceiptKeys {
    let seeds = (1..=current).map(|version| (u32::from(version), Zeroizing::new([version; 32])));
    ReceiptKeys::new(u32::from(current), seeds).expect("a current key")
}

pub(crate) fn time(text: &str) -> Timestamp {
    text.parse().expect("a time")
}

fn transaction(kind: ReceiptKind) -> ReceiptSubject {
    match kind {
        ReceiptKind::Payout => ReceiptSubject::Payout(PayoutId::from_ulid(7.into())),
        ReceiptKind::Charge => ReceiptSubject::Charge(ChargeId::from_ulid(8.into())),
        ReceiptKind::Refund => ReceiptSubject::Refund(RefundId::from_ulid(9.into())),
    }
}

/// Returns a receipt of 1234.56 reais.
pub(crate) fn receipt(kind: ReceiptKind, state: ReceiptState) -> Receipt {
    let company =
        Party::named("Loja Exemplo Ltda").with_merchant_name("Loja").with_ispb("00000000");
    let cpf = Document::parse(DocumentKind::Cpf, "12345678909").expect("a CPF");
    let key = PixKey::parse(PixKeyKind::Cpf, "12345678909").expect("a key");
    let person = Party::named("Maria da Conceição").with_document(&cpf).with_ispb("60701190");
    let paid_at = time("2026-11-29T14:05:09.250Z");
    let is_charge = kind == ReceiptKind::Charge;
    let (payer, payee) =
        if is_charge { (person, company) } else { (company, person.with_pix_key(&key)) };
    let returned_amount_cents = match state {
        ReceiptState::PartlyReturned => 1_000,
        ReceiptState::Returned => 123_456,
        _ => 0,
    };
    let is_back = returned_amount_cents > 0;
    Receipt {
        transaction: transaction(kind),
        account_id: AccountId::from_ulid(1.into()),
        stage: Stage::Live,
        method: ReceiptMethod::Pix,
        state,
        state_at: if is_back { time("2026-12-01T09:00:00Z") } else { paid_at },
        amount_cents: 123_456,
        returned_amount_cents,
        paid_at: state.is_paid().then_some(paid_at),
        scheduled_for: (state == ReceiptState::Scheduled).then(|| time("2026-12-24T12:00:00Z")),
        payer,
        payee,
        end_to_end_id: (state != ReceiptState::Scheduled)
            .then(|| "E0000000020261129140512345678901".to_owned()),
        original_end_to_end_id: None,
        txid: is_charge.then(|| "01J00000000000000000000008".to_owned()),
        charge_id: None,
        reference: Some("pedido-7".to_owned()),
        description: Some("Pedido 7".to_owned()),
    }
}

pub(crate) fn issued(kind: ReceiptKind, state: ReceiptState) -> IssuedReceipt {
    receipt(kind, state).issue(&keys(1), ORIGIN)
}

pub(crate) const KINDS: [ReceiptKind; 3] =
    [ReceiptKind::Payout, ReceiptKind::Charge, ReceiptKind::Refund];
