//! Rows in both forms: packed, and as they were before.

use aws_sdk_dynamodb::primitives::Blob;
use domain::charge::{Charge, Refund};
use domain::event::Event;
use domain::kernel::{AccountId, Id};
use domain::payout::Payout;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::*;
use crate::writes::row;
use crate::{Idempotency, Key, SealedReply};

fn text(value: &str) -> AttributeValue {
    AttributeValue::S(value.to_owned())
}

/// Checks that a row is read as its item in both forms: packed, and with each field as an attribute, as it
/// was before fields were packed. The packed row has these plain fields.
#[track_caller]
fn check<I: Item>(fields: &Value, plain: &[&str]) {
    let item: I = serde_json::from_value(fields.clone()).expect("an item");
    let version = item.version().unwrap_or_default();
    let packed = row(&item, version);
    let AttributeValue::B(bytes) = &packed[table::PACKED] else { panic!("no packed fields") };
    assert!(bytes.as_ref().len() * 2 < fields.to_string().len(), "{} bytes", bytes.as_ref().len());
    let names = [plain, &[table::PACKED]].concat();
    let is_key = |name: &&String| ["pk", "sk", "row_kind", "version"].contains(&name.as_str());
    let is_index = |name: &&String| name.ends_with("_pk") || name.ends_with("_sk");
    let mut found: Vec<_> = packed.keys().filter(|name| !is_key(name) && !is_index(name)).collect();
    found.sort();
    assert_eq!(found, {
        let mut names = names;
        names.sort_unstable();
        names
    });
    let mut unpacked: Attributes = to_item(&item).expect("an item");
    unpacked.extend(packed.clone().into_iter().filter(|(name, _)| name != table::PACKED));
    for form in [packed, unpacked] {
        let read: I = Row(form).read().expect("readable");
        assert_eq!(serde_json::to_value(read).expect("JSON"), *fields);
    }
}

