//! Runs every vector of every file in `tests/vectors`, and prints the source of each that fails.

use brazil::{
    Arrangement, Bank, BankAccount, BankAccountError, BankAccountKind, BillValue, BoletoCode,
    BrCode, CardBrand, Cnpj, Cpf, DueDateFactor, EndToEndId, EndToEndIdKind, LookupBudget,
    OwnerKind, PixKey, PointOfInitiation, StaticTxid, Txid, crc16, is_business_day,
};
use jiff::Timestamp;
use serde_json::{Value, json};

/// Runs the check on each vector with text as its input.
fn run_all(file: &str, check: fn(&str, &Value) -> Result<(), String>) {
    run_each(file, |input, expected| check(text(input), expected));
}

/// Runs the check on each vector. The check returns the reason of a failure. Checks also that no vector
/// is skipped.
fn run_each(file: &str, check: impl Fn(&Value, &Value) -> Result<(), String>) {
    let content: Value = serde_json::from_str(file).expect("a vector file is JSON");
    let vectors = content["vectors"].as_array().expect("a vector file lists its vectors");
    let inputs = file.matches("\"input\":").count();
    let mut run = 0;
    let mut failures = Vec::new();
    for vector in vectors {
        let input = &vector["input"];
        let source = vector["source"].as_str().expect("a vector has its source");
        run += 1;
        if let Err(reason) = check(input, &vector["expected"]) {
            failures.push(format!("{input}\n  {reason}\n  source: {source}"));
        }
    }
    assert!(run > 0 && run == inputs, "{run} vectors were run of {inputs} in the file");
    assert!(failures.is_empty(), "{} of {run} failed:\n{}", failures.len(), failures.join("\n"));
}

fn text(value: &Value) -> &str {
    value.as_str().expect("text")
}

fn same(what: &str, actual: &Value, expected: &Value) -> Result<(), String> {
    match actual == expected {
        true => Ok(()),
        false => Err(format!("{what} is {actual}, expected {expected}")),
    }
}

fn is_valid(expected: &Value) -> bool {
    expected["valid"].as_bool().expect("the vector says if it is valid")
}

fn check_cpf(input: &str, expected: &Value) -> Result<(), String> {
    let cpf = match (Cpf::parse(input), is_valid(expected)) {
        (Ok(cpf), true) => cpf,
        (Err(_), false) => return Ok(()),
        (other, _) => return Err(format!("{other:?}")),
    };
    same("normalized", &cpf.as_str().into(), &expected["normalized"])?;
    same("formatted", &cpf.formatted().into(), &expected["formatted"])?;
    same("masked", &cpf.masked().into(), &expected["pix_masked"])
}

fn check_cnpj(input: &str, expected: &Value) -> Result<(), String> {
    let cnpj = match (Cnpj::parse(input), is_valid(expected)) {
        (Ok(cnpj), true) => cnpj,
        (Err(_), false) => return Ok(()),
        (other, _) => return Err(format!("{other:?}")),
    };
    same("normalized", &cnpj.as_str().into(), &expected["normalized"])?;
    same("formatted", &cnpj.formatted().into(), &expected["formatted"])?;
    same("check digits", &cnpj.as_str()[12..].into(), &expected["check_digits"])
}

fn check_pix_key(input: &str, expected: &Value) -> Result<(), String> {
    let key = match (PixKey::detect(input), is_valid(expected)) {
        (Ok(key), true) => key,
        (Err(_), false) => return Ok(()),
        (other, _) => return Err(format!("{other:?}")),
    };
    same("type", &key.kind().as_str().into(), &expected["type"])?;
    same("canonical", &key.as_str().into(), &expected["canonical"])?;
    same("with its kind", &(PixKey::parse(key.kind(), input) == Ok(key)).into(), &true.into())
}

fn check_bank_account(input: &Value, expected: &Value) -> Result<(), String> {
    let [bank, branch, account, digit] =
        ["bank", "branch", "account", "digit"].map(|field| text(&input[field]));
    let bank = Bank::by_code(bank).ok_or("no bank has this code")?;
    let number = format!("{account}-{digit}");
    match (BankAccount::parse(bank, branch, &number, BankAccountKind::Checking), is_valid(expected))
    {
        (Ok(read), true) => {
            let written = format!("{account}{digit}");
            same("number", &read.number().into(), expected.get("number").unwrap_or(&written.into()))
        }
        (Err(BankAccountError::WrongCheckDigit), false) => Ok(()),
        (other, _) => Err(format!("{other:?}")),
    }
}

fn check_date(input: &str, expected: &Value) -> Result<(), String> {
    let date = input.parse().map_err(|cause| format!("{cause}"))?;
    same("business day", &is_business_day(date).into(), &expected["business_day"])
}

