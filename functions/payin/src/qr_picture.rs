//! Draws a BR Code with a quiet zone and error correction M, as the Central Bank's manual advises.

use domain::kernel::Error;
use qrcode::render::svg::Color;
use qrcode::{EcLevel, QrCode};

/// Side of one module, in pixels or units.
const MODULE_SIZE: u32 = 8;
/// White margin around the code, in modules (ISO/IEC 18004).
const QUIET_ZONE: u32 = 4;

fn draw(text: &str) -> Result<QrCode, Error> {
    QrCode::with_error_correction_level(text, EcLevel::M).map_err(Error::internal)
}

/// Returns the code as SVG.
pub(crate) fn svg(text: &str) -> Result<String, Error> {
    Ok(draw(text)?.render::<Color<'_>>().module_dimensions(MODULE_SIZE, MODULE_SIZE).build())
}

/// Returns the code as a greyscale PNG.
pub(crate) fn png(text: &str) -> Result<Vec<u8>, Error> {
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
