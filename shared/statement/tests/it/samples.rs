//! Statements to write: a small constant one, and generated ones.

use jiff::tz::{self, TimeZone};
use jiff::{SignedDuration, Timestamp};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use statement::{Format, Line, LineFailure, LineKind, LineParty, Statement, Writer};

/// Texts that broke exporters before, and the separators of our own formats.
const FRAGMENTS: [&str; 40] = [
    "=",
    "+",
    "-",
    "@",
    "\t",
    "\r",
    "\n",
    "\r\n",
    "＝",
    "＋",
    "－",
    "＠",
    "'",
    "\"",
    "\"\"",
    ";",
    ",",
    "|",
    "\0",
    "\u{1b}[2J",
    "\u{85}",
    "\u{2028}",
    "\u{feff}",
    "\u{202e}",
    "\u{fffe}",
    "\u{ffff}",
    "😀",
    "e\u{301}",
    "ção",
    "€",
    "&",
    "&amp;",
    "&#0;",
    "<",
    "]]>",
    "<![CDATA[",
    "</STMTTRN>",
    "</Ntry>",
    "<!--",
    " ",
];

/// Returns a finished file.
pub(crate) fn written(format: Format, statement: &Statement, lines: &[Line]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut writer = Writer::begin(format, statement.clone(), &mut out);
    for line in lines {
        writer.line(line, &mut out).expect("the next line");
    }
    writer.finish(&mut out).expect("a whole chain");
    out
}

pub(crate) fn at(text: &str) -> Timestamp {
    text.parse().expect("an instant")
}

/// Returns three lines of November 2026 in São Paulo.
pub(crate) fn november() -> (Statement, Vec<Line>) {
    let statement = Statement {
        account_id: "acc_01J9ZQ4T5M8V3W7X2Y6K1N0PRS".to_owned(),
        ispb: "12345678".to_owned(),
        compe: Some("999".to_owned()),
        from: at("2026-11-01T03:00:00Z"),
        until: at("2026-12-01T03:00:00Z"),
        time_zone: tz::get!("America/Sao_Paulo"),
        opening_cents: 1_000,
        closing_cents: 5_850,
    };
    let line = |sequence: u64, occurred_at, kind, amount_cents, balance_after_cents| Line {
        id: format!("ent_{sequence:026}"),
        sequence,
        occurred_at: at(occurred_at),
        kind,
        amount_cents,
        balance_after_cents,
        transaction_id: format!("chg_{sequence:026}"),
        reference: Some(format!("pedido-{sequence}")),
        description: Some("Pedido 42; açaí & cia".to_owned()),
        end_to_end_id: Some(format!("E12345678202611011200{sequence:011}")),
        counterparty: None,
        charge_id: None,
        return_id: None,
        failure: None,
    };
    let lines = vec![
        line(3, "2026-11-01T15:00:00Z", LineKind::ChargeCredited, 10_000, 11_000),
        line(4, "2026-11-01T15:00:00Z", LineKind::ChargeFee, -150, 10_850),
        line(9, "2026-12-01T02:59:59.999Z", LineKind::PayoutPaid, -5_000, 5_850),
    ];
    (statement, lines)
}

/// Generates text of hostile and harmless callers.
fn text(characters_max: usize) -> impl Strategy<Value = String> {
    let part = prop_oneof![
        3 => select(FRAGMENTS.as_slice()).prop_map(str::to_owned),
        1 => any::<char>().prop_map(String::from),
        1 => "[a-zA-Z0-9 ]{1,20}",
    ];
    vec(part, 0..40).prop_map(move |parts| parts.concat().chars().take(characters_max).collect())
}

/// The changes from one line to the next.
type LineStep = (bool, u64, i64, u64, LineKind, [Option<String>; 3], Option<LineParty>, bool);

/// Returns why money came back, for lines that are refunds: with a code of ISO 20022, with a text of the
/// network, or with none.
fn failure(text: Option<&str>) -> LineFailure {
    let network_code = text.map(|text| match text.len() % 3 {
        0 => "MD06".to_owned(),
        1 => text.chars().take(35).collect(),
        _ => "é€ 1".to_owned(),
    });
    LineFailure { code: "beneficiary_request", network_code }
}

