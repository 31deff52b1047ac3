//! Dates follow the account's time zone, also when its clocks change.

use jiff::tz::{self, TimeZone};
use statement::{Format, LineKind};

use crate::samples::{self, at};

/// Returns a file with one line at an instant in a zone.
fn file(format: Format, time_zone: &TimeZone, instant: &str) -> String {
    let (mut statement, mut lines) = samples::november();
    lines.truncate(1);
    statement.time_zone = time_zone.clone();
    statement.from = at("1900-01-01T00:00:00Z");
    statement.until = at("2100-01-01T00:00:00Z");
    statement.closing_cents = 11_000;
    lines[0].occurred_at = at(instant);
    lines[0].description = None;
    String::from_utf8(samples::written(format, &statement, &lines)).expect("the file is in ASCII")
}

#[track_caller]
fn check(time_zone: &TimeZone, instant: &str, local: &str, posted: &str, user: &str) {
    let ofx = file(Format::Ofx220, time_zone, instant);
    assert!(ofx.contains(&format!("<DTPOSTED>{posted}</DTPOSTED>")), "{posted}: {ofx}");
    assert!(ofx.contains(&format!("<DTUSER>{user}</DTUSER>")), "{user}: {ofx}");
    let camt = file(Format::Camt053, time_zone, instant);
    let (day, offset) = (&local[..10], local);
    assert!(camt.contains(&format!("<BookgDt>\n<Dt>{day}</Dt>")), "{camt}");
    assert!(camt.contains(&format!("<TxDtTm>{offset}</TxDtTm>")), "{camt}");
    let json = file(Format::JsonLines, time_zone, instant);
    assert!(json.contains(&format!("\"occurred_at\":\"{local}\"")), "{json}");
    let clock = &local[11..19];
    let csv = file(Format::CsvIntl, time_zone, instant);
    assert!(csv.contains(&format!("\"{day}\",\"{clock}\"")), "{csv}");
    let csv = file(Format::CsvBr, time_zone, instant);
    let brazilian = format!("\"{}/{}/{}\";\"{clock}\"", &day[8..], &day[5..7], &day[..4]);
    assert!(csv.contains(&brazilian), "{csv}");
}

#[test]
fn money_and_a_fee_that_come_back_are_reversals_in_camt() {
    for (kind, amount_cents, is_reversal) in [
        (LineKind::PayoutReturned, 1_000, true),
        (LineKind::PayoutFeeReversed, 1_000, true),
        (LineKind::PayoutPaid, -1_000, false),
    ] {
        let (mut statement, mut lines) = samples::november();
        lines.truncate(1);
        (lines[0].kind, lines[0].amount_cents) = (kind, amount_cents);
        let after_cents = if amount_cents > 0 { 2_000 } else { 0 };
        (statement.closing_cents, lines[0].balance_after_cents) = (after_cents, after_cents);
        let camt = samples::written(Format::Camt053, &statement, &lines);
        let camt = String::from_utf8(camt).expect("text");
        assert_eq!(camt.contains("<RvslInd>true</RvslInd>"), is_reversal, "{camt}");
        assert_eq!(camt.contains("<CdtDbtInd>CRDT</CdtDbtInd>\n<RvslInd>"), is_reversal, "{camt}");
    }
}

#[test]
fn an_evening_in_sao_paulo_stays_on_its_day() {
    let zone = tz::get!("America/Sao_Paulo");
    check(
        &zone,
        "2026-11-26T02:30:00Z",
        "2026-11-25T23:30:00.000-03:00",
        "20261125120000[-3:BRT]",
        "20261125233000[-3:BRT]",
    );
    check(
        &zone,
        "2026-11-26T03:00:00Z",
        "2026-11-26T00:00:00.000-03:00",
        "20261126120000[-3:BRT]",
        "20261126000000[-3:BRT]",
    );
}

