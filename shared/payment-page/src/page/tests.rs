//! The page without a server: policy, escaping, links, and the classes of its style.

use std::collections::BTreeSet;
use std::sync::Arc;

use domain::account::{Merchant, NewAccount};
use domain::charge::{ChargeMethod, NewCharge, Payer, PixCharge};
use domain::kernel::{AccountId, ChargeId, Entropy, Id, Moment, UserId};

use super::*;

/// A text with everything that browsers would follow, and marks that turn the direction of a text.
const MARKUP: &str = "\"><img src=x onerror=alert(1)></script>\u{202e}'&{{7*7}}";

struct Zeros;

impl Entropy for Zeros {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.fill(0);
    }
}

fn moment() -> Moment {
    let now = "2026-11-23T12:00:00Z".parse().expect("a time");
    Moment::new(now, Arc::new(Zeros))
}

fn merchant(name: &str) -> Merchant {
    Merchant {
        name: name.to_owned(),
        city: "Sao Paulo".to_owned(),
        pix_key: "loja@example.com".to_owned(),
        cnpj: None,
    }
}

/// Returns an open charge with its account; both have this text wherever a caller can type one.
fn scene(text: &str) -> (Charge, Account) {
    let moment = moment();
    let new = NewAccount { name: "Loja".to_owned(), merchant: merchant("Loja"), fees: None };
    let mut account = new.open(&moment).expect("an account");
    let id = ChargeId::mint(&moment);
    let pix = PixCharge::new(id, Some(4_990), &account.merchant, "https://api.example.com");
    let document = brazil::Document::parse(brazil::DocumentKind::Cpf, "52998224725");
    let payer = Payer {
        name: text.to_owned(),
        document: document.expect("a CPF"),
        email: Some("maria@example.com".to_owned()),
        address: None,
    };
    let new = NewCharge {
        amount_cents: 4_990,
        payer: Some(payer),
        description: Some(text.to_owned()),
        reference: Some(text.to_owned()),
        metadata: [("note".to_owned(), text.to_owned())].into(),
        expires_at: moment.now + jiff::SignedDuration::from_hours(24),
        terms: None,
    };
    let method = ChargeMethod::Pix(pix.expect("a code"));
    let user = UserId::mint(&moment);
    let (charge, _) = Charge::open(id, AccountId::mint(&moment), user, new, method, &moment);
    account.name = text.to_owned();
    account.merchant.name = text.to_owned();
    (charge, account)
}

fn render(charge: &Charge, account: &Account, language: PageLanguage) -> HtmlPage {
    payment_page(&PaymentPage {
        card_form_url: None,
        charge,
        account,
        stage: Stage::Live,
        now: moment().now,
        language,
        path: "/pay/AZ4h",
    })
}

#[test]
fn no_markup_of_a_text_reaches_the_browser() {
    let (charge, account) = scene(MARKUP);
    let mut cancelled = charge.clone();
    cancelled.cancel(&moment()).expect("an open charge");
    for charge in [&charge, &cancelled] {
        for language in PageLanguage::ALL {
            let page = render(charge, &account, language);
            let markup = page.html.replace(STYLE, "");
            for refused in
                ["<img", "<script", "</script", "http:", "https:", "url(", " on", "style="]
            {
                let inside = markup.split('<').skip(1).filter_map(|tag| tag.split('>').next());
                assert!(inside.clone().all(|tag| !tag.contains(refused)), "{refused}");
            }
            assert!(markup.contains("&#60;img src=x onerror=alert(1)&#62;"), "shown as typed");
            assert!(!markup.contains('\u{202e}') && markup.contains('\u{fffd}'));
            assert_eq!(page.security_policy, style_policy(STYLE));
        }
    }
}

#[test]
fn a_page_names_its_language_and_the_other_one() {
    let (charge, account) = scene("Loja");
    let portuguese = render(&charge, &account, PageLanguage::Portuguese).html;
    assert!(portuguese.contains("<html lang=\"pt-BR\">"));
    assert!(portuguese.contains("<a href=\"?lang=en\" lang=\"en\" hreflang=\"en\">English</a>"));
    assert!(portuguese.contains("<title>R$\u{a0}49,90 · Loja</title>"));
    let english = render(&charge, &account, PageLanguage::English).html;
    assert!(english.contains("<html lang=\"en\">") && english.contains("?lang=pt"));
    for language in PageLanguage::ALL {
        let page = not_found_page(language).html;
        assert!(page.contains(language.words().not_found_message));
    }
}

#[test]
fn a_live_page_does_not_speak_of_tests_and_hides_what_the_payer_need_not_know() {
    let (charge, account) = scene("Loja");
    let page = render(&charge, &account, PageLanguage::Portuguese).html;
    for absent in ["TESTES", "52998224725", "maria@example.com", "note", "Razão social"] {
        assert!(!page.contains(absent), "{absent}");
    }
}

#[test]
fn the_style_has_each_class_that_a_page_uses() {
    let (charge, account) = scene("Loja");
    let mut cancelled = charge.clone();
    cancelled.cancel(&moment()).expect("an open charge");
    let pages = [
        render(&charge, &account, PageLanguage::Portuguese),
        render(&cancelled, &account, PageLanguage::Portuguese),
        not_found_page(PageLanguage::Portuguese),
    ];
    let classes: BTreeSet<String> = pages
        .iter()
        .flat_map(|page| page.html.split("class=\"").skip(1))
        .filter_map(|rest| rest.split('"').next())
        .flat_map(|classes| classes.split(' ').map(str::to_owned))
        .collect();
    assert!(classes.len() > 10, "{classes:?}");
    for class in classes {
        assert!(STYLE.contains(&format!(".{class}")), "{class}");
    }
}
