//! Writes slips as PDF and page to a folder, with the codes that are on them, for `.ci/slips.py`.
//!
//! `cargo run --package slip --example slip_samples FOLDER`

use std::error::Error;
use std::path::PathBuf;
use std::{env, fs};

use brazil::{Document, DocumentKind};
use jiff::civil::date;
use serde_json::json;
use slip::{SecondCopy, Slip, SlipParty, slip_page, slip_pdf};

const BR_CODE: &str = "00020101021226890014br.gov.bcb.pix2567qrcode.example.com/v2/cobv/\
    9d36b84fc70b478fb95c12729b90ca25520400005303986540710234.565802BR5915Loja Exemplo SA6009Sao Paulo62070503***6304\
    1D2F";

fn party(name: &str, kind: DocumentKind, number: &str) -> Result<SlipParty, Box<dyn Error>> {
    let address = "Rua das Flores, 100, Centro, São Paulo/SP, CEP 01001-000".to_owned();
    Ok(SlipParty { name: name.to_owned(), document: Document::parse(kind, number)?, address })
}

/// Returns a slip with Pix.
fn bolepix() -> Result<Slip, Box<dyn Error>> {
    Ok(Slip {
        bank_code: "001-9".to_owned(),
        bank_name: "Banco do Brasil S.A.".to_owned(),
        beneficiary: party("Loja Exemplo Comércio Ltda", DocumentKind::Cnpj, "11222333000181")?,
        agency_account: "1234-5 / 123456-7".to_owned(),
        our_number: "31285570017001234-0".to_owned(),
        wallet: "17".to_owned(),
        document_number: "pedido-2026-118".to_owned(),
        species: "DM".to_owned(),
        is_accepted: false,
        issued_on: date(2026, 11, 29),
        processed_on: date(2026, 11, 29),
        due_date: date(2026, 12, 21),
        payable_until: Some(date(2027, 2, 18)),
        amount_cents: 123_456,
        instructions: [
            "Até 11/12/2026, desconto de R$ 20,00.",
            "Depois do vencimento, multa de 2 % e juros de 1 % ao mês.",
            "Não receber depois de 18/02/2027.",
        ]
        .map(str::to_owned)
        .to_vec(),
        payer: party("Maria da Conceição Silva", DocumentKind::Cpf, "52998224725")?,
        final_beneficiary: None,
        barcode: "00191166700001234560000003128557001700123417".to_owned(),
        digitable_line: "00190000090312855700017001234172116670000123456".to_owned(),
        br_code: Some(BR_CODE.to_owned()),
        second_copy: None,
        is_sandbox: false,
    })
}

/// Returns a slip with every optional part, long texts and markup.
fn hostile() -> Result<Slip, Box<dyn Error>> {
    let name = "Olho D'Água & Filhos <b>Ltda</b> Ação ";
    let name: String = name.chars().cycle().take(200).collect();
    let mut payer = party(&name, DocumentKind::Cnpj, "11444777000161")?;
    payer.address = format!("Avenida {name}");
    Ok(Slip {
        beneficiary: party(&name, DocumentKind::Cnpj, "11222333000181")?,
        final_beneficiary: Some(party(&name, DocumentKind::Cnpj, "11444777000161")?),
        payer,
        bank_name: "Banco Cooperativo de Crédito do Brasil S.A.".to_owned(),
        instructions: (0..12)
            .map(|line| format!("{line} <script>alert({line})</script> {name}"))
            .collect(),
        br_code: Some(format!("{BR_CODE}{}", "A1b2".repeat(70))),
        second_copy: Some(SecondCopy { as_of: date(2027, 1, 5), amount_due_cents: 126_542 }),
        is_sandbox: true,
        ..bolepix()?
    })
}

/// Returns a slip without Pix, from a public test of codes.
fn plain() -> Result<Slip, Box<dyn Error>> {
    Ok(Slip {
        bank_code: "237-2".to_owned(),
        bank_name: "Bradesco".to_owned(),
        due_date: date(2018, 6, 11),
        payable_until: None,
        amount_cents: 370_000,
        barcode: "23799755200003700003381260007827139500006330".to_owned(),
        digitable_line: "23793381286000782713695000063305975520000370000".to_owned(),
        br_code: None,
        ..bolepix()?
    })
}

fn main() -> Result<(), Box<dyn Error>> {
    let folder = PathBuf::from(env::args_os().nth(1).ok_or("name a folder")?);
    fs::create_dir_all(&folder)?;
    for (name, slip) in [("bolepix", bolepix()?), ("hostile", hostile()?), ("plain", plain()?)] {
        fs::write(folder.join(format!("{name}.pdf")), slip_pdf(&slip)?)?;
        fs::write(folder.join(format!("{name}.html")), slip_page(&slip)?.html)?;
        let codes = json!({
            "barcode": slip.barcode,
            "digitable_line": slip.digitable_line,
            "br_code": slip.br_code,
        });
        fs::write(folder.join(format!("{name}.json")), codes.to_string())?;
    }
    Ok(())
}
