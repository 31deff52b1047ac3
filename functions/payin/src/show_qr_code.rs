//! `GET /v1/charges/{id}/qr-code`: a charge's QR code as a picture.

use domain::charge::Charge;
use domain::kernel::Error;
use edge::{Call, Image};
use schemars::JsonSchema;
use serde::Deserialize;
use store::Store;

use crate::qr_picture;

/// Format of the picture.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PictureInput {
    /// Format of the picture; it has precedence over the header `Accept`. If absent, `Accept` decides,
    /// and without `Accept` the picture is SVG.
    format: Option<PictureFormat>,
}

/// Format of a picture.
#[derive(Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum PictureFormat {
    /// Lines, sharp at every size.
    Svg,
    /// Pixels, for programs without SVG such as e-mail readers.
    Png,
}

impl PictureFormat {
    /// Returns the format that `Accept` selects.
    fn accepted(call: &Call<PictureInput, Charge>) -> Self {
        if call.prefers("image/png", "image/svg+xml") { Self::Png } else { Self::Svg }
    }
}

/// Returns the picture in the format of the query, or in the one that `Accept` selects.
pub async fn handle(_: &Store, call: Call<PictureInput, Charge>) -> Result<Image, Error> {
    let pix = call.target.method.pix().ok_or(Error::NotFound("QR code"))?;
    let br_code = &pix.br_code;
    Ok(match call.input.format.unwrap_or_else(|| PictureFormat::accepted(&call)) {
        PictureFormat::Png => Image { content_type: "image/png", bytes: qr_picture::png(br_code)? },
        PictureFormat::Svg => {
            Image { content_type: "image/svg+xml", bytes: qr_picture::svg(br_code)?.into_bytes() }
        }
    })
}
