//! `GET /pay/{token}/slip`: the slip of a payment page, for the payer.
//!
//! It is the slip that the account gets, as a PDF. A charge without a boleto that banks take has none; its answer
//! is that of a wrong token.

use domain::kernel::Error;
use edge::{PageOrFile, PageReply, PublicRequest, charge_of_token};
use payment_page::{PageLanguage, not_found_page};
use schemars::JsonSchema;
use serde::Deserialize;
use slip::slip_pdf;
use store::Store;

use crate::slip_texts::slip_of;

/// No parameter. Programs that pass an address on add their own, which are ignored.
#[derive(Deserialize, JsonSchema)]
pub struct PaymentSlipInput {}

/// Returns the slip with the amount of today.
pub async fn handle(
    store: &Store,
    request: PublicRequest<PaymentSlipInput>,
) -> Result<PageOrFile, Error> {
    const LANGUAGE: PageLanguage = PageLanguage::Portuguese;
    let (stage, now) = (request.stage, request.moment.now);
    let found = charge_of_token(store, &request).await?;
    let slip = found.and_then(|(charge, account)| {
        let charge = charge.as_of(now);
        Some((charge.id, slip_of(&charge, &account, stage, now).ok()?))
    });
    let Some((charge_id, slip)) = slip else {
        let page = not_found_page(LANGUAGE);
        let (html, security_policy) = (page.html, page.security_policy);
        let language = LANGUAGE.tag();
        return Ok(PageOrFile(PageReply::NotFound { html, security_policy, language }));
    };
    let bytes = slip_pdf(&slip).map_err(Error::internal)?;
    let file_name = format!("boleto-{charge_id}.pdf");
    Ok(PageOrFile(PageReply::File { bytes, file_name }))
}
