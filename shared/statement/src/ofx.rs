//! OFX 1.02, which is SGML in Windows-1252, and OFX 2.2, which is XML in UTF-8.
//!
//! Their bodies are the same. Every leaf is closed, which SGML allows and which importers that
//! read XML need. Widths are those of the specification, in characters; a longer text is cut.
//! Files have booked lines only. The opening balance has no element of its own. OFX 2.2 accepts it
//! in `BALLIST`. The document type of 1.x does not have that element here, so 1.02 states it in
//! `MKTGINFO`.
//!
//! `DTPOSTED`, `DTSTART`, `DTEND` and `DTASOF` are days, written as noon in the account's time zone, as in
//! the files of Brazilian banks. So the day is right whether a reader keeps the offset, drops it, or
//! counts in UTC. Where noon is another day in UTC, or the offset has a fraction of an hour, the day
//! is written alone, as 8 digits. `DTEND` is the last day of the period. By the letter of OFX it would
//! be the first instant after it; but readers take its date, and would show a day that is not in the
//! file. `DTUSER` has the exact instant.

use encoding_rs::{EncoderResult, WINDOWS_1252};
use icu_normalizer::ComposingNormalizerBorrowed;
use jiff::Timestamp;
use jiff::civil::{DateTime, Time};
use jiff::tz::Offset;

use crate::elements::Elements;
use crate::{Line, Statement, money, text};

/// Maximum length of `BANKID`: 9 characters, enough for an ISPB.
const BANK_MAX: usize = 9;
/// Maximum length of `ACCTID`. The file has the last 22 characters of the account's id: its whole
/// random part and the fine part of its time.
const ACCOUNT_MAX: usize = 22;
const REFERENCE_NUMBER_MAX: usize = 32;
const NAME_MAX: usize = 32;
const MEMO_MAX: usize = 255;
const FITID_MAX: usize = 255;
const LINE_END: &str = "\r\n";
const SECONDS_PER_HOUR: i32 = 60 * 60;

/// The versions of OFX.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Version {
    Sgml102,
    Xml220,
}

pub(crate) fn head(version: Version, statement: &Statement, out: &mut Vec<u8>) {
    out.extend_from_slice(version.header().as_bytes());
    let mut elements = Elements::new(out, LINE_END);
    elements.open("OFX");
    elements.open("SIGNONMSGSRSV1");
    elements.open("SONRS");
    success(&mut elements);
    elements.leaf("DTSERVER", &instant(statement, statement.until));
    elements.leaf("LANGUAGE", "POR");
    elements.close("SONRS");
    elements.close("SIGNONMSGSRSV1");
    elements.open("BANKMSGSRSV1");
    elements.open("STMTTRNRS");
    // The file answers no request, so it has no request id.
    elements.leaf("TRNUID", "0");
    success(&mut elements);
    elements.open("STMTRS");
    elements.leaf("CURDEF", "BRL");
    elements.open("BANKACCTFROM");
    let bank = statement.compe.as_deref().unwrap_or(&statement.ispb);
    elements.leaf("BANKID", text::cut(bank, BANK_MAX));
    elements.leaf("ACCTID", text::cut_front(&statement.account_id, ACCOUNT_MAX));
    elements.leaf("ACCTTYPE", "CHECKING");
    elements.close("BANKACCTFROM");
    elements.open("BANKTRANLIST");
    elements.leaf("DTSTART", &day(statement, statement.from));
    elements.leaf("DTEND", &day(statement, statement.last_second()));
}

pub(crate) fn line(version: Version, statement: &Statement, line: &Line, out: &mut Vec<u8>) {
    let start = out.len();
    let mut elements = Elements::new(out, LINE_END);
    let kind = match line.amount_cents {
        ..0 if line.kind.is_fee() => "FEE",
        ..0 => "DEBIT",
        0.. => "CREDIT",
    };
    let number = line.end_to_end_id.as_deref().unwrap_or(&line.transaction_id);
    elements.open("STMTTRN");
    elements.leaf("TRNTYPE", kind);
    elements.leaf("DTPOSTED", &day(statement, line.occurred_at));
    elements.leaf("DTUSER", &instant(statement, line.occurred_at));
    elements.leaf("TRNAMT", &money::signed(line.amount_cents, '.'));
    elements.leaf("FITID", text::cut(&line.id, FITID_MAX));
    elements.leaf("REFNUM", text::cut(number, REFERENCE_NUMBER_MAX));
    let party = line.counterparty.as_ref();
    let name = party.and_then(|party| text::one_line(Some(&party.name)));
    let name = name.as_deref().unwrap_or(line.kind.text());
    elements.leaf("NAME", &fitted(name, NAME_MAX));
    elements.leaf("MEMO", &memo(line));
    elements.close("STMTTRN");
    if version == Version::Sgml102 {
        encode(start, out);
    }
}

pub(crate) fn tail(version: Version, statement: &Statement, out: &mut Vec<u8>) {
    let mut elements = Elements::new(out, LINE_END);
    let opening = money::unsigned(statement.opening_cents, '.');
    elements.close("BANKTRANLIST");
    elements.open("LEDGERBAL");
    elements.leaf("BALAMT", &money::unsigned(statement.closing_cents, '.'));
    elements.leaf("DTASOF", &day(statement, statement.last_second()));
    elements.close("LEDGERBAL");
    match version {
        Version::Sgml102 => elements.leaf("MKTGINFO", &format!("Saldo anterior: {opening}")),
        Version::Xml220 => {
            elements.open("BALLIST");
            elements.open("BAL");
            elements.leaf("NAME", "OPENING");
            elements.leaf("DESC", "Saldo anterior");
            elements.leaf("BALTYPE", "DOLLAR");
            elements.leaf("VALUE", &opening);
            elements.leaf("DTASOF", &day(statement, statement.from));
            elements.close("BAL");
            elements.close("BALLIST");
        }
    }
    for name in ["STMTRS", "STMTTRNRS", "BANKMSGSRSV1", "OFX"] {
        elements.close(name);
    }
}

