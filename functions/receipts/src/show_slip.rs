//! `GET /v1/charges/{id}/slip`: the slip of a boleto, as a page or a PDF.

use domain::account::Account;
use domain::charge::Charge;
use domain::kernel::Error;
use edge::{Call, PageOrPdf};
use schemars::JsonSchema;
use serde::Deserialize;
use slip::{slip_page, slip_pdf};
use store::Store;

use crate::slip_texts::slip_of;

const HTML: &str = "text/html";
const PDF: &str = "application/pdf";

/// Form of the slip.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SlipInput {
    /// Form of the slip; it has precedence over the header `Accept`. If absent, `Accept` decides, and without
    /// `Accept` the slip is a PDF.
    format: Option<SlipFormat>,
}

/// Form of a slip.
#[derive(Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum SlipFormat {
    /// A page that also prints well.
    Html,
    /// An accessible PDF, to send to the payer.
    Pdf,
}

/// Returns the slip with the amount of today. After the due date it is a second copy.
///
/// # Errors
/// A conflict with `charge_state` if the charge has no boleto that banks take.
pub async fn handle(
    _: &Store,
    call: Call<SlipInput, (Charge, Account)>,
) -> Result<PageOrPdf, Error> {
    let (charge, account) = call.target.clone();
    let now = call.moment.now;
    let charge = charge.as_of(now);
    let slip = slip_of(&charge, &account, call.stage, now)?;
    let format = call.input.format.unwrap_or_else(|| match call.preferred(&[PDF, HTML]) {
        HTML => SlipFormat::Html,
        _ => SlipFormat::Pdf,
    });
    Ok(match format {
        SlipFormat::Html => {
            let page = slip_page(&slip).map_err(Error::internal)?;
            PageOrPdf::Page { html: page.html, security_policy: page.security_policy }
        }
        SlipFormat::Pdf => PageOrPdf::Pdf {
            bytes: slip_pdf(&slip).map_err(Error::internal)?,
            file_name: format!("boleto-{}.pdf", charge.id),
        },
    })
}
