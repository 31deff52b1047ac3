//! How the amount of a charge with a due date changes with the day of the payment, in sentences.

use brazil::next_business_day;
use domain::charge::{DueTerms, Interest, Portion};
use jiff::civil::Date;
use typeset::reais;

use crate::format::{day, percent};
use crate::language::PageLanguage;

/// Returns one sentence for each discount that can still be had, one for a late payment, and one for the last
/// day. Dates on which banks are closed are the next business day, as for the amount.
pub(crate) fn due_sentences(terms: &DueTerms, today: Date, language: PageLanguage) -> Vec<String> {
    let mut sentences = Vec::new();
    for discount in &terms.discounts {
        let until = next_business_day(discount.until);
        if today <= until {
            sentences.push(discount_sentence(discount.reduction, until, language));
        }
    }
    sentences.extend(late_sentence(terms, language));
    let last = day(terms.last_payable_date());
    sentences.push(match language {
        PageLanguage::Portuguese => format!("Pode ser paga até {last}."),
        PageLanguage::English => format!("It can be paid until {last}."),
    });
    sentences
}

fn discount_sentence(reduction: Portion, until: Date, language: PageLanguage) -> String {
    let (part, until) = (portion(reduction, language), day(until));
    match language {
        PageLanguage::Portuguese => format!("Desconto de {part} para pagamento até {until}."),
        PageLanguage::English => format!("Discount of {part} if paid by {until}."),
    }
}

fn late_sentence(terms: &DueTerms, language: PageLanguage) -> Option<String> {
    let portuguese = language == PageLanguage::Portuguese;
    let fine = terms.fine.map(|fine| {
        let part = portion(fine, language);
        if portuguese { format!("multa de {part}") } else { format!("a fine of {part}") }
    });
    let interest = terms.interest.map(|rate| interest(rate, language));
    let (due, and) =
        (day(next_business_day(terms.due_date)), if portuguese { " e " } else { " and " });
    let parts: Vec<_> = [fine, interest].into_iter().flatten().collect();
    let parts = parts.join(and);
    (!parts.is_empty()).then(|| match language {
        PageLanguage::Portuguese => format!("Depois de {due}: {parts}."),
        PageLanguage::English => format!("After {due}: {parts}."),
    })
}

fn portion(portion: Portion, language: PageLanguage) -> String {
    match portion {
        Portion::Fixed(cents) => reais(cents),
        Portion::Share(basis_points) => percent(basis_points, language),
    }
}

fn interest(interest: Interest, language: PageLanguage) -> String {
    let (rate, period) = match (interest, language) {
        (Interest::FixedPerDay(cents), PageLanguage::Portuguese) => (reais(cents), "por dia"),
        (Interest::FixedPerDay(cents), PageLanguage::English) => (reais(cents), "a day"),
        (Interest::SharePerDay(share), PageLanguage::Portuguese) => {
            (percent(share, language), "ao dia")
        }
        (Interest::SharePerDay(share), PageLanguage::English) => {
            (percent(share, language), "a day")
        }
        (Interest::SharePerMonth(share), PageLanguage::Portuguese) => {
            (percent(share, language), "ao mês")
        }
        (Interest::SharePerMonth(share), PageLanguage::English) => {
            (percent(share, language), "a month")
        }
        (Interest::SharePerYear(share), PageLanguage::Portuguese) => {
            (percent(share, language), "ao ano")
        }
        (Interest::SharePerYear(share), PageLanguage::English) => {
            (percent(share, language), "a year")
        }
    };
    match language {
        PageLanguage::Portuguese => format!("juros de {rate} {period}"),
        PageLanguage::English => format!("interest of {rate} {period}"),
    }
}