/// On 2018-11-04 the clocks of São Paulo went from 23:59:59 to 01:00:00, so that day had no
/// midnight.
#[test]
fn a_day_without_a_midnight_begins_at_one() {
    let zone = tz::get!("America/Sao_Paulo");
    check(
        &zone,
        "2018-11-04T02:59:59Z",
        "2018-11-03T23:59:59.000-03:00",
        "20181103120000[-3:BRT]",
        "20181103235959[-3:BRT]",
    );
    check(
        &zone,
        "2018-11-04T03:00:00Z",
        "2018-11-04T01:00:00.000-02:00",
        "20181104120000[-2:BRST]",
        "20181104010000[-2:BRST]",
    );
}

#[test]
fn both_sides_of_daylight_saving_in_new_york() {
    let zone = tz::get!("America/New_York");
    check(
        &zone,
        "2026-03-08T06:59:59Z",
        "2026-03-08T01:59:59.000-05:00",
        "20260308120000[-5]",
        "20260308015959[-5]",
    );
    check(
        &zone,
        "2026-03-08T07:00:00Z",
        "2026-03-08T03:00:00.000-04:00",
        "20260308120000[-4]",
        "20260308030000[-4]",
    );
    // The repeated hour: the offset shows which one.
    check(
        &zone,
        "2026-11-01T05:30:00Z",
        "2026-11-01T01:30:00.000-04:00",
        "20261101120000[-4]",
        "20261101013000[-4]",
    );
    check(
        &zone,
        "2026-11-01T06:30:00Z",
        "2026-11-01T01:30:00.000-05:00",
        "20261101120000[-5]",
        "20261101013000[-5]",
    );
}

/// Readers of OFX differ on half an hour, so the day has no time, and the instant has the whole hour.
#[test]
fn an_offset_of_half_an_hour_keeps_day_and_instant() {
    check(
        &tz::get!("Asia/Kolkata"),
        "2026-11-25T18:45:00Z",
        "2026-11-26T00:15:00.000+05:30",
        "20261126",
        "20261125234500[5]",
    );
}

#[test]
fn a_file_is_made_at_the_end_of_its_period_and_names_its_last_second() {
    let (statement, lines) = samples::november();
    let text = |format| {
        String::from_utf8_lossy(&samples::written(format, &statement, &lines)).into_owned()
    };
    let ofx = text(Format::Ofx102);
    for element in [
        "<DTSERVER>20261201000000[-3:BRT]</DTSERVER>",
        "<DTSTART>20261101120000[-3:BRT]</DTSTART>",
        "<DTEND>20261130120000[-3:BRT]</DTEND>",
        "<DTASOF>20261130120000[-3:BRT]</DTASOF>",
        "<BANKID>999</BANKID>",
        "<ACCTID>ZQ4T5M8V3W7X2Y6K1N0PRS</ACCTID>",
    ] {
        assert!(ofx.contains(element), "{element}: {ofx}");
    }
    let camt = text(Format::Camt053);
    for element in [
        "<CreDtTm>2026-12-01T00:00:00.000-03:00</CreDtTm>",
        "<FrDtTm>2026-11-01T00:00:00.000-03:00</FrDtTm>",
        "<ToDtTm>2026-11-30T23:59:59.000-03:00</ToDtTm>",
    ] {
        let found = camt.contains(element);
        assert!(found, "{element}: {camt}");
    }
    assert!(camt.contains("<MsgId>W7X2Y6K1N0PRS-1793502000-1796094000</MsgId>"), "{camt}");
}

/// Returns the date of an OFX date in UTC, as a reader that counts in UTC shows it.
fn date_in_utc(written: &str) -> String {
    let Some((civil, offset)) = written.split_once('[') else { return written.to_owned() };
    let hours = offset.trim_end_matches(']').split(':').next().expect("an offset");
    let offset = jiff::tz::offset(hours.parse().expect("whole hours"));
    let civil = jiff::civil::DateTime::strptime("%Y%m%d%H%M%S", civil).expect("a time");
    let at = offset.to_timestamp(civil).expect("in range");
    at.to_zoned(TimeZone::UTC).strftime("%Y%m%d").to_string()
}

