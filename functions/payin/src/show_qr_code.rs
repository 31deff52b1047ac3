//! `GET /v1/charges/{id}/qr-code`: a charge's QR code as a picture.

use domain::charge::Charge;
use domain::kernel::Error;
use edge::{Call, Image, NoInput};
use store::Store;

use crate::qr_picture;

/// Returns the picture as SVG, or as PNG if the caller's `Accept` prefers it.
pub async fn handle(_: &Store, call: Call<NoInput, Charge>) -> Result<Image, Error> {
    let pix = call.target.method.pix().ok_or(Error::NotFound("QR code"))?;
    let br_code = &pix.br_code;
    if call.prefers("image/png", "image/svg+xml") {
        return Ok(Image { content_type: "image/png", bytes: qr_picture::png(br_code)? });
    }
    Ok(Image { content_type: "image/svg+xml", bytes: qr_picture::svg(br_code)?.into_bytes() })
}
