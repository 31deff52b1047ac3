//! Reads a file back with readers of other authors.

use encoding_rs::WINDOWS_1252;
use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::Value;
use statement::Format;

/// The content of a file.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct StatementSummary {
    pub(crate) opening_cents: i64,
    pub(crate) closing_cents: i64,
    pub(crate) lines: Vec<ReadLine>,
}

/// The content of a line, as far as its format has a field for it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct ReadLine {
    pub(crate) id: String,
    pub(crate) amount_cents: i64,
    pub(crate) day: Date,
    pub(crate) at_second: Option<i64>,
    pub(crate) texts: Vec<Option<String>>,
}

impl StatementSummary {
    /// Returns true if opening + lines = closing.
    pub(crate) fn adds_up(&self) -> bool {
        let sum: i64 = self.lines.iter().map(|line| line.amount_cents).sum();
        self.opening_cents + sum == self.closing_cents
    }
}

pub(crate) fn read(format: Format, bytes: &[u8]) -> StatementSummary {
    match format {
        Format::CsvBr => csv(bytes.strip_prefix(b"\xef\xbb\xbf").expect("a mark"), b';', ','),
        Format::CsvIntl => csv(bytes, b',', '.'),
        Format::Ofx102 => {
            let (text, malformed) = WINDOWS_1252.decode_without_bom_handling(bytes);
            assert!(!malformed);
            ofx(&text)
        }
        Format::Ofx220 => ofx(str::from_utf8(bytes).expect("UTF-8")),
        Format::JsonLines => json_lines(str::from_utf8(bytes).expect("UTF-8")),
        Format::Camt053 => camt(bytes),
    }
}

/// Returns the cents of a decimal number with exactly two digits after the mark.
fn cents(text: &str, mark: char) -> i64 {
    let (whole, part) = text.split_once(mark).unwrap_or_else(|| panic!("no {mark} in {text}"));
    assert!(part.len() == 2 && whole.trim_start_matches('-').bytes().all(|b| b.is_ascii_digit()));
    format!("{whole}{part}").parse().expect("a number")
}

fn csv(bytes: &[u8], delimiter: u8, mark: char) -> StatementSummary {
    let mut reader = csv::ReaderBuilder::new().delimiter(delimiter).from_reader(bytes);
    assert_eq!(reader.headers().expect("a header").len(), 18);
    let rows: Vec<_> = reader.records().map(|row| row.expect("a row")).collect();
    let (first, last) = (rows.first().expect("a row"), rows.last().expect("a row"));
    let (opening_cents, closing_cents) =
        (cents(&first[8], mark) - cents(&first[7], mark), cents(&last[8], mark));
    let mut balance = opening_cents;
    for row in &rows {
        balance += cents(&row[7], mark);
        assert_eq!(balance, cents(&row[8], mark), "the balance of {row:?}");
    }
    let lines = rows.iter().filter(|row| cents(&row[7], mark) != 0).map(|row| ReadLine {
        id: row[9].to_owned(),
        amount_cents: cents(&row[7], mark),
        day: match mark {
            ',' => Date::strptime("%d/%m/%Y", &row[0]).expect("a day"),
            _ => row[0].parse().expect("a day"),
        },
        at_second: None,
        texts: [3, 4, 5, 6, 10, 11, 12, 13, 14, 15, 16, 17]
            .map(|column| cell(&row[column]))
            .to_vec(),
    });
    StatementSummary { opening_cents, closing_cents, lines: lines.collect() }
}

/// Returns the text without the apostrophes that prevent formulas at its start and after
/// separators.
fn cell(text: &str) -> Option<String> {
    let bare = |text: &str| {
        let skipped = |c: char| {
            c.is_whitespace()
                || "'\"\u{feff}".contains(c)
                || ('\u{200b}'..='\u{200f}').contains(&c)
                || ('\u{202a}'..='\u{202e}').contains(&c)
                || is_blank(c)
        };
        text.trim_start_matches(skipped).starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠'])
    };
    let part = |part| {
        assert!(!bare(part) || part.starts_with('\''), "{part:?} is a formula");
        if bare(part) { &part[1..] } else { part }
    };
    let text: String = text.split_inclusive([',', ';']).map(part).collect();
    (!text.is_empty()).then_some(text)
}

