//! Drawing on a page: rectangles, lines of text with their tags, and QR codes.
#![expect(clippy::float_arithmetic, reason = "positions on a page")]

use std::num::NonZeroU16;

use krilla::color::rgb;
use krilla::geom::{Path, PathBuilder, Point, Rect};
use krilla::num::NormalizedF32;
use krilla::paint::Fill;
use krilla::surface::Surface;
use krilla::tagging::{ContentTag, Identifier, Node, SpanTag, Tag, TagGroup};

use crate::face::{Face, TextLine};
use crate::qr::{QUIET_ZONE, QrRuns};

/// Height of a line as a multiple of the size of its text.
pub const LEADING: f32 = 1.4;

/// Returns the tag of a heading.
pub fn heading_tag(level: u16, text: &str) -> Tag<krilla::tagging::kind::Hn> {
    Tag::Hn(NonZeroU16::new(level).unwrap_or(NonZeroU16::MIN), Some(text.to_owned()))
}

/// Returns a tag around what has these ids.
pub fn group(tag: impl Into<krilla::tagging::TagKind>, ids: Vec<Identifier>) -> TagGroup {
    TagGroup::with_children(tag, ids.into_iter().map(Node::from).collect())
}

/// Returns the height of lines of text.
pub fn tall(lines: usize, size: f32) -> f32 {
    at(lines) * size * LEADING
}

/// Returns a small count as a measure.
pub fn at(count: usize) -> f32 {
    f32::from(u16::try_from(count).unwrap_or(u16::MAX))
}

/// Writes lines below each other, and returns the id of each.
pub fn write(
    surface: &mut Surface<'_>,
    lines: &[TextLine],
    face: &Face,
    (left, top): (f32, f32),
    size: f32,
    color: (u8, u8, u8),
) -> Vec<Identifier> {
    let mut baseline = top + size;
    let mut ids = Vec::new();
    for line in lines {
        ids.push(surface.start_tagged(ContentTag::Span(SpanTag::empty())));
        surface.set_fill(Some(paint(color)));
        let start = Point::from_xy(left, baseline);
        surface.draw_glyphs(start, &line.glyphs, face.font.clone(), &line.text, size, false);
        surface.end_tagged();
        baseline += size * LEADING;
    }
    ids
}

/// Returns the outline of a rectangle.
pub fn rectangle(area: Rect) -> Path {
    let mut path = PathBuilder::new();
    path.push_rect(area);
    path.finish().expect("a rectangle is a path")
}

/// Returns an opaque colour.
pub fn paint((red, green, blue): (u8, u8, u8)) -> Fill {
    Fill {
        paint: rgb::Color::new(red, green, blue).into(),
        opacity: NormalizedF32::ONE,
        ..Fill::default()
    }
}

/// Fills a path.
pub fn fill(surface: &mut Surface<'_>, path: Option<&Path>, color: (u8, u8, u8)) {
    surface.set_fill(Some(paint(color)));
    if let Some(path) = path {
        surface.draw_path(path);
    }
}

/// Returns the dark modules of a QR code. Its margin begins at this point.
pub fn qr_path(qr: &QrRuns, (left, top): (f32, f32), module: f32) -> Option<Path> {
    let mut path = PathBuilder::new();
    for (x, y, length) in &qr.runs {
        let (x, y) = (at(x + QUIET_ZONE), at(y + QUIET_ZONE));
        let (left, top) = (left + x * module, top + y * module);
        if let Some(run) = Rect::from_xywh(left, top, at(*length) * module, module) {
            path.push_rect(run);
        }
    }
    path.finish()
}
