//! A CSV file of the instalments of sales by card, in the dialects of statements.

use csv::QuoteStyle;
use jiff::civil::Date;

use crate::money;
use crate::rows::{BYTE_ORDER_MARK, Dialect, cell, date, row};

const COLUMNS: [[&str; 2]; 12] = [
    ["Data do pagamento", "settles_on"],
    ["Situação", "status"],
    ["Cobrança", "charge_id"],
    ["Referência", "reference"],
    ["Parcela", "number"],
    ["Parcelas", "installments"],
    ["Valor", "amount"],
    ["Devolvido", "refunded"],
    ["Tarifa", "fee"],
    ["Tarifa de antecipação", "anticipation_fee"],
    ["Valor líquido", "net_amount"],
    ["Data sem antecipação", "agreed_on"],
];

/// An instalment of a sale by card. Amounts are in cents.
#[derive(Clone, Debug)]
pub struct ReceivableLine {
    /// Day on which the acquirer pays it.
    pub settles_on: Date,
    /// Whether its money is available, or was.
    pub is_credited: bool,
    /// Id of the charge.
    pub charge_id: String,
    /// Caller's own id of the charge.
    pub reference: Option<String>,
    /// Number of the instalment, from 1.
    pub number: u8,
    /// Number of instalments of the charge.
    pub installments: u8,
    /// Amount of the instalment.
    pub amount_cents: u64,
    /// Part that refunds took.
    pub refunded_cents: u64,
    /// Fee.
    pub fee_cents: u64,
    /// Fee of the early payment.
    pub anticipation_fee_cents: u64,
    /// What becomes available.
    pub net_cents: u64,
    /// Day on which the acquirer would have paid without the early payment.
    pub agreed_on: Option<Date>,
}

/// Returns the file. `is_brazilian` chooses the dialect for Excel in Brazil; the other has commas, decimal points
/// and ISO dates.
pub fn receivables_file(lines: &[ReceivableLine], is_brazilian: bool) -> Vec<u8> {
    let mut out = Vec::new();
    let dialect = match is_brazilian {
        true => Dialect::Brazilian,
        false => Dialect::International,
    };
    if is_brazilian {
        out.extend_from_slice(BYTE_ORDER_MARK);
    }
    let names = COLUMNS.map(|[here, elsewhere]| if is_brazilian { here } else { elsewhere });
    row(dialect, QuoteStyle::Necessary, names, &mut out);
    for line in lines {
        let status = match (is_brazilian, line.is_credited) {
            (true, true) => "Creditada",
            (true, false) => "A receber",
            (false, true) => "credited",
            (false, false) => "open",
        };
        let amount = |cents| money::unsigned(cents, dialect.mark());
        let cells = [
            &date(dialect, line.settles_on),
            status,
            &cell(Some(&line.charge_id)),
            &cell(line.reference.as_deref()),
            &line.number.to_string(),
            &line.installments.to_string(),
            &amount(line.amount_cents),
            &amount(line.refunded_cents),
            &amount(line.fee_cents),
            &amount(line.anticipation_fee_cents),
            &amount(line.net_cents),
            &line.agreed_on.map(|day| date(dialect, day)).unwrap_or_default(),
        ];
        row(dialect, QuoteStyle::Always, cells, &mut out);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn line() -> ReceivableLine {
        ReceivableLine {
            settles_on: date(2026, 12, 28),
            is_credited: false,
            charge_id: "chg_01".to_owned(),
            reference: Some("=1+1;\"x".to_owned()),
            number: 2,
            installments: 3,
            amount_cents: 18_643,
            refunded_cents: 0,
            fee_cents: 744,
            anticipation_fee_cents: 280,
            net_cents: 17_619,
            agreed_on: Some(date(2027, 1, 27)),
        }
    }

    fn text(is_brazilian: bool) -> String {
        String::from_utf8(receivables_file(&[line()], is_brazilian)).expect("UTF-8")
    }

    #[test]
    fn a_row_has_days_and_amounts_of_its_dialect() {
        let expected = "\"28/12/2026\";\"A receber\";\"chg_01\";\"'=1+1;\"\"x\";\"2\";\"3\";\"186,43\";\"0,00\";\
            \"7,44\";\"2,80\";\"176,19\";\"27/01/2027\"\r\n";
        assert_eq!(text(true).split_once("\r\n").map(|(_, rows)| rows), Some(expected));
        assert!(
            text(false)
                .ends_with("\"186.43\",\"0.00\",\"7.44\",\"2.80\",\"176.19\",\"2027-01-27\"\r\n")
        );
    }

    #[test]
    fn only_the_file_for_excel_in_brazil_has_a_byte_order_mark() {
        assert!(text(true).starts_with("\u{feff}Data do pagamento;"));
        assert!(text(false).starts_with("settles_on,status,"));
    }
}
