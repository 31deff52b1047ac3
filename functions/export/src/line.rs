//! Converts a ledger entry to a line of a file.

use brazil::DocumentKind;
use domain::ledger::{Entry, EntryKind};
use domain::statement::{CsvDialect, NewExport};
use statement::{Format, Line, LineFailure, LineKind, LineParty};

/// Returns the format of the file.
pub(crate) fn format(export: &NewExport) -> Format {
    use domain::statement::ExportFormat;
    match (export.format, export.dialect) {
        (ExportFormat::Csv, Some(CsvDialect::Intl)) => Format::CsvIntl,
        (ExportFormat::Csv, _) => Format::CsvBr,
        (ExportFormat::Ofx, _) => Format::Ofx102,
        (ExportFormat::Ofx2, _) => Format::Ofx220,
        (ExportFormat::JsonLines, _) => Format::JsonLines,
        (ExportFormat::Camt053, _) => Format::Camt053,
    }
}

/// Returns the line of an entry; `None` if the entry does not change the balance.
pub(crate) fn line(entry: Entry) -> Option<Line> {
    let amount_cents = entry.movement_cents()?;
    let kind = match entry.kind {
        // Of the methods that are credited at once, only Pix has end-to-end ids.
        EntryKind::ChargeCredited if entry.end_to_end_id.is_none() => LineKind::BoletoCredited,
        EntryKind::ChargeCredited => LineKind::ChargeCredited,
        EntryKind::InstallmentCredited => LineKind::InstallmentCredited,
        EntryKind::ReceivablesUsed => LineKind::ReceivablesUsed,
        EntryKind::ReceivablesRestored => LineKind::ReceivablesRestored,
        EntryKind::ChargeFee => LineKind::ChargeFee,
        EntryKind::AnticipationFee => LineKind::AnticipationFee,
        EntryKind::CreditKept => LineKind::CreditKept,
        EntryKind::CreditFee => LineKind::CreditFee,
        EntryKind::PayoutPaid => LineKind::PayoutPaid,
        EntryKind::PayoutFee => LineKind::PayoutFee,
        EntryKind::PayoutReturned => LineKind::PayoutReturned,
        EntryKind::PayoutFeeReversed => LineKind::PayoutFeeReversed,
        EntryKind::RefundPaid => LineKind::RefundPaid,
        EntryKind::ChargeTakenBack => LineKind::ChargeTakenBack,
        EntryKind::ChargeGivenBack => LineKind::ChargeGivenBack,
        EntryKind::DisputeFee => LineKind::DisputeFee,
        EntryKind::BlockTransferred => LineKind::BlockTransferred,
        EntryKind::DebtCollected => LineKind::DebtCollected,
        // These entries do not change the balance.
        EntryKind::ChargePaid
        | EntryKind::ChargePaymentWithdrawn
        | EntryKind::ChargeHeldForReview
        | EntryKind::ChargeReturned
        | EntryKind::PaymentUnmatched
        | EntryKind::CreditMatched
        | EntryKind::CreditReturned
        | EntryKind::Held
        | EntryKind::Released
        | EntryKind::Expired
        | EntryKind::Blocked
        | EntryKind::Unblocked
        | EntryKind::DebtOpened => return None,
    };
    Some(Line {
        id: entry.id.to_string(),
        sequence: entry.sequence,
        occurred_at: entry.occurred_at,
        kind,
        amount_cents,
        balance_after_cents: entry.balance_at().balance_cents,
        transaction_id: entry.transaction.to_string(),
        end_to_end_id: entry.end_to_end_id.map(|id| id.to_string()),
        counterparty: entry.counterparty.map(|party| LineParty {
            name: party.name,
            document_type: match party.document_type {
                DocumentKind::Cpf => "CPF",
                DocumentKind::Cnpj => "CNPJ",
            },
            document: party.document_masked,
            ispb: party.ispb,
            bank_name: party.bank_name,
        }),
        charge_id: entry.charge_id.map(|id| id.to_string()),
        return_id: entry.return_id.map(|id| id.to_string()),
        failure: entry.failure.map(|failure| LineFailure {
            code: failure.code.as_str(),
            network_code: failure.network_code,
        }),
        reference: entry.reference,
        description: entry.description,
    })
}
