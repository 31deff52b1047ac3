//! The page: the policy, escaping, visible cuts, and the places of the fields.

use std::collections::BTreeSet;

use super::*;
use crate::slips::{full_slip, long_name, slip};

fn html(slip: &Slip) -> String {
    slip_page(slip).expect("a page").html
}

/// Returns a slip with markup in every text.
fn marked_slip() -> Slip {
    let mut slip = full_slip();
    slip.payer.name = long_name();
    let markup = "<script>alert(1)</script><img src=x onerror=alert(1)>\" style=\"color:red";
    for text in [
        &mut slip.bank_name,
        &mut slip.bank_code,
        &mut slip.beneficiary.name,
        &mut slip.beneficiary.address,
        &mut slip.payer.address,
        &mut slip.agency_account,
        &mut slip.our_number,
        &mut slip.wallet,
        &mut slip.document_number,
        &mut slip.species,
    ] {
        *text = markup.to_owned();
    }
    slip.instructions = vec![markup.to_owned(); 3];
    slip.br_code = Some(markup.to_owned());
    slip
}

#[test]
fn no_markup_of_a_text_reaches_the_browser() {
    let page = slip_page(&marked_slip()).expect("a page");
    assert!(page.html.contains("&#60;script&#62;alert(1)&#60;/script&#62;"), "shown as typed");
    let markup = page.html.replace(STYLE, "");
    for refused in ["<script", "<img", "<b>", " style=\"", "javascript:", "http:", "https:", "url("]
    {
        assert!(!markup.contains(refused), "{refused}");
    }
    let tags = markup.split('<').skip(1).filter_map(|tag| tag.split('>').next());
    for tag in tags {
        assert!(!tag.contains(" on") && !tag.starts_with("link"), "<{tag}>");
    }
    assert_eq!(page.security_policy, style_policy(STYLE));
    assert!(page.security_policy.starts_with("default-src 'none'; style-src 'sha256-"));
}

#[test]
fn a_long_name_is_shown_as_typed_and_cut_before_the_document() {
    let mut slip = slip();
    slip.payer.name = long_name();
    assert_eq!(slip.payer.name.chars().count(), 200);
    let html = html(&slip);
    let begins =
        "<bdi>Olho D&#39;Água &#38; Filhos &#60;b&#62;Ltda&#60;/b&#62; Ação Olho D&#39;Água";
    assert_eq!(html.matches(begins).count(), 2, "both parts name the payer");
    assert_eq!(html.matches("… – CPF 529.982.247-25</bdi>").count(), 2);
    let short = self::html(&self::slip());
    assert!(
        short.contains("<bdi>Maria da Conceição – CPF 529.982.247-25</bdi>")
            && !short.contains('…')
    );
}

#[test]
fn instructions_that_do_not_fit_are_cut_visibly() {
    let mut slip = slip();
    slip.instructions = (1..=9).map(|line| format!("linha {line}")).collect();
    assert!(html(&slip).contains("<dd><bdi>linha 9</bdi></dd>"));
    slip.instructions = (1..=60).map(|line| format!("linha {line}")).collect();
    let html = html(&slip);
    assert!(html.contains("<dd><bdi>linha 9 linha 10 linha 11") && html.contains("…</bdi>"));
}

#[test]
fn a_page_names_its_language_its_pictures_and_the_line() {
    let html = html(&full_slip());
    assert!(html.contains("<html lang=\"pt-BR\">"));
    assert!(html.contains("role=\"img\" aria-label=\"QR Code do Pix deste boleto\""));
    let label =
        "role=\"img\" aria-label=\"Código de barras do boleto: 0019337370000000100050094014481";
    assert!(html.contains(label));
    let line = ">00190.50095 40144.816069 06809.350314 3 37370000000100<";
    assert_eq!(html.matches(line).count(), 2);
    assert_eq!(bars_path(&full_slip()).matches('M').count(), 114);
}

#[test]
fn optional_parts_are_shown_only_where_they_exist() {
    let (short, full) = (html(&slip()), html(&full_slip()));
    for part in
        ["AMBIENTE DE TESTES", "Segunda via", "Pague com Pix", "Fornecedor S.A.", "até 30/01/2008"]
    {
        assert!(full.contains(part) && !short.contains(part), "{part}");
    }
    assert!(full.contains("Segunda via: R$\u{a0}1,03 se pago em 05/01/2008."));
    assert!(short.contains("Pagável em qualquer banco até o vencimento"));
    assert_eq!(full.matches("R$\u{a0}1,03</bdi>").count(), 2, "receipt and form");
}

#[test]
fn every_class_of_a_field_has_a_style() {
    let faces = Faces::load().expect("our fonts");
    let slip = full_slip();
    let cells = [receipt_cells(&slip, &faces), payment_cells(&slip, &faces)];
    let classes: Vec<_> = cells.iter().flatten().map(|cell| PageCell::from(cell).classes).collect();
    let classes: BTreeSet<_> = classes.iter().flat_map(|classes| classes.split(' ')).collect();
    for class in classes {
        assert!(STYLE.contains(&format!(".{class} ")), "{class}");
    }
}
