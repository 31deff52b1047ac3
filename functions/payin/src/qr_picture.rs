//! Draws a BR Code with a quiet zone and error correction M, as the Central Bank's manual advises.

use domain::kernel::Error;
use qrcode::render::svg::Color;
use qrcode::{EcLevel, QrCode};
use schemars::JsonSchema;
use serde::Deserialize;

/// Side of one module, in pixels or units.
const MODULE_SIZE: u32 = 8;
/// White margin around the code, in modules (ISO/IEC 18004).
const QUIET_ZONE: u32 = 4;

/// Format of the picture.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PictureInput {
    /// Format of the picture; it has precedence over the header `Accept`. If absent, `Accept` decides,
    /// and without `Accept` the picture is SVG.
    format: Option<PictureFormat>,
}

impl PictureInput {
    /// Returns the format of the query, or the one that `Accept` prefers.
    pub(crate) fn format(&self, prefers_png: impl Fn() -> bool) -> PictureFormat {
        let accepted = || if prefers_png() { PictureFormat::Png } else { PictureFormat::Svg };
        self.format.unwrap_or_else(accepted)
    }
}

/// Format of a picture.
#[derive(Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum PictureFormat {
    /// Lines, sharp at every size.
    Svg,
    /// Pixels, for programs without SVG such as e-mail readers.
    Png,
}

impl PictureFormat {
    /// Returns the media type and the content of the picture.
    pub(crate) fn draw(self, text: &str) -> Result<(&'static str, Vec<u8>), Error> {
        Ok(match self {
            Self::Svg => ("image/svg+xml", svg(text)?.into_bytes()),
            Self::Png => ("image/png", png(text)?),
        })
    }
}

fn draw(text: &str) -> Result<QrCode, Error> {
    QrCode::with_error_correction_level(text, EcLevel::M).map_err(Error::internal)
}

/// Returns the code as SVG.
fn svg(text: &str) -> Result<String, Error> {
    Ok(draw(text)?.render::<Color<'_>>().module_dimensions(MODULE_SIZE, MODULE_SIZE).build())
}

/// Returns the code as a greyscale PNG.
fn png(text: &str) -> Result<Vec<u8>, Error> {
    let code = draw(text)?;
    let modules = u32::try_from(code.width()).map_err(Error::internal)?;
    let side = (modules + 2 * QUIET_ZONE) * MODULE_SIZE;
    let colors = code.to_colors();
    let inside =
        |pixel: u32| (pixel / MODULE_SIZE).checked_sub(QUIET_ZONE).filter(|at| *at < modules);
    let dark = |x: u32, y: u32| {
        let index = inside(y)?.checked_mul(modules)?.checked_add(inside(x)?)?;
        let color = colors.get(usize::try_from(index).ok()?)?;
        Some(*color == qrcode::Color::Dark)
    };
    let pixels: Vec<u8> = (0..side)
        .flat_map(|y| (0..side).map(move |x| (x, y)))
        .map(|(x, y)| if dark(x, y) == Some(true) { 0 } else { u8::MAX })
        .collect();
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, side, side);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::Eight);
    let mut writer = encoder.write_header().map_err(Error::internal)?;
    writer.write_image_data(&pixels).map_err(Error::internal)?;
    writer.finish().map_err(Error::internal)?;
    Ok(file)
}
