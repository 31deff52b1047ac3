//! Slips for the tests of this crate.

use brazil::{Document, DocumentKind};
use jiff::civil::date;

use crate::slip::{SecondCopy, Slip, SlipParty};

/// A payer's name with markup, an apostrophe and accents, of 200 characters.
pub(crate) fn long_name() -> String {
    let name = "Olho D'Água & Filhos <b>Ltda</b> Ação ";
    name.chars().cycle().take(200).collect()
}

pub(crate) fn party(name: &str, kind: DocumentKind, number: &str) -> SlipParty {
    SlipParty {
        name: name.to_owned(),
        document: Document::parse(kind, number).expect("a document"),
        address: "Rua das Flores, 100, Centro, São Paulo/SP, CEP 01001-000".to_owned(),
    }
}

/// Returns a slip of 1 real with the codes of a public test.
pub(crate) fn slip() -> Slip {
    Slip {
        bank_code: "001-9".to_owned(),
        bank_name: "Banco do Brasil".to_owned(),
        beneficiary: party("Loja Exemplo Ltda", DocumentKind::Cnpj, "11222333000181"),
        agency_account: "1234-5 / 123456-7".to_owned(),
        our_number: "05009401448".to_owned(),
        wallet: "17".to_owned(),
        document_number: "pedido-7".to_owned(),
        species: "DM".to_owned(),
        is_accepted: false,
        issued_on: date(2007, 12, 1),
        processed_on: date(2007, 12, 2),
        due_date: date(2007, 12, 31),
        payable_until: None,
        amount_cents: 100,
        instructions: vec!["Multa de 2 % depois do vencimento.".to_owned()],
        payer: party("Maria da Conceição", DocumentKind::Cpf, "52998224725"),
        final_beneficiary: None,
        barcode: "00193373700000001000500940144816060680935031".to_owned(),
        digitable_line: "00190500954014481606906809350314337370000000100".to_owned(),
        br_code: None,
        second_copy: None,
        is_sandbox: false,
    }
}

/// Returns the same slip with every optional part.
pub(crate) fn full_slip() -> Slip {
    Slip {
        payable_until: Some(date(2008, 1, 30)),
        final_beneficiary: Some(party("Fornecedor S.A.", DocumentKind::Cnpj, "11444777000161")),
        br_code: Some("00020101021226".repeat(14)),
        second_copy: Some(SecondCopy { as_of: date(2008, 1, 5), amount_due_cents: 103 }),
        is_sandbox: true,
        ..slip()
    }
}
