//! The ledger of an invented account: any number of lines, always the same.

use jiff::tz;
use jiff::{SignedDuration, Timestamp};
use statement::{Line, LineFailure, LineKind, LineParty, Statement};

const OPENING_CENTS: u64 = 1_000_000;
/// Texts that payers or callers can write, harmless and hostile.
const TEXTS: [&str; 14] = [
    "Pedido 42",
    "Mensalidade de novembro, 2ª parcela",
    "=HYPERLINK(\"https://example.com/?\"&H2;\"Pedido\")",
    "@SUM(A1:A9)",
    "+55 11 90000-0000",
    "-1+1",
    "\t=1+1",
    "\";=1+1;\"",
    "a & b <c> \"d\" 'e'",
    "</MEMO></STMTTRN><STMTTRN><TRNAMT>1.00",
    "]]></Ustrd></RmtInf>",
    "duas\r\nlinhas",
    "café – 5 € 😀",
    " \u{1}\u{2028}&amp;&#0; ",
];

/// Returns a statement of November 2026 in São Paulo.
pub(crate) fn statement(lines_count: u64) -> Statement {
    let closing = lines(lines_count).last().map_or(OPENING_CENTS, |line| line.balance_after_cents);
    Statement {
        account_id: "acc_01J9ZQ4T5M8V3W7X2Y6K1N0PRS".to_owned(),
        ispb: "12345678".to_owned(),
        compe: None,
        from: instant("2026-11-01T03:00:00Z"),
        until: instant("2026-12-01T03:00:00Z"),
        time_zone: tz::get!("America/Sao_Paulo"),
        opening_cents: OPENING_CENTS,
        closing_cents: closing,
    }
}

/// Returns lines that alternate: a charge, its fee, a payout, its fee.
pub(crate) fn lines(count: u64) -> impl Iterator<Item = Line> {
    let (from, until) = (instant("2026-11-01T03:00:00Z"), instant("2026-12-01T03:00:00Z"));
    let period = until.duration_since(from).as_millis().unsigned_abs();
    let mut balance = OPENING_CENTS;
    (0..count).map(move |index| {
        let (kind, amount_cents) = match index % 4 {
            0 => (LineKind::ChargeCredited, 1_000 + (index * 7_919 % 100_000).cast_signed()),
            1 => (LineKind::ChargeFee, -99),
            2 => (LineKind::PayoutPaid, -500 - (index * 104_729 % 400).cast_signed()),
            _ => (LineKind::PayoutFee, -100),
        };
        balance = balance.strict_add_signed(amount_cents);
        let milliseconds = period * u128::from(index) / u128::from(count);
        let since = i64::try_from(milliseconds).expect("a month has few");
        let (movement, fee) = (index / 2, index % 2 == 1);
        let text = TEXTS[usize::try_from(movement).expect("few") % TEXTS.len()];
        let prefix = if index % 4 < 2 { "chg" } else { "pay" };
        Line {
            id: format!("ent_{index:026}"),
            sequence: index + 1,
            occurred_at: from + SignedDuration::from_millis(since),
            kind,
            amount_cents,
            balance_after_cents: balance,
            transaction_id: format!("{prefix}_{movement:026}"),
            reference: (!fee).then(|| format!("pedido-{movement}")),
            description: (!fee).then(|| text.to_owned()),
            end_to_end_id: (!fee).then(|| format!("E12345678202611011200{movement:011}")),
            counterparty: (!fee).then(|| LineParty {
                name: "Maria Silva".to_owned(),
                document_type: "CPF",
                document: "***.982.247-**".to_owned(),
                ispb: Some("60701190".to_owned()),
                bank_name: Some("ITAÚ UNIBANCO S.A.".to_owned()),
            }),
            // Only refunds have a charge. Here fees have one, so that every reader meets it.
            charge_id: fee.then(|| format!("chg_{movement:026}")),
            // Only money that came back has these. Here payouts have them.
            return_id: (index % 4 == 2).then(|| format!("D60701190202611011200{movement:011}")),
            failure: (index % 4 == 2).then(|| LineFailure {
                code: "beneficiary_request",
                network_code: Some("MD06".to_owned()),
            }),
        }
    })
}

fn instant(text: &str) -> Timestamp {
    text.parse().expect("an instant")
}