fn party() -> impl Strategy<Value = LineParty> {
    (text(200), any::<bool>(), option::of(text(80))).prop_map(|(name, is_person, bank_name)| {
        let (document_type, document) = match is_person {
            true => ("CPF", "***.982.247-**"),
            false => ("CNPJ", "11.444.777/0001-61"),
        };
        let ispb = bank_name.as_ref().map(|_| "60701190".to_owned());
        LineParty { name, document_type, document: document.to_owned(), ispb, bank_name }
    })
}

fn step() -> impl Strategy<Value = LineStep> {
    let amount_cents = prop_oneof![1..=100_000_u64, 1..=1_000_000_000_000_000_u64];
    (
        any::<bool>(),
        amount_cents,
        prop_oneof![0..=1_i64, 0..=200_000_000_i64, 0..=90_000_000_000_i64],
        1..=5_u64,
        select(LineKind::ALL.as_slice()),
        (option::of(text(255)), option::of(text(140)), option::of("E[0-9]{20}[0-9A-Za-z]{11}"))
            .prop_map(|(reference, description, id)| [reference, description, id]),
        option::of(party()),
        any::<bool>(),
    )
}

fn zone() -> impl Strategy<Value = TimeZone> {
    select(vec![
        tz::get!("America/Sao_Paulo"),
        tz::get!("America/New_York"),
        tz::get!("Asia/Kolkata"),
        TimeZone::UTC,
    ])
}

/// Generates a statement and its lines.
pub(crate) fn statement(lines_max: usize) -> impl Strategy<Value = (Statement, Vec<Line>)> {
    let compe = option::of("[0-9]{3}");
    let opening_cents = prop_oneof![Just(0), 1..=1_000_000_u64, 1..=1_000_000_000_000_u64];
    let steps = vec(step(), 0..=lines_max);
    (zone(), compe, 0..=4_000_000_000_i64, opening_cents, steps).prop_map(
        |(time_zone, compe, from, opening_cents, steps)| {
            let from = Timestamp::from_second(from).expect("a time after 1970");
            let lines = chain(from, opening_cents, steps);
            let last = lines.last();
            let statement = Statement {
                account_id: "acc_01J9ZQ4T5M8V3W7X2Y6K1N0PRS".to_owned(),
                ispb: "12345678".to_owned(),
                compe,
                from,
                until: last.map_or(from, |line| line.occurred_at) + SignedDuration::from_secs(1),
                time_zone,
                opening_cents,
                closing_cents: last.map_or(opening_cents, |line| line.balance_after_cents),
            };
            (statement, lines)
        },
    )
}

/// Returns lines that continue each other. A debit above the balance becomes a credit.
fn chain(from: Timestamp, opening_cents: u64, steps: Vec<LineStep>) -> Vec<Line> {
    let (mut balance, mut at, mut sequence) = (opening_cents, from, 0);
    let lines = steps.into_iter().map(|step| {
        let (debit, cents, milliseconds, gap, kind, texts, counterparty, refunds) = step;
        let [reference, description, end_to_end_id] = texts;
        let reason = description.clone();
        let amount = cents.cast_signed();
        let amount_cents = if debit && balance >= cents { -amount } else { amount };
        balance = balance.strict_add_signed(amount_cents);
        at += SignedDuration::from_millis(milliseconds);
        sequence += gap;
        Line {
            id: format!("ent_{sequence:026}"),
            sequence,
            occurred_at: at,
            kind,
            amount_cents,
            balance_after_cents: balance,
            transaction_id: format!("pay_{sequence:026}"),
            reference,
            description,
            end_to_end_id,
            counterparty,
            charge_id: refunds.then(|| format!("chg_{sequence:026}")),
            return_id: refunds.then(|| format!("D{sequence:031}")),
            failure: refunds.then(|| failure(reason.as_deref())),
        }
    });
    lines.collect()
}