fn check_lookups(input: &Value, expected: &Value) -> Result<(), String> {
    let owner = match text(&input["person"]) {
        "PF" => OwnerKind::NaturalPerson,
        "PJ" => OwnerKind::LegalPerson,
        other => return Err(format!("{other} is no kind of owner")),
    };
    // The vector has no refill, so all events happen at one time.
    let now = Timestamp::UNIX_EPOCH;
    let mut budget = LookupBudget::new(owner, now);
    same("bucket", &budget.tokens(now).into(), &input["bucket"])?;
    for event in input["events"].as_array().expect("a list of events") {
        match text(event) {
            "200" => budget.charge(true, now),
            "404" => budget.charge(false, now),
            "payment_order" => budget.ordered(now),
            other => return Err(format!("{other} is no event")),
        }
    }
    same("tokens left", &budget.tokens(now).into(), &expected["tokens_left"])
}

fn check_identifier(input: &str, expected: &Value) -> Result<(), String> {
    match expected["kind"].as_str() {
        Some("txid") => {
            let dynamic = Txid::parse(input).is_ok();
            same("dynamic", &dynamic.into(), &expected["valid_dynamic_26_35"])?;
            let fixed = StaticTxid::parse(input).is_ok();
            same("static", &fixed.into(), &expected["valid_static_1_25"])
        }
        // The crate has no type for the identifiers of Pix Automático, because the product does not
        // offer it. It must only not accept one as the id of a payment.
        Some("idRec") => same("accepted", &EndToEndId::parse(input).is_ok().into(), &false.into()),
        _ => check_end_to_end_id(input, expected),
    }
}

fn check_end_to_end_id(input: &str, expected: &Value) -> Result<(), String> {
    let id = match (EndToEndId::parse(input), is_valid(expected)) {
        (Ok(id), true) => id,
        (Err(_), false) => return Ok(()),
        (other, _) => return Err(format!("{other:?}")),
    };
    let kind = match id.kind() {
        EndToEndIdKind::Payment => "EndToEndId",
        EndToEndIdKind::Return => "ReturnId",
    };
    let minute = id.timestamp().strftime("%Y-%m-%dT%H:%MZ").to_string();
    same("kind", &kind.into(), &expected["kind"])?;
    same("ispb", &id.ispb().into(), &expected["ispb"])?;
    same("timestamp", &minute.into(), &expected["timestamp_utc"])?;
    same("suffix", &id.suffix().into(), &expected["suffix"])?;
    let minted = EndToEndId::mint(id.kind(), id.ispb(), id.timestamp(), id.suffix());
    same("minted again", &(minted == Ok(id)).into(), &true.into())
}

fn check_br_code(input: &str, expected: &Value) -> Result<(), String> {
    let (covered, checksum) = input.split_at(input.len() - 4);
    let computed = format!("{:04X}", crc16(covered.as_bytes()));
    same("crc_valid", &(computed == checksum).into(), &expected["crc_valid"])?;
    if expected["accept"] == Value::Bool(false) {
        return same("accepted", &BrCode::parse(input).is_ok().into(), &false.into());
    }
    let code = BrCode::parse(input).map_err(|error| error.to_string())?;
    check_account(&code, expected)?;
    let point = code.point_of_initiation().map(|point| match point {
        PointOfInitiation::Reusable => "11",
        PointOfInitiation::SingleUse => "12",
    });
    let amount = code.amount_cents().map(|cents| format!("{}.{:02}", cents / 100, cents % 100));
    same("crc", &computed.into(), &expected["crc"])?;
    same("point of initiation", &point.into(), &expected["point_of_initiation"])?;
    same("amount", &amount.into(), &expected["amount"])?;
    same("name", &code.merchant_name().into(), &expected["name"])?;
    same("city", &code.merchant_city().into(), &expected["city"])?;
    same("postal code", &code.postal_code().into(), &expected["postal_code"])?;
    same("txid", &code.txid().as_str().into(), &expected["txid"])?;
    same("recurrence", &code.recurrence_location().into(), &expected["rec_url"])?;
    check_written_again(input, &code)
}

fn check_account(code: &BrCode, expected: &Value) -> Result<(), String> {
    let (mut key, mut url, mut info, mut fss) = (None, None, None, None);
    let kind = match code.account() {
        Arrangement::Key { key: pix_key, description, withdrawal_ispb } => {
            key = Some(pix_key.as_str());
            info = description.as_deref();
            fss = withdrawal_ispb.as_deref();
            "static"
        }
        Arrangement::Location(location) => {
            url = Some(location.as_str());
            "dynamic"
        }
        Arrangement::RecurrenceOnly => "recurrence-only",
    };
    same("kind", &kind.into(), &expected["kind"])?;
    same("key", &key.into(), &expected["key"])?;
    same("location", &url.into(), &expected["url"])?;
    same("description", &info.into(), &expected["info"])?;
    same("withdrawal", &fss.into(), &expected["fss"])
}

