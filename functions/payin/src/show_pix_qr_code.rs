//! `GET /pix/{location}/qr-code`: the QR code of a location as a picture, for pages and mails.
//!
//! Anyone may ask, as for the location itself. The picture shows the location and the names of the recipient,
//! which every reader of the code has, and it leads to no payment page.

use brazil::Txid;
use domain::kernel::Error;
use edge::{PublicImage, PublicRequest};
use store::Store;

use crate::qr_picture::PictureInput;

/// How long a cache may keep the picture: a day. The code of a charge never changes.
const MAX_AGE_SECONDS: u32 = 24 * 60 * 60;

/// Returns the picture in the format of the query, or in the one that `Accept` selects. An unknown location
/// is 404.
pub async fn handle(
    store: &Store,
    request: PublicRequest<PictureInput>,
) -> Result<PublicImage, Error> {
    const UNKNOWN: Error = Error::NotFound("QR code");
    // Every caller may request it, so text that is not a txid never reaches the table.
    let txid = Txid::parse(request.path("location")).map_err(|_| UNKNOWN)?;
    let charge = store.find_charge_by_location(txid.as_str()).await?.ok_or(UNKNOWN)?;
    let pix = charge.method.pix().ok_or(UNKNOWN)?;
    let format = request.input.format(|| request.prefers("image/png", "image/svg+xml"));
    let (content_type, bytes) = format.draw(&pix.br_code)?;
    Ok(PublicImage { content_type, bytes, max_age_seconds: MAX_AGE_SECONDS })
}
