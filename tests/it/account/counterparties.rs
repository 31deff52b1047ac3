//! Who is on the other side of each movement, at which institution, and why money came back: in the
//! statement and in every file of it.

use serde_json::{Value, json};
use tests::{Tenant, World, new_payout, new_refund, text};

const NAME: &str = "Comércio Exemplo de Artigos Brasileiros e Importação Ltda";

/// Makes an account with a charge and its refund, a payout to the owner of a Pix key, and one that came
/// back. Returns the day after, with the id of the charge.
async fn busy() -> (World, Tenant, String) {
    let world = World::new().await;
    let tenant = world.tenant("loja").await;
    let key = &tenant.program.api_key;
    let charge = world.paid_charge(key, 100_000).await;
    world.refund(key, &charge, "refund", &new_refund()).await.created();
    let to_owner = json!({
        "amount_cents": 2_500,
        "to": { "pix_key": { "type": "email", "key": "company@sandbox.example" } },
    });
    world.payout(key, "owner", &to_owner).await.created();
    let mut returned = new_payout();
    returned["amount_cents"] = json!(2_005);
    world.payout(key, "returned", &returned).await.created();
    let mut account = new_payout();
    account["beneficiary"]["name"] = json!(NAME);
    account["to"] = json!({ "bank_account": {
        "bank_code": "007", "branch": "1", "number": "12345-6", "type": "checking",
    } });
    world.payout(key, "account", &account).await.created();
    world.deliver().await;
    for _ in 0..6 {
        world.wait_and_tick(60).await;
    }
    world.wait_and_deliver(86_400).await;
    (world, tenant, charge)
}

/// Returns the bytes of a file of 23 November.
async fn file(world: &World, tenant: &Tenant, format: &str, dialect: Option<&str>) -> Vec<u8> {
    let key = &tenant.program.api_key;
    let new = json!({
        "from": "2026-11-23", "until": "2026-11-23", "format": format, "dialect": dialect,
    });
    let asked = world.post("/v1/statement-exports").key(key).json(&new).send().await.expect(202);
    world.deliver().await;
    let path = format!("/v1/statement-exports/{}", text(&asked["id"]));
    let export = world.get(&path).key(key).send().await.ok();
    world.bundle.follow(&text(&export["download"]["url"])).await.body
}

async fn statement(world: &World, tenant: &Tenant) -> Vec<Value> {
    let page = "/v1/statement?from=2026-11-23&until=2026-11-23&limit=100";
    let page = world.get(page).key(&tenant.program.api_key).send().await.ok();
    page["data"].as_array().cloned().expect("a list")
}

fn of<'a>(lines: &'a [Value], kind: &str, name: &str) -> &'a Value {
    let is_it = |line: &&Value| {
        line["kind"] == kind && line["counterparty"]["name"].as_str().unwrap_or_default() == name
    };
    lines.iter().find(is_it).unwrap_or_else(|| panic!("no {kind} of {name} in {lines:?}"))
}

#[tokio::test]
async fn every_line_but_a_fee_names_the_other_party_and_its_institution() {
    let (world, tenant, charge) = busy().await;
    let lines = statement(&world, &tenant).await;
    for line in &lines {
        let is_fee = text(&line["kind"]).contains("fee");
        assert_eq!(line["counterparty"].is_null(), is_fee, "{line}");
    }
    let company = json!({
        "name": "Comercio Exemplo Ltda",
        "document": { "type": "cnpj", "number": "11.222.333/0001-81" },
        "ispb": "60701190",
        "bank_name": "ITAÚ UNIBANCO S.A.",
    });
    assert_eq!(of(&lines, "payout_paid", "Comercio Exemplo Ltda")["counterparty"], company);
    let ted = &of(&lines, "payout_paid", NAME)["counterparty"];
    assert_eq!(
        (&ted["ispb"], &ted["document"]["number"]),
        (&json!("33657248"), &json!("***.982.247-**"))
    );
    let refund = of(&lines, "refund_paid", "Maria Silva");
    assert_eq!(refund["charge_id"], charge);
    assert!(text(&refund["return_id"]).starts_with('D'));
    assert_eq!(of(&lines, "payout_returned", "Maria Silva")["failure"]["network_code"], "MD06");
}

