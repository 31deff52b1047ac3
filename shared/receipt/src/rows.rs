//! The lines of a receipt, which the page and the PDF share.

use jiff::Timestamp;
use typeset::reais;

use crate::format::date_time;
use crate::party::Party;
use crate::receipt::{Receipt, ReceiptKind, ReceiptState};
use crate::words;

/// A heading and its lines.
pub(crate) struct Section {
    pub(crate) heading: &'static str,
    pub(crate) rows: Vec<LabeledValue>,
}

/// A label and its value.
pub(crate) struct LabeledValue {
    pub(crate) label: &'static str,
    pub(crate) value: String,
}

/// Returns the label and the text of the time that matters most in this state.
pub(crate) fn main_time(receipt: &Receipt) -> LabeledValue {
    let (label, at) = match (receipt.state, receipt.paid_at, receipt.scheduled_for) {
        (ReceiptState::Scheduled, _, Some(at)) => ("Agendado para", at),
        (state, Some(at), _) if state.is_paid() => ("Data e hora", at),
        (ReceiptState::InReview, ..) => ("Recebido em", receipt.state_at),
        _ => ("Situação desde", receipt.state_at),
    };
    LabeledValue { label, value: date_time(at) }
}

/// Returns all lines below the amount.
pub(crate) fn sections(receipt: &Receipt) -> [Section; 3] {
    [
        Section { heading: "Pagador", rows: party(&receipt.payer) },
        Section { heading: "Recebedor", rows: party(&receipt.payee) },
        Section { heading: "Detalhes", rows: details(receipt) },
    ]
}

/// Returns the lines of a party.
fn party(party: &Party) -> Vec<LabeledValue> {
    let unnamed = if party.pix_key.is_some() { "Titular da chave Pix" } else { "Não informado" };
    let name = party.name.clone().unwrap_or_else(|| unnamed.to_owned());
    let bank = party.bank.as_ref();
    collect([
        ("Nome", Some(name)),
        ("Nome fantasia", party.merchant_name.clone()),
        (words::document(party.document_type), party.document.clone()),
        ("Chave Pix", party.pix_key.clone()),
        ("Instituição", bank.and_then(|bank| bank.name.clone())),
        ("ISPB", bank.map(|bank| bank.ispb.clone())),
        ("Tipo de conta", party.account_type.map(|kind| words::account(kind).to_owned())),
        ("Agência", party.branch.clone()),
        ("Conta", party.account_number.clone()),
    ])
}

fn details(receipt: &Receipt) -> Vec<LabeledValue> {
    let time = |at: Option<Timestamp>| at.map(date_time);
    let returned = receipt.returned_amount_cents;
    let changed = receipt.state_at;
    let is_back = returned > 0 && Some(changed) != receipt.paid_at;
    let (id, end_to_end) = match receipt.kind() {
        ReceiptKind::Payout => ("Transação", "ID no Pix (fim a fim)"),
        ReceiptKind::Charge => ("Cobrança", "ID no Pix (fim a fim)"),
        ReceiptKind::Refund => ("Devolução", "ID da devolução no Pix"),
    };
    let is_scheduled = receipt.state == ReceiptState::Scheduled;
    collect([
        ("Forma", Some(words::method(receipt.method).to_owned())),
        ("Valor devolvido", (returned > 0).then(|| reais(returned))),
        ("Última devolução", time(is_back.then_some(changed))),
        ("Agendado em", time(is_scheduled.then_some(changed))),
        (id, Some(receipt.transaction.to_string())),
        (end_to_end, receipt.end_to_end_id.clone()),
        ("ID do Pix devolvido", receipt.original_end_to_end_id.clone()),
        ("Cobrança devolvida", receipt.charge_id.map(|id| id.to_string())),
        ("txid", receipt.txid.clone()),
        ("Referência", receipt.reference.clone()),
        ("Descrição", receipt.description.clone()),
    ])
}

fn collect<const COUNT: usize>(rows: [(&'static str, Option<String>); COUNT]) -> Vec<LabeledValue> {
    rows.into_iter()
        .filter_map(|(label, value)| Some(LabeledValue { label, value: value? }))
        .collect()
}
