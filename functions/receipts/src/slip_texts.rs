//! The slip of a charge: its codes, its amounts and its sentences in Portuguese.

use brazil::local_date;
use domain::account::{Account, Stage};
use domain::charge::{
    Address, BoletoCharge, BoletoRegistration, Charge, DueTerms, FinalBeneficiary, Interest, Payer,
    Portion,
};
use domain::kernel::{Code, Error};
use jiff::Timestamp;
use jiff::civil::Date;
use slip::{SecondCopy, Slip, SlipParty};
use typeset::reais;

/// Kind of every debt: a mercantile bill ("duplicata mercantil").
const SPECIES: &str = "DM";

/// Returns the slip with the amount of today.
pub(crate) fn slip_of(
    charge: &Charge,
    account: &Account,
    stage: Stage,
    now: Timestamp,
) -> Result<Slip, Error> {
    let is_taken = |boleto: &&BoletoCharge| {
        boleto.registration == BoletoRegistration::Registered && charge.is_payable(now)
    };
    let boleto = charge.method.boleto().filter(is_taken);
    let parts = boleto.zip(charge.terms.as_ref()).zip(charge.payer.as_ref());
    let document = account.merchant.document();
    let ((boleto, terms), payer) = parts.ok_or_else(|| no_slip(charge))?;
    let (agreement, barcode, texts) = (&boleto.agreement, &boleto.barcode, &boleto.texts);
    let issued_on = local_date(charge.created_at);
    Ok(Slip {
        bank_code: barcode.printed_bank_code(),
        bank_name: agreement.bank().map_or_else(String::new, |bank| bank.name().to_owned()),
        beneficiary: SlipParty {
            name: account.name.clone(),
            document: document.ok_or_else(|| Error::internal("a boleto has a merchant's CNPJ"))?,
            address: account.merchant.city.clone(),
        },
        agency_account: format!("{} / {}", agreement.branch, agreement.number),
        our_number: agreement.printed_number(boleto.our_number),
        wallet: agreement.wallet.clone(),
        document_number: texts.document_number.clone().unwrap_or_default(),
        species: SPECIES.to_owned(),
        is_accepted: false,
        issued_on,
        processed_on: issued_on,
        due_date: terms.due_date,
        payable_until: Some(terms.last_payable_date()).filter(|last| *last != terms.due_date),
        amount_cents: charge.amount_cents,
        instructions: [sentences(terms), texts.instructions.clone()].concat(),
        payer: payer_of(payer),
        final_beneficiary: texts.final_beneficiary.as_ref().map(final_beneficiary),
        barcode: barcode.to_string(),
        digitable_line: barcode.digitable_line(),
        br_code: boleto.pix.as_ref().map(|pix| pix.br_code.clone()),
        second_copy: second_copy(charge, terms, local_date(now), now),
        is_sandbox: stage == Stage::Sandbox,
    })
}

/// Returns the refusal of a slip that no bank takes.
fn no_slip(charge: &Charge) -> Error {
    let detail = match charge.method.boleto() {
        Some(_) => format!("the charge is {}, so no bank takes its boleto", charge.status.as_str()),
        None => format!("a charge by {} has no slip", charge.method.kind().as_str()),
    };
    Error::conflict(Code::ChargeState, detail)
}

/// Returns the amount of today after the due date; before it the face value and the sentences say it.
fn second_copy(
    charge: &Charge,
    terms: &DueTerms,
    today: Date,
    now: Timestamp,
) -> Option<SecondCopy> {
    let amount_due_cents = charge.payable_cents(now);
    terms.is_overdue_on(today).then_some(SecondCopy { as_of: today, amount_due_cents })
}

fn payer_of(payer: &Payer) -> SlipParty {
    SlipParty {
        name: payer.name.clone(),
        document: payer.document.clone(),
        address: payer.address.as_ref().map_or_else(String::new, address_line),
    }
}

fn final_beneficiary(party: &FinalBeneficiary) -> SlipParty {
    let (name, document) = (party.name.clone(), party.document.clone());
    SlipParty { name, document, address: String::new() }
}

fn address_line(address: &Address) -> String {
    let Address { street, number, complement, district, city, state, postal_code } = address;
    let complement = complement.as_ref().map_or_else(String::new, |it| format!(", {it}"));
    let (region, suffix) = postal_code.split_at(5.min(postal_code.len()));
    format!("{street}, {number}{complement}, {district}, {city}/{state}, CEP {region}-{suffix}")
}

/// Returns what the payer must know about the amount, in the order of the days.
fn sentences(terms: &DueTerms) -> Vec<String> {
    let mut sentences = Vec::new();
    sentences.extend(terms.rebate.map(|it| format!("Abatimento de {}.", portion(it))));
    sentences.extend(terms.discounts.iter().map(|discount| {
        format!("Até {}, desconto de {}.", day(discount.until), portion(discount.reduction))
    }));
    let fine = terms.fine.map(|fine| format!("multa de {}", portion(fine)));
    let interest = terms.interest.map(|it| format!("juros de {}", interest(it)));
    let late: Vec<_> = fine.into_iter().chain(interest).collect();
    if !late.is_empty() {
        sentences.push(format!("Depois do vencimento, {}.", late.join(" e ")));
    }
    sentences.push(format!("Não receber depois de {}.", day(terms.last_payable_date())));
    sentences
}

fn portion(portion: Portion) -> String {
    match portion {
        Portion::Fixed(cents) => reais(cents),
        Portion::Share(basis_points) => percent(basis_points),
    }
}

fn interest(interest: Interest) -> String {
    match interest {
        Interest::FixedPerDay(cents) => format!("{} ao dia", reais(cents)),
        Interest::SharePerDay(basis_points) => format!("{} ao dia", percent(basis_points)),
        Interest::SharePerMonth(basis_points) => format!("{} ao mês", percent(basis_points)),
        Interest::SharePerYear(basis_points) => format!("{} ao ano", percent(basis_points)),
    }
}

/// Returns a share as Brazilians write it: `2 %` or `0,5 %`.
fn percent(basis_points: u32) -> String {
    let (whole, rest) = (basis_points / 100, basis_points % 100);
    match rest {
        0 => format!("{whole}\u{a0}%"),
        rest if rest % 10 == 0 => format!("{whole},{}\u{a0}%", rest / 10),
        rest => format!("{whole},{rest:02}\u{a0}%"),
    }
}

fn day(date: Date) -> String {
    format!("{:02}/{:02}/{}", date.day(), date.month(), date.year())
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::charge::Discount;
    use jiff::civil::date;

    #[test]
    fn the_sentences_say_what_the_payer_owes_on_which_day() {
        let terms = DueTerms {
            due_date: date(2026, 12, 21),
            payable_days_after_due: 30,
            fine: Some(Portion::Share(200)),
            interest: Some(Interest::SharePerMonth(100)),
            discounts: vec![Discount {
                until: date(2026, 12, 11),
                reduction: Portion::Fixed(2_000),
            }],
            rebate: Some(Portion::Share(50)),
        };
        assert_eq!(
            sentences(&terms),
            [
                "Abatimento de 0,5\u{a0}%.",
                "Até 11/12/2026, desconto de R$\u{a0}20,00.",
                "Depois do vencimento, multa de 2\u{a0}% e juros de 1\u{a0}% ao mês.",
                "Não receber depois de 20/01/2027.",
            ]
        );
    }
}
