//! The words of a receipt, in Portuguese, because payers and payees read it.
//!
//! Before the money arrived, no word says that it did: a receipt of a scheduled Pix has the title
//! "Agendamento Pix" (BCB, rules of Pix since 2025-04-01).

use brazil::{BankAccountKind, DocumentKind};

use crate::receipt::{Receipt, ReceiptKind, ReceiptMethod, ReceiptState};

/// Returns the title of the receipt.
pub(crate) fn title(receipt: &Receipt) -> String {
    let method = method(receipt.method);
    match (receipt.kind(), receipt.state) {
        (_, ReceiptState::Waiting | ReceiptState::NotMade) => "Não realizado".to_owned(),
        (_, ReceiptState::Scheduled) => match receipt.method {
            ReceiptMethod::Pix => "Agendamento Pix".to_owned(),
            _ => format!("Agendamento de {method}"),
        },
        (ReceiptKind::Payout, ReceiptState::Processing) => format!("{method} em processamento"),
        (ReceiptKind::Refund, ReceiptState::Processing) => "Devolução em processamento".to_owned(),
        (ReceiptKind::Charge, ReceiptState::Processing) => "Cobrança em processamento".to_owned(),
        (_, ReceiptState::InReview) => "Pagamento em análise".to_owned(),
        (kind, ReceiptState::Paid | ReceiptState::PartlyReturned) => {
            format!("Comprovante de {}", noun(kind, method))
        }
        (ReceiptKind::Refund, ReceiptState::Returned) => {
            "Comprovante de devolução que voltou".to_owned()
        }
        (kind, ReceiptState::Returned) => {
            format!("Comprovante de {} devolvido", noun(kind, method))
        }
    }
}

fn noun(kind: ReceiptKind, method: &'static str) -> &'static str {
    match kind {
        ReceiptKind::Payout => method,
        ReceiptKind::Charge => "pagamento",
        ReceiptKind::Refund => "devolução",
    }
}

/// Returns the state in one or two sentences.
pub(crate) fn state(state: ReceiptState) -> &'static str {
    match state {
        ReceiptState::Waiting => "Aguardando autorização ou saldo: nenhum dinheiro saiu da conta.",
        ReceiptState::Scheduled => {
            "Agendamento: o dinheiro ainda não saiu da conta do pagador. O agendamento pode ser \
             cancelado."
        }
        ReceiptState::Processing => {
            "Em processamento: a instituição do recebedor ainda não confirmou."
        }
        ReceiptState::InReview => "Em análise: o valor está retido até o fim da análise.",
        ReceiptState::Paid => "Concluído: o recebedor tem o dinheiro.",
        ReceiptState::PartlyReturned => "Concluído. Uma parte do valor foi devolvida depois.",
        ReceiptState::Returned => "Concluído. O valor inteiro foi devolvido depois.",
        ReceiptState::NotMade => "Não realizado: o recebedor não tem o dinheiro.",
    }
}

/// Returns the name of a method.
pub(crate) fn method(method: ReceiptMethod) -> &'static str {
    match method {
        ReceiptMethod::Pix => "Pix",
        ReceiptMethod::Ted => "TED",
        ReceiptMethod::Boleto => "boleto",
        ReceiptMethod::Card => "cartão",
    }
}

/// Returns the name of a kind of account.
pub(crate) fn account(kind: BankAccountKind) -> &'static str {
    match kind {
        BankAccountKind::Checking => "Conta corrente",
        BankAccountKind::Savings => "Conta poupança",
        BankAccountKind::Payment => "Conta de pagamento",
        BankAccountKind::Salary => "Conta salário",
    }
}

/// Returns the name of a kind of document.
pub(crate) fn document(kind: Option<DocumentKind>) -> &'static str {
    match kind {
        Some(DocumentKind::Cpf) => "CPF",
        Some(DocumentKind::Cnpj) => "CNPJ",
        None => "Documento",
    }
}
