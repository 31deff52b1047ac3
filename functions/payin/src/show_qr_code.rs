//! `GET /v1/charges/{id}/qr-code`: a charge's QR code as a picture, for callers of the API.

use domain::charge::Charge;
use domain::kernel::Error;
use edge::{Call, Image};
use store::Store;

use crate::qr_picture::PictureInput;

/// Returns the picture in the format of the query, or in the one that `Accept` selects.
pub async fn handle(_: &Store, call: Call<PictureInput, Charge>) -> Result<Image, Error> {
    let pix = call.target.method.pix().ok_or(Error::NotFound("QR code"))?;
    let format = call.input.format(|| call.prefers("image/png", "image/svg+xml"));
    let (content_type, bytes) = format.draw(&pix.br_code)?;
    Ok(Image { content_type, bytes })
}
