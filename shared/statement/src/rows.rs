//! Comma-separated values: a dialect for Excel in Brazil, and one for other countries.
//!
//! Every field below the headings is quoted, and a quote in it is doubled (RFC 4180), so no text can
//! start a cell or a row. The Brazilian file starts with a byte order mark, because Excel would read UTF-8 as
//! Windows-1252 without it. It has no line `sep=;`, because importers take it for the header.
//!
//! Every row is a movement, because rows of balances confuse reconciliation. The opening balance
//! is the first row's balance minus its amount. The closing balance is the last row's balance. A
//! period without movements has one row of amount 0, which states both and adds nothing. A file
//! that was cut off between two rows looks complete. To detect this, compare the closing balance
//! with the last row.
//!
//! A spreadsheet treats text that looks like a number as a number, quoted or not. So Excel loses
//! the digits after the 15th of a caller's reference, unless its column is imported as text.

use csv::{QuoteStyle, Terminator, WriterBuilder};
use jiff::civil::{Date, DateTime};

use crate::{Line, Statement, money, text};

/// Buffer of a row. Nearly every row is shorter, so the buffer is allocated once.
const ROW_BYTES: usize = 512;

/// A dialect of CSV.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dialect {
    Brazilian,
    International,
}

/// Number of columns.
const COLUMN_COUNT: usize = 18;

const COLUMNS: [[&str; 2]; COLUMN_COUNT] = [
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
    ["Contraparte", "counterparty"],
    ["Documento", "counterparty_document"],
    ["Cobrança", "charge_id"],
    ["Instituição", "counterparty_bank"],
    ["ISPB", "counterparty_ispb"],
    ["ID da devolução", "return_id"],
    ["Motivo", "reason"],
    ["Código da rede", "network_code"],
];
pub(crate) const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

pub(crate) fn head(dialect: Dialect, out: &mut Vec<u8>) {
    let brazilian = dialect == Dialect::Brazilian;
    if brazilian {
        out.extend_from_slice(BYTE_ORDER_MARK);
    }
    let names = COLUMNS.map(|[here, elsewhere]| if brazilian { here } else { elsewhere });
    // Some readers, such as Ruby's, do not know a quote that follows the byte order mark.
    row(dialect, QuoteStyle::Necessary, names, out);
}

pub(crate) fn line(dialect: Dialect, statement: &Statement, line: &Line, out: &mut Vec<u8>) {
    let local = statement.local(line.occurred_at);
    let kind = match dialect {
        Dialect::Brazilian => line.kind.text(),
        Dialect::International => line.kind.as_str(),
    };
    let (party, failure) = (line.counterparty.as_ref(), line.failure.as_ref());
    let cells = [
        &date(dialect, local.date()),
        &time(local.civil),
        kind,
        &cell(line.description.as_deref()),
        &cell(line.reference.as_deref()),
        &cell(Some(&line.transaction_id)),
        &cell(line.end_to_end_id.as_deref()),
        &money::signed(line.amount_cents, dialect.mark()),
        &money::unsigned(line.balance_after_cents, dialect.mark()),
        &cell(Some(&line.id)),
        &cell(party.map(|party| party.name.as_str())),
        &cell(party.map(|party| party.document.as_str())),
        &cell(line.charge_id.as_deref()),
        &cell(party.and_then(|party| party.bank_name.as_deref())),
        &cell(party.and_then(|party| party.ispb.as_deref())),
        &cell(line.return_id.as_deref()),
        &cell(failure.map(|failure| failure.code)),
        &cell(failure.and_then(|failure| failure.network_code.as_deref())),
    ];
    row(dialect, QuoteStyle::Always, cells, out);
}

/// Writes the row of a period without movements.
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
    let (date, time) = (date(dialect, local.date()), time(local.civil));
    let mut cells = [""; COLUMN_COUNT];
    [cells[0], cells[1], cells[2]] = [&date, &time, kind];
    [cells[7], cells[8]] = [&nil, &balance];
    row(dialect, QuoteStyle::Always, cells, out);
}

impl Dialect {
    /// Returns the mark before the cents.
    pub(crate) const fn mark(self) -> char {
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

/// Writes a row of cells.
pub(crate) fn row<const N: usize>(
    dialect: Dialect,
    quotes: QuoteStyle,
    cells: [&str; N],
    out: &mut Vec<u8>,
) {
    let mut writer = WriterBuilder::new()
        .delimiter(dialect.delimiter())
        .quote_style(quotes)
        .terminator(Terminator::CRLF)
        .buffer_capacity(ROW_BYTES)
        .from_writer(out);
    let written = writer.write_record(cells).and_then(|()| Ok(writer.flush()?));
    written.expect("a write to a vector cannot fail");
}

pub(crate) fn date(dialect: Dialect, date: Date) -> String {
    let (year, month, day) = (date.year(), date.month(), date.day());
    match dialect {
        Dialect::Brazilian => format!("{day:02}/{month:02}/{year:04}"),
        Dialect::International => format!("{year:04}-{month:02}-{day:02}"),
    }
}

fn time(civil: DateTime) -> String {
    format!("{:02}:{:02}:{:02}", civil.hour(), civil.minute(), civil.second())
}

pub(crate) fn cell(text: Option<&str>) -> String {
    neutralize_formulas(text::one_line(text).unwrap_or_default())
}

/// Puts `'` before text that a spreadsheet would run as a formula: [OWASP, CSV Injection][owasp].
///
/// OWASP names `=`, `+`, `-`, `@`, their full-width forms, tab, carriage return and line feed.
/// [`text::one_line`] has already replaced the last three by spaces. The check skips leading white
/// space and quotes, because importers trim them. It also checks the text after a separator of
/// either dialect. A program that expects the other dialect ignores our quotes there and begins a
/// cell. Amounts do not pass here, because they are numbers of our own.
///
/// [owasp]: https://owasp.org/www-community/attacks/CSV_Injection
fn neutralize_formulas(text: String) -> String {
    let ignored = |character: char| {
        character.is_whitespace()
            || matches!(character, '\'' | '"' | '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{feff}')
            || matches!(character, '\u{115f}' | '\u{1160}' | '\u{2800}' | '\u{3164}' | '\u{ffa0}')
            || matches!(character, '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}')
            || matches!(character, '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}')
            || matches!(character, '\u{fe00}'..='\u{fe0f}' | '\u{e0000}'..='\u{e0fff}')
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
    fn a_formula_becomes_text() {
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
            "\u{ad}=1",
            "\u{61c}=1",
            "\u{2060}=1",
            "\u{202e}=1",
            "\u{2066}=1",
            "\u{3164}=1",
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
