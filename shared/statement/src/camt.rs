//! ISO 20022 camt.053.001.08, the bank-to-customer statement.
//!
//! The schema puts the opening and the closing balance before the entries. The summary of the
//! entries would also come before them, so the file has none. A balance is never below 0, so its
//! side is always credit.

use crate::elements::Elements;
use crate::period::LocalInstant;
use crate::{Line, Statement, money, text};

const LINE_END: &str = "\n";
const HEADER: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
    <Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.08\">\n";
/// Maximum lengths of the schema, here of `Max35Text`.
const ID_MAX: usize = 35;
const ACCOUNT_MAX: usize = 34;
const NAME_MAX: usize = 140;
const REMITTANCE_MAX: usize = 140;
const INFORMATION_MAX: usize = 500;
/// Length of `ExternalReturnReason1Code`: at most 4, and every code has 4.
const REASON_CODE_LENGTH: usize = 4;

pub(crate) fn head(statement: &Statement, out: &mut Vec<u8>) {
    out.extend_from_slice(HEADER.as_bytes());
    let (id, made_at) = (statement.id(), instant(statement.local(statement.until)));
    let (first, last) = (statement.local(statement.from), statement.local(statement.last_second()));
    let mut elements = Elements::new(out, LINE_END);
    elements.open("BkToCstmrStmt");
    elements.open("GrpHdr");
    elements.leaf("MsgId", &id);
    elements.leaf("CreDtTm", &made_at);
    elements.close("GrpHdr");
    elements.open("Stmt");
    elements.leaf("Id", &id);
    elements.leaf("CreDtTm", &made_at);
    elements.open("FrToDt");
    elements.leaf("FrDtTm", &instant(first));
    elements.leaf("ToDtTm", &instant(last));
    elements.close("FrToDt");
    elements.open("Acct");
    elements.nested(["Id", "Othr"], "Id", text::cut(&statement.account_id, ACCOUNT_MAX));
    elements.leaf("Ccy", "BRL");
    let member = text::cut(&statement.ispb, ID_MAX);
    elements.nested(["Svcr", "FinInstnId", "ClrSysMmbId"], "MmbId", member);
    elements.close("Acct");
    balance(&mut elements, "OPBD", statement.opening_cents, first);
    balance(&mut elements, "CLBD", statement.closing_cents, last);
}

pub(crate) fn line(statement: &Statement, line: &Line, out: &mut Vec<u8>) {
    let local = statement.local(line.occurred_at);
    let mut elements = Elements::new(out, LINE_END);
    elements.open("Ntry");
    elements.leaf("NtryRef", text::cut(&line.id, ID_MAX));
    amount(&mut elements, line.amount_cents.unsigned_abs());
    elements.leaf("CdtDbtInd", if line.amount_cents < 0 { "DBIT" } else { "CRDT" });
    if line.kind.is_reversal() {
        elements.leaf("RvslInd", "true");
    }
    elements.nested(["Sts"], "Cd", "BOOK");
    let day = local.date().to_string();
    elements.nested(["BookgDt"], "Dt", &day);
    elements.nested(["ValDt"], "Dt", &day);
    elements.leaf("AcctSvcrRef", text::cut(&line.id, ID_MAX));
    code(&mut elements, statement, line);
    elements.open("NtryDtls");
    elements.open("TxDtls");
    references(&mut elements, line);
    parties(&mut elements, line);
    institutions(&mut elements, line);
    if let Some(description) = text::one_line(line.description.as_deref()) {
        elements.nested(["RmtInf"], "Ustrd", text::cut(&description, REMITTANCE_MAX).trim_end());
    }
    elements.nested(["RltdDts"], "TxDtTm", &instant(local));
    return_reason(&mut elements, line);
    if let Some(reference) = text::one_line(line.reference.as_deref()) {
        elements.leaf("AddtlTxInf", text::cut(&reference, INFORMATION_MAX).trim_end());
    }
    elements.close("TxDtls");
    elements.close("NtryDtls");
    elements.leaf("AddtlNtryInf", line.kind.text());
    elements.close("Ntry");
}

pub(crate) fn tail(out: &mut Vec<u8>) {
    let mut elements = Elements::new(out, LINE_END);
    for name in ["Stmt", "BkToCstmrStmt", "Document"] {
        elements.close(name);
    }
}

fn balance(elements: &mut Elements<'_>, kind: &str, cents: u64, local: LocalInstant) {
    elements.open("Bal");
    elements.nested(["Tp", "CdOrPrtry"], "Cd", kind);
    amount(elements, cents);
    elements.leaf("CdtDbtInd", "CRDT");
    elements.nested(["Dt"], "Dt", &local.date().to_string());
    elements.close("Bal");
}

