//! One JSON object per line: an opening, the entries, a closing.
//!
//! Amounts are integer cents, and texts are unchanged. A line ends with `\n` alone, so a
//! reader must not split at other Unicode line ends. A file without a closing was cut off.

use serde::Serialize;

use crate::period::LocalInstant;
use crate::{Line, Statement, Totals};

/// The other party of a movement.
#[derive(Serialize)]
struct JsonParty<'a> {
    name: &'a str,
    document_type: &'static str,
    document: &'a str,
    ispb: Option<&'a str>,
    bank_name: Option<&'a str>,
}

/// Why money came back.
#[derive(Serialize)]
struct JsonFailure<'a> {
    code: &'static str,
    network_code: Option<&'a str>,
}

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum JsonRecord<'a> {
    Opening {
        account_id: &'a str,
        ispb: &'a str,
        compe: Option<&'a str>,
        currency: &'static str,
        from: String,
        until: String,
        /// Name of the time zone; none for a bare offset.
        time_zone: Option<&'a str>,
        balance_cents: u64,
    },
    Entry {
        id: &'a str,
        sequence: u64,
        occurred_at: String,
        kind: &'static str,
        amount_cents: i64,
        balance_after_cents: u64,
        transaction_id: &'a str,
        reference: Option<&'a str>,
        description: Option<&'a str>,
        end_to_end_id: Option<&'a str>,
        counterparty: Option<JsonParty<'a>>,
        charge_id: Option<&'a str>,
        return_id: Option<&'a str>,
        failure: Option<JsonFailure<'a>>,
    },
    Closing {
        entries: u64,
        credits: u64,
        credits_cents: u64,
        debits: u64,
        debits_cents: u64,
        balance_cents: u64,
    },
}

pub(crate) fn head(statement: &Statement, out: &mut Vec<u8>) {
    let record = JsonRecord::Opening {
        account_id: &statement.account_id,
        ispb: &statement.ispb,
        compe: statement.compe.as_deref(),
        currency: "BRL",
        from: format!("{:.3}", statement.from),
        until: format!("{:.3}", statement.until),
        time_zone: statement.time_zone.iana_name(),
        balance_cents: statement.opening_cents,
    };
    write(&record, out);
}

pub(crate) fn line(statement: &Statement, line: &Line, out: &mut Vec<u8>) {
    let LocalInstant { at, offset, .. } = statement.local(line.occurred_at);
    let record = JsonRecord::Entry {
        id: &line.id,
        sequence: line.sequence,
        occurred_at: format!("{:.3}", at.display_with_offset(offset)),
        kind: line.kind.as_str(),
        amount_cents: line.amount_cents,
        balance_after_cents: line.balance_after_cents,
        transaction_id: &line.transaction_id,
        reference: line.reference.as_deref(),
        description: line.description.as_deref(),
        end_to_end_id: line.end_to_end_id.as_deref(),
        counterparty: line.counterparty.as_ref().map(|party| JsonParty {
            name: &party.name,
            document_type: party.document_type,
            document: &party.document,
            ispb: party.ispb.as_deref(),
            bank_name: party.bank_name.as_deref(),
        }),
        charge_id: line.charge_id.as_deref(),
        return_id: line.return_id.as_deref(),
        failure: line.failure.as_ref().map(|failure| JsonFailure {
            code: failure.code,
            network_code: failure.network_code.as_deref(),
        }),
    };
    write(&record, out);
}

pub(crate) fn tail(totals: &Totals, out: &mut Vec<u8>) {
    let record = JsonRecord::Closing {
        entries: totals.credits + totals.debits,
        credits: totals.credits,
        credits_cents: totals.credits_cents,
        debits: totals.debits,
        debits_cents: totals.debits_cents,
        balance_cents: totals.closing_cents,
    };
    write(&record, out);
}

fn write(record: &JsonRecord<'_>, out: &mut Vec<u8>) {
    serde_json::to_writer(&mut *out, record).expect("a record has no map and goes to a vector");
    out.push(b'\n');
}