#[tokio::test]
async fn the_files_say_what_the_statement_says_of_the_other_party() {
    let (world, tenant, charge) = busy().await;
    let lines = statement(&world, &tenant).await;
    let json_lines = file(&world, &tenant, "jsonl", None).await;
    let json_lines = String::from_utf8(json_lines).expect("UTF-8");
    let records: Vec<Value> =
        json_lines.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let csv_file = file(&world, &tenant, "csv", Some("intl")).await;
    let mut reader = csv::Reader::from_reader(&csv_file[..]);
    let header = reader.headers().expect("a header").clone();
    let column = |name: &str| header.iter().position(|title| title == name).expect(name);
    let rows: Vec<_> = reader.records().map(|row| row.expect("a row")).collect();
    assert_eq!((rows.len(), records.len()), (lines.len(), lines.len() + 2));
    for ((line, row), record) in lines.iter().zip(&rows).zip(&records[1..]) {
        let party = &line["counterparty"];
        let shown = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        for (name, value) in [
            ("counterparty", &party["name"]),
            ("counterparty_document", &party["document"]["number"]),
            ("counterparty_bank", &party["bank_name"]),
            ("counterparty_ispb", &party["ispb"]),
            ("charge_id", &line["charge_id"]),
            ("return_id", &line["return_id"]),
            ("reason", &line["failure"]["code"]),
            ("network_code", &line["failure"]["network_code"]),
        ] {
            assert_eq!(row[column(name)], shown(value), "{name} of {line}");
        }
        let written = &record["counterparty"];
        for name in ["name", "ispb", "bank_name"] {
            assert_eq!(written[name], party[name], "{name} of {line}");
        }
        assert_eq!(written["document"], party["document"]["number"]);
        for name in ["charge_id", "return_id", "end_to_end_id"] {
            assert_eq!(record[name], line[name], "{name} of {line}");
        }
        for name in ["code", "network_code"] {
            assert_eq!(record["failure"][name], line["failure"][name], "{name} of {line}");
        }
    }
    assert!(rows.iter().any(|row| row[column("charge_id")] == charge));
    assert!(!json_lines.contains("52998224725"), "a file has no whole CPF");
}

/// `NAME` of OFX has 32 characters, and OFX 1.02 one byte for each letter.
#[tokio::test]
async fn the_name_of_ofx_is_cut_and_in_the_encoding_of_its_version() {
    let (world, tenant, _) = busy().await;
    let old = file(&world, &tenant, "ofx", None).await;
    let name = b"<NAME>Com\xe9rcio Exemplo de Artigos Bras</NAME>";
    assert!(old.windows(name.len()).any(|part| part == name), "{}", String::from_utf8_lossy(&old));
    let new = String::from_utf8(file(&world, &tenant, "ofx2", None).await).expect("UTF-8");
    assert!(new.contains("<NAME>Comércio Exemplo de Artigos Bras</NAME>"), "{new}");
    assert!(new.contains("| 11.222.333/0001-81 | ITAÚ UNIBANCO S.A. |"), "{new}");
}

#[tokio::test]
async fn camt_names_parties_institutions_references_and_the_reason_of_a_return() {
    let (world, tenant, charge) = busy().await;
    let lines = statement(&world, &tenant).await;
    let camt = String::from_utf8(file(&world, &tenant, "camt053", None).await).expect("UTF-8");
    let refund = of(&lines, "refund_paid", "Maria Silva");
    let returned = of(&lines, "payout_returned", "Maria Silva");
    for expected in [
        format!("<EndToEndId>{}</EndToEndId>", text(&refund["end_to_end_id"])),
        format!("<TxId>{}</TxId>", text(&refund["transaction_id"])),
        format!("<ClrSysRef>{}</ClrSysRef>", text(&refund["return_id"])),
        format!("<Tp>charge_id</Tp>\n<Ref>{charge}</Ref>"),
        format!("<ClrSysRef>{}</ClrSysRef>", text(&returned["return_id"])),
        "<RtrInf>\n<Rsn>\n<Cd>MD06</Cd>".to_owned(),
        "<Nm>Comercio Exemplo Ltda</Nm>\n<Id>\n<OrgId>\n<Othr>\n<Id>11.222.333/0001-81</Id>".to_owned(),
        "<RltdAgts>\n<CdtrAgt>\n<FinInstnId>\n<ClrSysMmbId>\n<MmbId>60701190</MmbId>\n</ClrSysMmbId>\n\
         <Nm>ITAÚ UNIBANCO S.A.</Nm>"
            .to_owned(),
    ] {
        assert!(camt.contains(&expected), "{expected}: {camt}");
    }
}