fn amount(elements: &mut Elements<'_>, cents: u64) {
    elements.leaf_with("Amt", ("Ccy", "BRL"), &money::unsigned(cents, '.'));
}

/// Writes the ISO 20022 code for every program, and beside it our own finer code.
fn code(elements: &mut Elements<'_>, statement: &Statement, line: &Line) {
    let (family, sub_family) = line.kind.codes();
    elements.open("BkTxCd");
    elements.open("Domn");
    elements.leaf("Cd", "PMNT");
    elements.open("Fmly");
    elements.leaf("Cd", family);
    elements.leaf("SubFmlyCd", sub_family);
    elements.close("Fmly");
    elements.close("Domn");
    elements.open("Prtry");
    elements.leaf("Cd", line.kind.as_str());
    elements.leaf("Issr", text::cut(&statement.ispb, ID_MAX));
    elements.close("Prtry");
    elements.close("BkTxCd");
}

/// Writes the references. The caller's own reference can be longer than any field here, so it is
/// further down.
fn references(elements: &mut Elements<'_>, line: &Line) {
    elements.open("Refs");
    if let Some(end_to_end_id) = &line.end_to_end_id {
        elements.leaf("EndToEndId", text::cut(end_to_end_id, ID_MAX));
    }
    elements.leaf("TxId", text::cut(&line.transaction_id, ID_MAX));
    if let Some(return_id) = &line.return_id {
        elements.leaf("ClrSysRef", text::cut(return_id, ID_MAX));
    }
    if let Some(charge_id) = &line.charge_id {
        elements.open("Prtry");
        elements.leaf("Tp", "charge_id");
        elements.leaf("Ref", text::cut(charge_id, ID_MAX));
        elements.close("Prtry");
    }
    elements.close("Refs");
}

/// Writes who paid or who was paid. A returned payout names its beneficiary as creditor, because a
/// reversal keeps the parties of the transfer that it reverses.
fn parties(elements: &mut Elements<'_>, line: &Line) {
    let Some(party) = &line.counterparty else { return };
    let side = if line.kind.is_received() { "Dbtr" } else { "Cdtr" };
    let kind = if party.document_type == "CPF" { "PrvtId" } else { "OrgId" };
    elements.open("RltdPties");
    elements.open(side);
    elements.open("Pty");
    if let Some(name) = text::one_line(Some(&party.name)) {
        elements.leaf("Nm", text::cut(&name, NAME_MAX).trim_end());
    }
    elements.open("Id");
    elements.open(kind);
    elements.open("Othr");
    elements.leaf("Id", text::cut(&party.document, ID_MAX));
    elements.nested(["SchmeNm"], "Prtry", party.document_type);
    for name in ["Othr", kind, "Id", "Pty", side, "RltdPties"] {
        elements.close(name);
    }
}

/// Writes the institution of the other party, on the side of that party.
fn institutions(elements: &mut Elements<'_>, line: &Line) {
    let Some(party) = &line.counterparty else { return };
    let Some(ispb) = &party.ispb else { return };
    let side = if line.kind.is_received() { "DbtrAgt" } else { "CdtrAgt" };
    elements.open("RltdAgts");
    elements.open(side);
    elements.open("FinInstnId");
    elements.nested(["ClrSysMmbId"], "MmbId", text::cut(ispb, ID_MAX));
    if let Some(name) = text::one_line(party.bank_name.as_deref()) {
        elements.leaf("Nm", text::cut(&name, NAME_MAX).trim_end());
    }
    for name in ["FinInstnId", side, "RltdAgts"] {
        elements.close(name);
    }
}

/// Writes why money came back. A code of the network without the form of ISO 20022 is proprietary, and
/// without a code the reason is our word.
fn return_reason(elements: &mut Elements<'_>, line: &Line) {
    let Some(failure) = &line.failure else { return };
    let is_external = |code: &str| {
        code.len() == REASON_CODE_LENGTH && code.chars().all(|it| it.is_ascii_alphanumeric())
    };
    let own = text::one_line(failure.network_code.as_deref());
    let code = own.as_deref().unwrap_or(failure.code);
    let name = if is_external(code) { "Cd" } else { "Prtry" };
    elements.nested(["RtrInf", "Rsn"], name, text::cut(code, ID_MAX).trim_end());
}

/// Returns an instant with the UTC offset of its time.
fn instant(local: LocalInstant) -> String {
    format!("{:.3}", local.at.display_with_offset(local.offset))
}