/// A reader keeps the offset, drops it, or counts in UTC. Each sees the days of the account.
#[test]
fn the_days_of_a_file_are_right_for_every_reader_in_every_zone() {
    for (zone, instant, posted) in [
        ("Pacific/Kiritimati", "2026-12-02T01:30:01Z", "20261202"),
        ("Pacific/Auckland", "2026-12-02T01:30:01Z", "20261202"),
        ("Pacific/Tongatapu", "2026-12-02T01:30:01Z", "20261202"),
        ("Etc/GMT+12", "2026-12-02T01:30:01Z", "20261201"),
        ("Etc/GMT+11", "2026-12-02T01:30:01Z", "20261201"),
        ("Asia/Kolkata", "2026-12-02T01:30:01Z", "20261202"),
        ("Asia/Kathmandu", "2026-12-02T01:30:01Z", "20261202"),
        ("Australia/Eucla", "2026-12-02T01:30:01Z", "20261202"),
        ("America/St_Johns", "2026-12-02T01:30:01Z", "20261201"),
        ("Pacific/Marquesas", "2026-12-02T01:30:01Z", "20261201"),
        ("Pacific/Fiji", "2026-12-02T01:30:01Z", "20261202"),
        ("America/Sao_Paulo", "2026-12-02T01:30:01Z", "20261201"),
        ("UTC", "2026-12-02T01:30:01Z", "20261202"),
    ] {
        let time_zone = TimeZone::get(zone).expect("a zone");
        let (mut statement, mut lines) = samples::november();
        lines.truncate(1);
        lines[0].occurred_at = at(instant);
        let day = lines[0].occurred_at.to_zoned(time_zone.clone()).date();
        let start =
            |day: jiff::civil::Date| day.to_zoned(time_zone.clone()).expect("a day").timestamp();
        (statement.from, statement.until) = (start(day), start(day.tomorrow().expect("a day")));
        (statement.time_zone, statement.closing_cents) = (time_zone.clone(), 11_000);
        let bytes = samples::written(Format::Ofx220, &statement, &lines);
        let ofx = String::from_utf8(bytes).expect("UTF-8");
        let mut days = 0;
        for name in ["DTPOSTED", "DTSTART", "DTEND", "DTASOF"] {
            for found in ofx.split(&format!("<{name}>")).skip(1) {
                let written = found.split('<').next().expect("a date");
                assert_eq!(&written[..8], posted, "{zone} {name}");
                assert_eq!(date_in_utc(written), posted, "{zone} {name} in UTC");
                days += 1;
            }
        }
        // BALLIST has a second DTASOF.
        assert_eq!(days, 5, "{zone}");
    }
}

#[test]
fn the_first_bytes_of_a_csv_file_are_its_headings() {
    let (statement, lines) = samples::november();
    let br = samples::written(Format::CsvBr, &statement, &lines);
    assert!(br.starts_with("\u{feff}Data;Hora;Tipo;".as_bytes()));
    let intl = samples::written(Format::CsvIntl, &statement, &lines);
    assert!(intl.starts_with(b"date,time,type,"));
}

/// Returns a line of a refund, with everything that a line can say of its counterparty.
fn refund() -> (statement::Statement, Vec<statement::Line>) {
    let (mut statement, mut lines) = samples::november();
    lines.truncate(1);
    lines[0].kind = statement::LineKind::RefundPaid;
    (lines[0].amount_cents, lines[0].balance_after_cents) = (-400, 600);
    statement.closing_cents = 600;
    lines[0].charge_id = Some("chg_01J9ZQ4T5M8V3W7X2Y6K1N0PRS".to_owned());
    lines[0].counterparty = Some(statement::LineParty {
        name: "Maria Silva".to_owned(),
        document_type: "CPF",
        document: "***.982.247-**".to_owned(),
        ispb: Some("60701190".to_owned()),
        bank_name: Some("ITAÚ UNIBANCO S.A.".to_owned()),
    });
    lines[0].return_id = Some("D99999999202611011200aB3dE5fG7hI".to_owned());
    lines[0].failure = Some(statement::LineFailure {
        code: "beneficiary_request",
        network_code: Some("MD06".to_owned()),
    });
    (statement, lines)
}