#[test]
fn rows_are_read_packed_and_as_they_were_before() {
    check::<Charge>(
        &json!({"account_id":"acc_01M844DZG05QMF0WDY64Q6RTCQ","amount_cents":1000,"created_at":"2026-11-23T12:00:00Z","created_by":"usr_01M844DZG0NNEFY8Z8MPFT2PVP","description":"D","entries":[{"at":"2026-11-23T12:00:00Z","sequence":1},{"at":"2026-11-23T12:00:00Z","sequence":2},{"at":"2026-11-23T12:00:00Z","sequence":3}],"expires_at":"2026-11-24T12:00:00Z","fees_cents":10,"history":{"last_event_id":"evt_01M844DZG0C1EWTYRFH25Q91JE","sequence":3},"id":"chg_01M844DZG0VPQ0ZHPMV0P32408","metadata":{"k":"v"},"method":{"pix":{"br_code":"00020101021226670014br.gov.bcb.pix2545127.0.0.1:4000/pix/01M844DZG0VPQ0ZHPMV0P32408520400005303986540510.005802BR5904loja6009Sao Paulo62070503***63043883","end_to_end_id":"E999999992026112312006TJdQDmlgG3","key":"123e4567-e12b-12d1-a456-426655440000","origin":"http://127.0.0.1:4000","txid":"01M844DZG0VPQ0ZHPMV0P32408"}},"paid_amount_cents":1000,"payer":{"document":{"number":"52998224725","type":"cpf"},"email":"maria@example.com","name":"Maria Silva"},"payment":{"amount_cents":1000,"id":"pmt_01M844DZG0VY2V1YWER2RNE9MT","paid_at":"2026-11-23T12:00:00Z","payer":{"bank_name":"Sandbox","document":{"number":"52998224725","type":"cpf"},"ispb":"99999999","name":"Maria Silva"}},"reference":"R","refunded_amount_cents":0,"refunding_amount_cents":0,"status":"credited","status_history":[{"at":"2026-11-23T12:00:00.000Z","status":"pending"},{"at":"2026-11-23T12:00:00.000Z","status":"paid"},{"at":"2026-11-23T12:00:00.000Z","status":"credited"}],"version":2}),
        &[],
    );
    check::<Event>(
        &json!({"account_id":"acc_01M844DZG05QMF0WDY64Q6RTCQ","created_at":"2026-11-23T12:00:00Z","id":"evt_01M844DZG0C1EWTYRFH25Q91JE","object":{"amount_cents":1000,"available_at":"2026-11-23T12:00:00.000Z","blocked_amount_cents":0,"cancelled_at":null,"created_at":"2026-11-23T12:00:00.000Z","credited_at":"2026-11-23T12:00:00.000Z","currency":"BRL","description":"D","expires_at":"2026-11-24T12:00:00.000Z","failure":null,"fees_cents":10,"id":"chg_01M844DZG0VPQ0ZHPMV0P32408","metadata":{"k":"v"},"method":"pix","net_amount_cents":990,"paid_amount_cents":1000,"paid_at":"2026-11-23T12:00:00.000Z","payer":{"document":{"number":"52998224725","type":"cpf"},"email":"maria@example.com","name":"Maria Silva"},"payment":{"amount_cents":1000,"id":"pmt_01M844DZG0VY2V1YWER2RNE9MT","paid_at":"2026-11-23T12:00:00.000Z","payer":{"bank_name":"Sandbox","document":{"number":"52998224725","type":"cpf"},"ispb":"99999999","name":"Maria Silva"}},"pix":{"br_code":"00020101021226670014br.gov.bcb.pix2545127.0.0.1:4000/pix/01M844DZG0VPQ0ZHPMV0P32408520400005303986540510.005802BR5904loja6009Sao Paulo62070503***63043883","end_to_end_id":"E999999992026112312006TJdQDmlgG3","qr_code_url":"http://127.0.0.1:4000/v1/charges/chg_01M844DZG0VPQ0ZHPMV0P32408/qr-code","txid":"01M844DZG0VPQ0ZHPMV0P32408"},"reference":"R","refunded_amount_cents":0,"refunding_amount_cents":0,"refunds":[],"rejected_at":null,"returned_amount_cents":0,"returns":[],"status":"credited","status_history":[{"at":"2026-11-23T12:00:00.000Z","status":"pending"},{"at":"2026-11-23T12:00:00.000Z","status":"paid"},{"at":"2026-11-23T12:00:00.000Z","status":"credited"}]},"object_id":"chg_01M844DZG0VPQ0ZHPMV0P32408","previous_event_id":"evt_01M844DZG0BXFA9HQMZQVYZMNJ","publish_requests":0,"sequence":3,"type":"charge.credited"}),
        &["object_id", "publish_requests", "type"],
    );
    check::<Payout>(
        &json!({"account_id":"acc_01M844DZG05QMF0WDY64Q6RTCQ","amount_cents":2500,"approvals_needed":0,"beneficiary":{"document":{"number":"52998224725","type":"cpf"},"name":"Maria Silva"},"created_at":"2026-11-23T12:00:00Z","created_by":"usr_01M844DZG0NNEFY8Z8MPFT2PVP","description":"D","entries":[{"at":"2026-11-23T12:00:00Z","sequence":7},{"at":"2026-11-23T12:00:00Z","sequence":8},{"at":"2026-11-23T12:00:00Z","sequence":9}],"fees_cents":50,"history":{"last_event_id":"evt_01M844DZG0H82WBJVYXW9FNY72","sequence":2},"id":"pay_01M844DZG009B7QN3PZHW41G48","method":"pix","needs_review":false,"recipient":{"account_kind":"checking","checked_at":"2026-11-23T12:00:00Z","party":{"bank_name":"Banco","document_masked":"***.982.247-**","document_type":"cpf","ispb":"60701190","name":"Maria Silva"}},"reference":"R","returned_amount_cents":0,"status":"paid","status_history":[{"at":"2026-11-23T12:00:00.000Z","status":"processing"},{"at":"2026-11-23T12:00:00.000Z","status":"paid"}],"submission":{"attempts":1,"end_to_end_id":"E99999999202611231200UWRyLzYT7qE","order_id":"E99999999202611231200UWRyLzYT7qE","provider":"scripted","queued_at":"2026-11-23T12:00:00Z"},"to":{"pix_key":{"key":"maria@example.com","type":"email"}},"version":4,"wait_for_funds":false}),
        &[],
    );
    check::<Refund>(
        &json!({"account_id":"acc_01M844DZG05QMF0WDY64Q6RTCQ","amount_cents":400,"charge_id":"chg_01M844DZG0VPQ0ZHPMV0P32408","counterparty":{"bank_name":"Sandbox","document_masked":"***.982.247-**","document_type":"cpf","ispb":"99999999","name":"Maria Silva"},"created_at":"2026-11-23T12:00:00Z","created_by":"usr_01M844DZG0NNEFY8Z8MPFT2PVP","entries":[{"at":"2026-11-23T12:00:00Z","sequence":10},{"at":"2026-11-23T12:00:00Z","sequence":11}],"history":{"last_event_id":"evt_01M844DZG0XJZ4KD7786SCV0ET","sequence":2},"id":"rfd_01M844DZG06Z7BWH5J762EB1SW","method":"pix","reason":"One of two items came back","return_id":"D99999999202611231200H5J762EB1SW","status":"paid","status_history":[{"at":"2026-11-23T12:00:00.000Z","status":"processing"},{"at":"2026-11-23T12:00:00.000Z","status":"paid"}],"submission":{"attempts":1,"end_to_end_id":"E999999992026112312006TJdQDmlgG3","order_id":"01M844DZG06Z7BWH5J762EB1SW","provider":"scripted","queued_at":"2026-11-23T12:00:00Z"},"version":3,"window_ends_at":"2027-02-21T12:00:00Z"}),
        &[],
    );
}

#[test]
fn a_stored_answer_is_read_as_it_was_before() {
    let key = Key::Idempotency(
        AccountId::from_ulid(7.into()),
        "create_charge".to_owned(),
        "a#b".to_owned(),
    );
    let mut before = attributes((key.pk(), key.sk()));
    let fields = [
        ("account_id", "acc_00000000000000000000000007"),
        ("operation", "create_charge"),
        ("idempotency_key", "a#b"),
        ("fingerprint", "f"),
        ("sealed_body", "1.sealed"),
        ("expires_at", "1970-01-01T00:00:01Z"),
    ];
    before.extend(fields.map(|(name, value)| (name.to_owned(), text(value))));
    before.insert("status".to_owned(), AttributeValue::N("201".to_owned()));
    before.insert("with_code".to_owned(), AttributeValue::Bool(true));
    before.insert("expires_ms".to_owned(), AttributeValue::N("1000".to_owned()));
    let read: Idempotency = Row(before).read().expect("readable");
    assert!(matches!(&read.sealed, SealedReply::Text(text) if text == "1.sealed"), "{read:?}");
    assert_eq!((read.key(), read.with_code), (key, true));
    let now = Idempotency { sealed: SealedReply::Bytes(vec![1]), ..read };
    let written = row(&now, 1);
    assert_eq!(written["sealed"], AttributeValue::B(Blob::new([1])));
    assert!(!written.contains_key("idempotency_key"), "the key of the row has it");
    let read: Idempotency = Row(written).read().expect("readable");
    assert!(matches!(&read.sealed, SealedReply::Bytes(bytes) if bytes == &[1]), "{read:?}");
    assert_eq!(read.expires_at, Timestamp::from_second(1).expect("in range"));
}