/// Checks that the written code is the published one. The published codes are canonical, except for
/// one with the arrangement in capitals.
fn check_written_again(input: &str, code: &BrCode) -> Result<(), String> {
    let written = code.encode();
    if input.contains("BR.GOV.BCB.PIX") {
        return same(
            "read again",
            &(BrCode::parse(&written).as_ref() == Ok(code)).into(),
            &true.into(),
        );
    }
    same("written again", &written.into(), &input.into())
}

fn check_boleto(input: &Value, expected: &Value) -> Result<(), String> {
    if let Some(due_date) = input["due_date"].as_str() {
        let factor = DueDateFactor::of(due_date.parse().expect("a date"));
        let factor = factor.map_err(|error| error.to_string())?;
        return same("factor", &factor.get().into(), &expected["fator"]);
    }
    let printed =
        input.as_str().or(input["barcode"].as_str()).or(input["linha_digitavel"].as_str());
    let code = match (BoletoCode::parse(printed.expect("digits")), &expected["valid"]) {
        (Err(_), Value::Bool(false)) => return Ok(()),
        (Ok(code), Value::Null | Value::Bool(true)) => code,
        (other, _) => return Err(format!("{other:?}")),
    };
    let actual = match &code {
        BoletoCode::Bank(barcode) => {
            let today = input["reference_date"].as_str().map(|date| date.parse().expect("a date"));
            let due_date = today.and_then(|today| barcode.factor().date_on(today));
            json!({
                "linha_digitavel": barcode.digitable_line(),
                "linha_formatada": barcode.printed_line(),
                "barcode": barcode.to_string(),
                "bank": barcode.bank_code(),
                "currency": "9",
                "dv": barcode.to_string()[4..5].parse::<u8>().expect("a digit"),
                "fator": barcode.factor().get(),
                "amount_cents": barcode.amount_cents().unwrap_or(0),
                "campo_livre": barcode.free_field(),
                "due_date": due_date,
            })
        }
        BoletoCode::Bill(bill) => json!({
            "linha_digitavel": bill.digitable_line(),
            "barcode": bill.to_string(),
            "amount_cents": match bill.value() {
                BillValue::Cents(cents) | BillValue::Quantity(cents) => cents,
            },
            "segment": bill.to_string()[1..2].parse::<u8>().expect("a digit"),
            "value_id": bill.to_string()[2..3].parse::<u8>().expect("a digit"),
        }),
    };
    let fields = expected.as_object().expect("an object").iter();
    fields.filter(|(name, _)| *name != "valid").try_for_each(|(name, expected)| {
        let actual = actual.get(name).ok_or(format!("{name} is not compared"))?;
        same(name, actual, expected)
    })
}

/// Checks the brand of a card by its first digits. The other fields of a vector are not of this crate.
fn check_card(input: &str, expected: &Value) -> Result<(), String> {
    let brand = CardBrand::of(input).map(CardBrand::as_str);
    same("brand", &json!(brand), &expected["brand"])?;
    same("brand of the first digits", &json!(CardBrand::of(text(&expected["bin6"]))), &json!(brand))
}

#[test]
fn every_card_vector_holds() {
    run_all(include_str!("vectors/cards.json"), check_card);
}

#[test]
fn every_cpf_vector_holds() {
    run_all(include_str!("vectors/cpf.json"), check_cpf);
}

#[test]
fn every_numeric_cnpj_vector_holds() {
    run_all(include_str!("vectors/cnpj.json"), check_cnpj);
}

#[test]
fn every_alphanumeric_cnpj_vector_holds() {
    run_all(include_str!("vectors/cnpj_alfa.json"), check_cnpj);
}

#[test]
fn every_br_code_vector_holds() {
    run_all(include_str!("vectors/brcode.json"), check_br_code);
}

#[test]
fn every_identifier_vector_holds() {
    run_all(include_str!("vectors/e2eid.json"), check_identifier);
}

#[test]
fn every_pix_key_vector_holds() {
    run_all(include_str!("vectors/pix_keys.json"), check_pix_key);
}

#[test]
fn every_bank_account_vector_holds() {
    run_each(include_str!("vectors/bank_account.json"), check_bank_account);
}

#[test]
fn every_calendar_vector_holds() {
    run_all(include_str!("vectors/calendar.json"), check_date);
}

#[test]
fn every_lookup_budget_vector_holds() {
    run_each(include_str!("vectors/dict.json"), check_lookups);
}

#[test]
fn every_boleto_vector_holds() {
    run_each(include_str!("vectors/boleto.json"), check_boleto);
}
