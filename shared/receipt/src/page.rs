//! A receipt and the answer to its code as pages: no script, nothing from elsewhere, every value escaped.

use std::sync::LazyLock;

use askama::Template;
use domain::account::Stage;
use typeset::{HtmlPage, QUIET_ZONE, QrRuns, reais, style_policy};

use crate::confirmation::{Confirmation, Verdict, message};
use crate::format::date_time;
use crate::icon;
use crate::issued::IssuedReceipt;
use crate::receipt::Receipt;
use crate::rows::{LabeledValue, Section, main_time, sections};
use crate::words;

const STYLE: &str = include_str!("../templates/receipt.css");

/// The policy of the pages: only the style of the page itself applies, and no page may frame them.
static SECURITY_POLICY: LazyLock<String> = LazyLock::new(|| style_policy(STYLE));

#[derive(Template)]
#[template(path = "receipt.html")]
struct ReceiptTemplate<'a> {
    style: &'static str,
    title: String,
    icon: String,
    tone: &'static str,
    state: &'static str,
    is_sandbox: bool,
    amount: String,
    time: LabeledValue,
    sections: [Section; 3],
    url: &'a str,
    code: &'a str,
    qr: Option<QrPicture>,
}

#[derive(Template)]
#[template(path = "confirmation.html")]
struct ConfirmationTemplate {
    style: &'static str,
    icon: String,
    tone: &'static str,
    message: &'static str,
    shown: Option<ShownReceipt>,
}

/// What the page of a genuine code shows.
struct ShownReceipt {
    is_sandbox: bool,
    title: String,
    amount: String,
    time: LabeledValue,
    rows: Vec<LabeledValue>,
    now: &'static str,
    now_at: Option<String>,
    returned: Option<String>,
    same_claims: bool,
}

struct QrPicture {
    path: String,
    side: usize,
}

impl QrPicture {
    fn of(url: &str) -> Option<Self> {
        let runs = QrRuns::of(url)?;
        Some(Self { path: runs.path(), side: runs.width + 2 * QUIET_ZONE })
    }
}

/// Returns the receipt as a page for people, which also prints well.
pub fn receipt_page(issued: &IssuedReceipt) -> HtmlPage {
    let receipt = &issued.receipt;
    render(&ReceiptTemplate {
        style: STYLE,
        title: words::title(receipt),
        icon: icon::path(icon::lines(receipt.state)),
        tone: tone(receipt),
        state: words::state(receipt.state),
        is_sandbox: receipt.stage == Stage::Sandbox,
        amount: reais(receipt.amount_cents),
        time: main_time(receipt),
        sections: sections(receipt),
        url: &issued.url,
        code: &issued.code,
        qr: QrPicture::of(&issued.url),
    })
}

/// Returns the answer to a code as a page for people.
pub fn confirmation_page(confirmation: &Confirmation) -> HtmlPage {
    let verdict = confirmation.verdict();
    let (shown, lines) = match confirmation {
        Confirmation::Genuine { issued, current, same_claims } => {
            (Some(shown(issued, current, *same_claims)), icon::lines(current.state))
        }
        Confirmation::NotConfirmed => (None, icon::refused()),
    };
    let tone = match (verdict, confirmation) {
        (Verdict::Confirmed, Confirmation::Genuine { current, .. }) => tone(current),
        (Verdict::NotConfirmed, _) => "bad",
        _ => "wait",
    };
    let message = message(verdict);
    render(&ConfirmationTemplate { style: STYLE, icon: icon::path(lines), tone, message, shown })
}

fn shown(issued: &Receipt, current: &Receipt, same_claims: bool) -> ShownReceipt {
    let [payer, payee, _] = sections(issued);
    let kept = ["Nome", "CPF", "CNPJ", "Documento", "Instituição", "ISPB"];
    let mut rows = Vec::new();
    for (section, name) in [(payer, "Pagador"), (payee, "Recebedor")] {
        let public = section.rows.into_iter().filter(|row| kept.contains(&row.label));
        rows.extend(public.map(|row| LabeledValue {
            label: if row.label == "Nome" { name } else { row.label },
            value: row.value,
        }));
    }
    let id = issued.end_to_end_id.clone();
    rows.extend(id.map(|value| LabeledValue { label: "ID no Pix", value }));
    rows.push(LabeledValue { label: "Transação", value: issued.transaction.to_string() });
    let returned = current.returned_amount_cents;
    ShownReceipt {
        is_sandbox: issued.stage == Stage::Sandbox,
        title: words::title(issued),
        amount: reais(issued.amount_cents),
        time: main_time(issued),
        rows,
        now: words::state(current.state),
        // A charge does not have the times of its refunds.
        now_at: (returned == 0 || Some(current.state_at) != current.paid_at)
            .then(|| date_time(current.state_at)),
        returned: (returned > 0).then(|| reais(returned)),
        same_claims,
    }
}

/// Returns the class of the colour: `good` only if the payee has the money.
fn tone(receipt: &Receipt) -> &'static str {
    use crate::receipt::ReceiptState::{NotMade, Paid};
    match receipt.state {
        Paid => "good",
        NotMade => "bad",
        _ => "wait",
    }
}

fn render(template: &impl Template) -> HtmlPage {
    HtmlPage::render(template, &SECURITY_POLICY)
}

#[cfg(test)]
mod tests;
