//! Comma-separated values: what Excel opens in Brazil, and the same for everybody else.
//!
//! Every field is quoted, and a quote in it doubled (RFC 4180), so nothing in a text starts a cell or a
//! row. In Brazil a file starts with a byte order mark, without which Excel takes UTF-8 for
//! Windows-1252. There is no line `sep=;`: importers take it for the header.
//!
//! Every row is a movement, because rows of balances confuse those who reconcile. The first row's
//! balance without its amount is the opening, the last row's balance the closing. A period without a
//! movement has one row of amount 0, which says both and adds nothing. A file that was cut off between
//! two rows looks whole: whoever must know compares the closing with the last row.
//!
//! What looks like a number is a number to a spreadsheet, quoted or not: a caller's reference of more
//! than 15 digits loses the rest in Excel, unless its column is imported as text.

use csv::{QuoteStyle, Terminator, WriterBuilder};
use jiff::civil::DateTime;

use crate::period::LocalInstant;
use crate::{Line, Statement, money, text};

/// Longer than nearly every row, so that its buffer is made once.
const ROW_BYTES: usize = 512;

/// How values are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dialect {
    Brazilian,
    International,
}

const COLUMNS: [[&str; 2]; 10] = [
    ["Data", "date"],
    ["Hora", "time"],
    ["Tipo", "type"],
    ["Descrição", "description"],
    ["Referência", "reference"],
    ["Transação", "transaction_id"],
    ["ID ponta a ponta", "end_to_end_id"],
    ["Valor", "amount"],
    ["Saldo", "balance"],
    ["Lançamento", "entry_id"],
];
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

pub(crate) fn head(dialect: Dialect, out: &mut Vec<u8>) {
    let brazilian = dialect == Dialect::Brazilian;
    if brazilian {
        out.extend_from_slice(BYTE_ORDER_MARK);
    }
    row(dialect, COLUMNS.map(|[here, elsewhere]| if brazilian { here } else { elsewhere }), out);
}

pub(crate) fn line(dialect: Dialect, statement: &Statement, line: &Line, out: &mut Vec<u8>) {
    let local = statement.local(line.occurred_at);
    let kind = match dialect {
        Dialect::Brazilian => line.kind.text(),
        Dialect::International => line.kind.as_str(),
    };
    let cells = [
        &date(dialect, local),
        &time(local.civil),
        kind,
        &cell(line.description.as_deref()),
        &cell(line.reference.as_deref()),
        &cell(Some(&line.transaction_id)),
        &cell(line.end_to_end_id.as_deref()),
        &money::signed(line.amount_cents, dialect.mark()),
        &money::unsigned(line.balance_after_cents, dialect.mark()),
        &cell(Some(&line.id)),
    ];
    row(dialect, cells, out);
}

/// A period in which nothing moved.
pub(crate) fn empty_period(dialect: Dialect, statement: &Statement, out: &mut Vec<u8>) {
    let local = statement.local(statement.last_second());
    let kind = match dialect {
        Dialect::Brazilian => "Sem movimento",
        Dialect::International => "no_movement",
    };
    let (nil, balance) = (
        money::unsigned(0, dialect.mark()),
        money::unsigned(statement.closing_cents, dialect.mark()),
    );
    let (date, time) = (date(dialect, local), time(local.civil));
    row(dialect, [&date, &time, kind, "", "", "", "", &nil, &balance, ""], out);
}

impl Dialect {
    const fn mark(self) -> char {
        match self {
            Self::Brazilian => ',',
            Self::International => '.',
        }
    }

    const fn delimiter(self) -> u8 {
        match self {
            Self::Brazilian => b';',
            Self::International => b',',
        }
    }
}

fn row(dialect: Dialect, cells: [&str; 10], out: &mut Vec<u8>) {
    let mut writer = WriterBuilder::new()
        .delimiter(dialect.delimiter())
        .quote_style(QuoteStyle::Always)
        .terminator(Terminator::CRLF)
        .buffer_capacity(ROW_BYTES)
        .from_writer(out);
    let written = writer.write_record(cells).and_then(|()| Ok(writer.flush()?));
    written.expect("a vector takes whatever is written");
}

fn date(dialect: Dialect, local: LocalInstant) -> String {
    let (year, month, day) = (local.civil.year(), local.civil.month(), local.civil.day());
    match dialect {
        Dialect::Brazilian => format!("{day:02}/{month:02}/{year:04}"),
        Dialect::International => format!("{year:04}-{month:02}-{day:02}"),
    }
}

fn time(civil: DateTime) -> String {
    format!("{:02}:{:02}:{:02}", civil.hour(), civil.minute(), civil.second())
}

fn cell(text: Option<&str>) -> String {
    neutralize_formulas(text::one_line(text).unwrap_or_default())
}

/// Puts `'` before what a spreadsheet would run as a formula: [OWASP, CSV Injection][owasp].
///
/// It names `=`, `+`, `-`, `@`, their full-width forms, tab, carriage return and line feed. The last
/// three never get here: [`text::one_line`] has made spaces of them. White space and quotes in front are
/// looked through, because importers trim them. So is what follows a separator, of either dialect: a
/// program that expects the other takes no notice of our quotes there, and begins a cell. Amounts do not
/// pass here: they are numbers of ours.
///
/// [owasp]: https://owasp.org/www-community/attacks/CSV_Injection
fn neutralize_formulas(text: String) -> String {
    let ignored = |character: char| {
        character.is_whitespace()
            || matches!(character, '\'' | '"' | '\u{200b}'..='\u{200f}' | '\u{feff}')
    };
    let is_formula = |cell: &str| {
        cell.trim_start_matches(ignored)
            .starts_with(['=', '+', '-', '@', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}'])
    };
    let cells = || text.split_inclusive([',', ';']);
    if !cells().any(is_formula) {
        return text;
    }
    cells().flat_map(|cell| [if is_formula(cell) { "'" } else { "" }, cell]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_formula_is_a_text() {
        for text in [
            "=1+1",
            "+1",
            "-1",
            "@SUM(A1)",
            "＝1",
            "＋1",
            "－1",
            "＠1",
            "\t=1",
            "\r=1",
            "\n=1",
            " =1",
            "'=1",
            "\"=1",
            "'\" =1",
            "\u{a0}=1",
            "\u{feff}=1",
            "\u{200b}=1",
        ] {
            let cell = cell(Some(text));
            assert!(cell.starts_with('\''), "{text:?} is {cell:?}");
            assert_eq!(Some(&cell[1..]), text::one_line(Some(text)).as_deref());
        }
        for (text, expected) in [
            ("a;=1", "a;'=1"),
            ("a, \"=1", "a,' \"=1"),
            ("a;＝1;-2,b", "a;'＝1;'-2,b"),
            ("=1;=1", "'=1;'=1"),
        ] {
            assert_eq!(cell(Some(text)), expected);
        }
        for text in ["a;b, c", "", "1-1", "a=1", "'a", "\"a\"", "Pedido nº 7 - azul", "|cmd", "%0A"]
        {
            assert_eq!(cell(Some(text)), text);
        }
    }
}