/// Returns true for the other characters that show nothing.
fn is_blank(c: char) -> bool {
    "\u{ad}\u{34f}\u{61c}\u{115f}\u{1160}\u{2800}\u{3164}\u{ffa0}".contains(c)
        || ('\u{180b}'..='\u{180f}').contains(&c)
        || ('\u{2060}'..='\u{206f}').contains(&c)
        || ('\u{fe00}'..='\u{fe0f}').contains(&c)
        || ('\u{e0000}'..='\u{e0fff}').contains(&c)
}

/// Returns names and memos. ofx-rs 0.2 drops escaped characters and reads the text of 1.x byte by
/// byte. Both bodies are XML, so this reads them as XML.
fn names_and_memos(text: &str) -> Vec<[Option<String>; 2]> {
    let body = &text[text.find("<OFX>").expect("a body")..];
    let document = roxmltree::Document::parse(body).expect("XML");
    let lines = document.descendants().filter(|node| node.has_tag_name("STMTTRN"));
    let texts = lines.map(|line| {
        ["NAME", "MEMO"].map(|name| {
            let leaf = line.children().find(|node| node.has_tag_name(name));
            leaf.and_then(|leaf| leaf.text()).map(str::to_owned)
        })
    });
    texts.collect()
}

fn ofx(text: &str) -> StatementSummary {
    let document = ofx_rs::parse(text).expect("OFX");
    assert!(document.signon().status().is_success());
    let response = document.banking().expect("banking").statement_responses()[0].response();
    let response = response.expect("a response");
    assert_eq!(response.currency_default().as_str(), "BRL");
    let opening = match response.balance_list() {
        [] => {
            let text = response.marketing_info().expect("an opening balance");
            text.strip_prefix("Saldo anterior: ").expect("an opening balance").to_owned()
        }
        balances => {
            assert_eq!((balances.len(), balances[0].name()), (1, "OPENING"));
            balances[0].value().to_string()
        }
    };
    let closing = response.ledger_balance().expect("a balance").amount().to_string();
    let transactions = response.transaction_list().expect("a list").transactions();
    let texts = names_and_memos(text);
    assert_eq!(texts.len(), transactions.len());
    let lines = transactions.iter().zip(texts).map(|(found, [name, memo])| {
        let day = found.date_posted().as_offset_date_time();
        // Noon, or no time at all.
        assert!([0, 12].contains(&day.hour()));
        let year = i16::try_from(day.year()).expect("a year");
        ReadLine {
            id: found.fit_id().as_str().to_owned(),
            amount_cents: cents(&found.amount().to_string(), '.'),
            day: Date::strptime("%Y %j", format!("{year} {:03}", day.ordinal())).expect("a day"),
            at_second: found.date_user().map(|at| at.as_offset_date_time().unix_timestamp()),
            texts: vec![memo, found.reference_number().map(str::to_owned), name],
        }
    });
    StatementSummary {
        opening_cents: cents(&opening, '.'),
        closing_cents: cents(&closing, '.'),
        lines: lines.collect(),
    }
}

