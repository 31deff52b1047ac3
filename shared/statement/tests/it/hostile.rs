//! Any text, any amount, any time: every file reads back with exactly its lines.

use encoding_rs::WINDOWS_1252;
use icu_normalizer::ComposingNormalizerBorrowed;
use proptest::prelude::*;
use statement::{Format, Line, LineParty, Statement};

use crate::readers::{ReadLine, StatementSummary, read};
use crate::samples;

/// Returns the text of a line in a format: unchanged in JSON, and one line of valid characters in
/// the others.
fn text_in(format: Format, text: Option<&str>) -> Option<String> {
    let text = text?;
    if format == Format::JsonLines {
        return Some(text.to_owned());
    }
    let replace_control = |character: char| match character {
        '\u{2028}' | '\u{2029}' => ' ',
        '\u{fffe}' | '\u{ffff}' => '\u{fffd}',
        _ if character.is_control() => ' ',
        _ => character,
    };
    let text: String = text.chars().map(replace_control).collect();
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// Returns the memo of OFX.
fn memo(format: Format, line: &Line) -> String {
    let party = line.counterparty.as_ref();
    let parts = [
        party.map(|_| line.kind.text()),
        party.map(|party| party.document.as_str()),
        party.and_then(|party| party.bank_name.as_deref().or(party.ispb.as_deref())),
        line.description.as_deref(),
        Some(line.transaction_id.as_str()),
        line.charge_id.as_deref(),
        line.failure.as_ref().map(|failure| failure.code),
        line.reference.as_deref(),
    ];
    let parts: Vec<_> = parts.into_iter().filter_map(|text| text_in(format, text)).collect();
    in_ofx(format, &parts.join(" | "), 255)
}

/// Returns a text of OFX with at most this many characters.
fn in_ofx(format: Format, text: &str, characters_max: usize) -> String {
    let text = ComposingNormalizerBorrowed::new_nfc().normalize(text);
    let text: String = text.chars().take(characters_max).collect();
    let mapped = text.trim_end().chars().map(|character| {
        let unknown = WINDOWS_1252.encode(character.encode_utf8(&mut [0; 4])).2;
        if format == Format::Ofx102 && unknown { '?' } else { character }
    });
    mapped.collect()
}

/// Returns the name of the counterparty or its institution. CAMT.053 has room for 140 characters.
fn name_in(format: Format, name: Option<&str>) -> Option<String> {
    let name = text_in(format, name)?;
    match format {
        Format::Camt053 => {
            let cut: String = name.chars().take(140).collect();
            Some(cut.trim_end().to_owned())
        }
        _ => Some(name),
    }
}

/// Returns why money came back: our word and the code of the network. CAMT.053 has one of them.
fn reason(format: Format, line: &Line) -> Vec<Option<String>> {
    let failure = line.failure.as_ref();
    let code = failure.map(|failure| failure.code.to_owned());
    let network_code = failure.and_then(|failure| failure.network_code.as_deref());
    let network_code = text_in(format, network_code);
    match format {
        Format::Camt053 => vec![network_code.or(code)],
        _ => vec![code, network_code],
    }
}

fn expected(format: Format, statement: &Statement, lines: &[Line]) -> StatementSummary {
    let cents = |cents: u64| i64::try_from(cents).expect("cents");
    let lines = lines.iter().map(|line| {
        let number = line.end_to_end_id.clone().unwrap_or_else(|| line.transaction_id.clone());
        let own = |text: &Option<String>| text_in(format, text.as_deref());
        let texts = match format {
            Format::Ofx102 | Format::Ofx220 => {
                let name = line.counterparty.as_ref().map(|party| party.name.as_str());
                let name = text_in(format, name).unwrap_or_else(|| line.kind.text().to_owned());
                let name = in_ofx(format, &name, 32);
                vec![Some(memo(format, line)), Some(number), Some(name)]
            }
            _ => {
                let party = line.counterparty.as_ref();
                let bank = party.and_then(|party| party.bank_name.as_deref());
                let texts = vec![
                    own(&line.description),
                    own(&line.reference),
                    Some(line.transaction_id.clone()),
                    line.end_to_end_id.clone(),
                    name_in(format, party.map(|party| party.name.as_str())),
                    party.map(|party| party.document.clone()),
                    line.charge_id.clone(),
                    name_in(format, bank),
                    party.and_then(|party| party.ispb.clone()),
                    line.return_id.clone(),
                ];
                texts.into_iter().chain(reason(format, line)).collect()
            }
        };
        let clocked = !matches!(format, Format::CsvBr | Format::CsvIntl);
        ReadLine {
            id: line.id.clone(),
            amount_cents: line.amount_cents,
            day: statement.time_zone.to_datetime(line.occurred_at).date(),
            at_second: clocked.then(|| line.occurred_at.as_second()),
            texts,
        }
    });
    StatementSummary {
        opening_cents: cents(statement.opening_cents),
        closing_cents: cents(statement.closing_cents),
        lines: lines.collect(),
    }
}

#[track_caller]
fn check(format: Format, statement: &Statement, lines: &[Line]) {
    let found = read(format, &samples::written(format, statement, lines));
    assert!(found.adds_up(), "{format:?}");
    assert_eq!(found, expected(format, statement, lines), "{format:?}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 192, ..ProptestConfig::default() })]

    /// Fault row 98.
    #[test]
    fn every_file_reads_back_with_exactly_its_lines((statement, lines) in samples::statement(8)) {
        for format in Format::ALL {
            check(format, &statement, &lines);
        }
    }

    #[test]
    fn the_same_statement_is_the_same_bytes((statement, lines) in samples::statement(4)) {
        for format in Format::ALL {
            let [one, two] = [0, 1].map(|_| samples::written(format, &statement, &lines));
            prop_assert_eq!(one, two);
        }
    }
}

#[test]
fn a_period_without_a_movement_has_its_balances() {
    let (mut statement, _) = samples::november();
    statement.closing_cents = statement.opening_cents;
    for format in Format::ALL {
        check(format, &statement, &[]);
    }
}

/// Fault row 98.
#[test]
fn no_text_starts_a_cell_an_element_or_a_line() {
    let (mut statement, mut lines) = samples::november();
    lines.truncate(1);
    statement.closing_cents = 11_000;
    let attacks = [
        "\";=1+1;\"",
        "\",=1+1,\"",
        "\n=1+1",
        "\r\n\"x\";\"y\"",
        "</MEMO></STMTTRN><STMTTRN>",
        "</Ustrd></RmtInf>",
        "]]><Ntry>",
        "&lt;/STMTTRN&gt;",
        "{\"type\":\"closing\"}\n",
    ];
    for attack in attacks {
        lines[0].description = Some(attack.to_owned());
        lines[0].reference = Some(attack.to_owned());
        for format in Format::ALL {
            check(format, &statement, &lines);
        }
    }
}

#[test]
fn a_character_outside_windows_1252_becomes_a_question_mark() {
    let (mut statement, mut lines) = samples::november();
    lines.truncate(1);
    statement.closing_cents = 11_000;
    lines[0].description = Some("São João – 5 € 😀 ž 漢 ok".to_owned());
    let bytes = samples::written(Format::Ofx102, &statement, &lines);
    let memo = b"<MEMO>S\xe3o Jo\xe3o \x96 5 \x80 ? \x9e ? ok | chg_";
    assert!(bytes.windows(memo.len()).any(|window| window == memo));
}

/// Some systems send a letter and its accent as two characters.
#[test]
fn a_name_in_two_characters_for_a_letter_is_the_same_in_ofx() {
    let (mut statement, mut lines) = samples::november();
    lines.truncate(1);
    statement.closing_cents = 11_000;
    lines[0].counterparty = Some(LineParty {
        name: "Joa\u{303}o da Conceic\u{327}a\u{303}o de Oliveira Filho".to_owned(),
        document_type: "CPF",
        document: "***.982.247-**".to_owned(),
        ispb: None,
        bank_name: None,
    });
    let bytes = samples::written(Format::Ofx102, &statement, &lines);
    let name = b"<NAME>Jo\xe3o da Concei\xe7\xe3o de Oliveira Fi</NAME>";
    assert!(bytes.windows(name.len()).any(|window| window == name));
}

/// Callers keep to 140 and 255 characters. A file stays valid if they do not.
#[test]
fn a_text_too_long_for_a_format_is_cut_between_characters() {
    let (mut statement, mut lines) = samples::november();
    lines.truncate(1);
    statement.closing_cents = 11_000;
    lines[0].description = Some("ã".repeat(600));
    lines[0].reference = Some("ç".repeat(600));
    let texts = |format| {
        let read = read(format, &samples::written(format, &statement, &lines));
        let texts = read.lines[0].texts.iter();
        texts.map(|text| text.as_deref().map_or(0, |text| text.chars().count())).collect::<Vec<_>>()
    };
    assert_eq!(texts(Format::Camt053)[..2], [140, 500]);
    assert_eq!((texts(Format::Ofx102)[0], texts(Format::Ofx220)[0]), (255, 255));
    assert_eq!(
        (&texts(Format::CsvBr)[..2], &texts(Format::JsonLines)[..2]),
        (&[600; 2][..], &[600; 2][..])
    );
}