impl Version {
    const fn header(self) -> &'static str {
        match self {
            Self::Sgml102 => {
                "OFXHEADER:100\r\nDATA:OFXSGML\r\nVERSION:102\r\nSECURITY:NONE\r\n\
                 ENCODING:USASCII\r\nCHARSET:1252\r\nCOMPRESSION:NONE\r\nOLDFILEUID:NONE\r\n\
                 NEWFILEUID:NONE\r\n\r\n"
            }
            Self::Xml220 => {
                "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"no\"?>\r\n\
                 <?OFX OFXHEADER=\"200\" VERSION=\"220\" SECURITY=\"NONE\" OLDFILEUID=\"NONE\" \
                 NEWFILEUID=\"NONE\"?>\r\n"
            }
        }
    }
}

fn success(elements: &mut Elements<'_>) {
    elements.open("STATUS");
    elements.leaf("CODE", "0");
    elements.leaf("SEVERITY", "INFO");
    elements.close("STATUS");
}

/// Returns what `NAME` does not show of a counterparty, which is the kind, the document and the
/// institution. Then follow the description, the ids, the reason of a return, and as much of the caller's
/// own id as fits.
fn memo(line: &Line) -> String {
    let party = line.counterparty.as_ref();
    let texts = [
        party.map(|_| line.kind.text()),
        party.map(|party| party.document.as_str()),
        party.and_then(|party| party.bank_name.as_deref().or(party.ispb.as_deref())),
        line.description.as_deref(),
        Some(line.transaction_id.as_str()),
        line.charge_id.as_deref(),
        line.failure.as_ref().map(|failure| failure.code),
        line.reference.as_deref(),
    ];
    let parts: Vec<_> = texts.into_iter().filter_map(text::one_line).collect();
    fitted(&parts.join(" | "), MEMO_MAX)
}

/// Returns at most `characters_max` characters of a text, each letter with its accents as one character:
/// Windows-1252 has no accent alone, and a cut between letter and accent would change the letter.
fn fitted(text: &str, characters_max: usize) -> String {
    let composed = ComposingNormalizerBorrowed::new_nfc().normalize(text);
    text::cut(&composed, characters_max).trim_end().to_owned()
}

/// Returns an instant in the account's time zone.
fn instant(statement: &Statement, at: Timestamp) -> String {
    let hours = whole_hours(statement.local(at).offset);
    let offset = Offset::from_seconds(hours * SECONDS_PER_HOUR).unwrap_or(Offset::UTC);
    written(statement, offset.to_datetime(at), hours)
}

/// Returns the day in the account's time zone: noon with its offset, or the date alone where a reader
/// that counts in UTC or cuts the offset would see another day.
fn day(statement: &Statement, at: Timestamp) -> String {
    let local = statement.local(at);
    let (date, hours) = (local.date(), whole_hours(local.offset));
    let is_whole = local.offset.seconds() % SECONDS_PER_HOUR == 0;
    // Noon is 01:00 to 23:00 of the same day in UTC. At +12 it would be midnight, which is still the day.
    if !is_whole || !(-11..=12).contains(&hours) {
        return format!("{:04}{:02}{:02}", date.year(), date.month(), date.day());
    }
    let noon = date.to_datetime(Time::constant(12, 0, 0, 0));
    written(statement, noon, hours)
}

/// Returns the whole hours of an offset. Readers differ on the minutes or fraction after them, so
/// the time is set to the whole hour in a zone with a fraction.
fn whole_hours(offset: Offset) -> i32 {
    offset.seconds() / SECONDS_PER_HOUR
}

/// Returns `yyyyMMddHHmmss[-3:BRT]`. It names the offset only if the zone has that name.
fn written(statement: &Statement, civil: DateTime, hours: i32) -> String {
    let name = match (statement.time_zone.iana_name(), hours) {
        (Some("America/Sao_Paulo"), -3) => ":BRT",
        (Some("America/Sao_Paulo"), -2) => ":BRST",
        _ => "",
    };
    let (year, month, day) = (civil.year(), civil.month(), civil.day());
    let (hour, minute, second) = (civil.hour(), civil.minute(), civil.second());
    format!("{year:04}{month:02}{day:02}{hour:02}{minute:02}{second:02}[{hours}{name}]")
}

/// Encodes what was appended since `start` from UTF-8 to Windows-1252, with `?` for characters
/// that do not exist there.
///
/// It uses its own vector. The encoder touches every page of the vector's capacity, and the
/// caller's vector can have a capacity of megabytes.
fn encode(start: usize, out: &mut Vec<u8>) {
    let utf8 = str::from_utf8(&out[start..]).expect("elements are written in UTF-8");
    if utf8.is_ascii() {
        return;
    }
    let (mut rest, mut encoder) = (utf8, WINDOWS_1252.new_encoder());
    // No character is longer in Windows-1252.
    let mut encoded = Vec::with_capacity(utf8.len());
    loop {
        let (end, read) =
            encoder.encode_from_utf8_to_vec_without_replacement(rest, &mut encoded, true);
        rest = &rest[read..];
        match end {
            EncoderResult::InputEmpty => break,
            EncoderResult::OutputFull => encoded.reserve(rest.len()),
            EncoderResult::Unmappable(_) => encoded.push(b'?'),
        }
    }
    out.truncate(start);
    out.extend_from_slice(&encoded);
}