fn json_lines(text: &str) -> StatementSummary {
    let records: Vec<Value> = text
        .strip_suffix('\n')
        .expect("an end of the last line")
        .split('\n')
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect();
    let [opening, entries @ .., closing] = records.as_slice() else { panic!("two lines at least") };
    assert_eq!((&opening["type"], &closing["type"]), (&"opening".into(), &"closing".into()));
    assert_eq!(closing["entries"], entries.len());
    let text = |entry: &Value, name: &str| entry[name].as_str().map(str::to_owned);
    let lines = entries.iter().map(|entry| {
        assert_eq!(entry["type"], "entry");
        let at = entry["occurred_at"].as_str().expect("an instant");
        ReadLine {
            id: text(entry, "id").expect("an id"),
            amount_cents: entry["amount_cents"].as_i64().expect("cents"),
            day: at[..10].parse().expect("a day"),
            at_second: Some(at.parse::<Timestamp>().expect("an instant").as_second()),
            texts: ["description", "reference", "transaction_id", "end_to_end_id"]
                .map(|name| text(entry, name))
                .into_iter()
                .chain(["name", "document"].map(|name| text(&entry["counterparty"], name)))
                .chain([text(entry, "charge_id")])
                .chain(["bank_name", "ispb"].map(|name| text(&entry["counterparty"], name)))
                .chain([text(entry, "return_id")])
                .chain(["code", "network_code"].map(|name| text(&entry["failure"], name)))
                .collect(),
        }
    });
    StatementSummary {
        opening_cents: opening["balance_cents"].as_i64().expect("cents"),
        closing_cents: closing["balance_cents"].as_i64().expect("cents"),
        lines: lines.collect(),
    }
}

fn camt(bytes: &[u8]) -> StatementSummary {
    let document = camt053::Document::from_reader(bytes).expect("CAMT.053");
    // This reader also refuses a statement that does not add up.
    let simple = camt053::SimpleStatements::from_document(&document).expect("one that adds up");
    let [simple] = simple.statements.as_slice() else { panic!("one statement") };
    let parties = parties(str::from_utf8(bytes).expect("UTF-8"));
    let lines = document.statements()[0].entry.iter().zip(parties).map(|(entry, parties)| {
        let details = &entry.details[0].transaction_details[0];
        let references = details.references.as_ref().expect("references");
        let dates = details.related_dates.as_ref().expect("dates");
        let at = dates.transaction_date_time.as_deref().expect("an instant");
        let description = details.remittance_information.as_ref();
        ReadLine {
            id: entry.reference.clone().expect("an id"),
            amount_cents: cents(&entry.amount().to_string(), '.'),
            day: entry.book_date().expect("a day").to_string().parse().expect("a day"),
            at_second: Some(at.parse::<Timestamp>().expect("an instant").as_second()),
            texts: vec![
                description.map(|text| text.unstructured[0].clone()),
                details.additional_transaction_information.clone(),
                references.transaction_identification.clone(),
                references.end_to_end_identification.clone(),
            ]
            .into_iter()
            .chain(parties)
            .collect(),
        }
    });
    StatementSummary {
        opening_cents: cents(&simple.opening_amount.to_string(), '.'),
        closing_cents: cents(&simple.closing_amount.to_string(), '.'),
        lines: lines.collect(),
    }
}

/// Returns name, document, charge, institution, return and its reason of each line. The crate camt053 does
/// not read all of them.
fn parties(text: &str) -> Vec<Vec<Option<String>>> {
    let document = roxmltree::Document::parse(text).expect("XML");
    let lines = document.descendants().filter(|node| node.has_tag_name("Ntry"));
    let parties = lines.map(|line| {
        let leaf = |parent: &str, name: &str| {
            let mut found = line.descendants().filter(|node| {
                let is_inside = node.parent().is_some_and(|it| it.tag_name().name() == parent);
                node.tag_name().name() == name && is_inside
            });
            found.next().and_then(|leaf| leaf.text()).map(str::to_owned)
        };
        let places = [
            ("Pty", "Nm"),
            ("Othr", "Id"),
            ("Prtry", "Ref"),
            ("FinInstnId", "Nm"),
            ("ClrSysMmbId", "MmbId"),
            ("Refs", "ClrSysRef"),
        ];
        let mut found: Vec<_> = places.iter().map(|(parent, name)| leaf(parent, name)).collect();
        found.push(leaf("Rsn", "Cd").or_else(|| leaf("Rsn", "Prtry")));
        found
    });
    parties.collect()
}