#[test]
fn every_format_names_the_counterparty_its_institution_and_the_charge_of_a_refund() {
    let (statement, lines) = refund();
    let file = |format| {
        String::from_utf8_lossy(&samples::written(format, &statement, &lines)).into_owned()
    };
    let charge = "chg_01J9ZQ4T5M8V3W7X2Y6K1N0PRS";
    for (format, expected) in [
        (
            Format::CsvBr,
            format!(
                r#";"Maria Silva";"***.982.247-**";"{charge}";"ITAÚ UNIBANCO S.A.";"60701190";"D99999999202611011200aB3dE5fG7hI";"beneficiary_request";"MD06""#
            ),
        ),
        (
            Format::CsvIntl,
            format!(
                r#","Maria Silva","***.982.247-**","{charge}","ITAÚ UNIBANCO S.A.","60701190","D99999999202611011200aB3dE5fG7hI","beneficiary_request","MD06""#
            ),
        ),
        (Format::Ofx102, "<NAME>Maria Silva</NAME>\r\n<MEMO>".to_owned()),
        (
            Format::Ofx220,
            format!(
                "***.982.247-** | ITAÚ UNIBANCO S.A. | Pedido 42; açaí &amp; cia | chg_00000000000000000000000003 | {charge} | beneficiary_request | pedido-3</MEMO>"
            ),
        ),
        (
            Format::JsonLines,
            format!(
                r#""counterparty":{{"name":"Maria Silva","document_type":"CPF","document":"***.982.247-**","ispb":"60701190","bank_name":"ITAÚ UNIBANCO S.A."}},"charge_id":"{charge}","return_id":"D99999999202611011200aB3dE5fG7hI","failure":{{"code":"beneficiary_request","network_code":"MD06"}}"#
            ),
        ),
        (
            Format::Camt053,
            "<RltdPties>\n<Cdtr>\n<Pty>\n<Nm>Maria Silva</Nm>\n<Id>\n<PrvtId>\n<Othr>\n\
             <Id>***.982.247-**</Id>\n<SchmeNm>\n<Prtry>CPF</Prtry>"
                .to_owned(),
        ),
    ] {
        let file = file(format);
        assert!(file.contains(&expected), "{expected}: {file}");
    }
}

#[test]
fn camt_has_the_references_the_institution_and_the_reason_of_a_return() {
    let (statement, lines) = refund();
    let charge = "chg_01J9ZQ4T5M8V3W7X2Y6K1N0PRS";
    let reference = format!("<Tp>charge_id</Tp>\n<Ref>{charge}</Ref>");
    let camt = samples::written(Format::Camt053, &statement, &lines);
    let camt = String::from_utf8_lossy(&camt);
    for expected in [
        reference.as_str(),
        "<RltdAgts>\n<CdtrAgt>\n<FinInstnId>\n<ClrSysMmbId>\n<MmbId>60701190</MmbId>\n</ClrSysMmbId>\n\
         <Nm>ITAÚ UNIBANCO S.A.</Nm>",
        "<ClrSysRef>D99999999202611011200aB3dE5fG7hI</ClrSysRef>",
        "<RtrInf>\n<Rsn>\n<Cd>MD06</Cd>",
    ] {
        assert!(camt.contains(expected), "{expected}: {camt}");
    }
    let iso = "ITA\u{da} UNIBANCO";
    let (encoded, ..) = encoding_rs::WINDOWS_1252.encode(iso);
    let ofx = samples::written(Format::Ofx102, &statement, &lines);
    assert!(ofx.windows(encoded.len()).any(|part| part == &*encoded), "one byte for each letter");
}
