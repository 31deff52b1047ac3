//! Draws texts, fields, bars and lines at places in hundredths of an inch, and tags each of them.
#![expect(clippy::float_arithmetic, reason = "positions on a page")]

use krilla::geom::{PathBuilder, Rect};
use krilla::surface::Surface;
use krilla::tagging::{
    Artifact, ArtifactType, ContentTag, Identifier, TableHeaderScope, Tag, TagGroup,
};
use typeset::{Face, Faces, TextLine, fill, group, write};

use crate::barcode::{BARS_HEIGHT_MM, bars};
use crate::form_cell::{CellStyle, FormCell, LABEL_HEIGHT, LINE_HEIGHT, PADDING, TEXT_SIZE, UNIT};
use crate::slip::Slip;

/// Points in a millimetre.
const MILLIMETRE: f32 = 72.0 / 25.4;
/// Size of a label in points.
const LABEL_SIZE: f32 = 6.0;
/// Size of a due date or an amount that must be paid.
const KEY_SIZE: f32 = 9.0;
/// Colour of texts and lines.
const BLACK: (u8, u8, u8) = (0, 0, 0);
/// Colour of labels: 7.0 on white, 6.1 on the grey of a field.
const LABEL: (u8, u8, u8) = (0x55, 0x55, 0x55);
/// Ground of the due date and the amounts.
const GROUND: (u8, u8, u8) = (0xee, 0xee, 0xee);

/// A place on the page.
pub(super) type Spot = (u16, u16);

/// Draws on one page.
pub(super) struct SlipPen<'a, 's> {
    pub(super) surface: Surface<'s>,
    pub(super) faces: &'a Faces,
}

/// Where a line of text stands.
pub(super) enum Anchor {
    /// The text begins here.
    Left(u16),
    /// The text ends here.
    Right(u16),
}

impl SlipPen<'_, '_> {
    /// Writes one line. The place is the upper edge of its letters.
    pub(super) fn line(
        &mut self,
        line: TextLine,
        face: &Face,
        size: f32,
        color: (u8, u8, u8),
        anchor: Anchor,
        top: u16,
    ) -> Vec<Identifier> {
        let left = match anchor {
            Anchor::Left(left) => points(left),
            Anchor::Right(right) => points(right) - face.line(line.text.trim_end()).width * size,
        };
        write(&mut self.surface, &[line], face, (left, points(top)), size, color)
    }

    /// Writes a small text that ends here.
    pub(super) fn stamp(&mut self, text: &str, (right, top): Spot) -> TagGroup {
        let face = &self.faces.regular;
        let line = face.line(text);
        group(Tag::P, self.line(line, face, LABEL_SIZE, LABEL, Anchor::Right(right), top))
    }

    /// Draws the fields of a form as a table of labels and values.
    pub(super) fn form(&mut self, cells: &[FormCell], top: u16, left: u16) -> TagGroup {
        self.frames(cells, top, left);
        let mut table = TagGroup::new(Tag::Table);
        for cell in cells {
            table.push(self.field(cell, top, left));
        }
        table
    }

    fn field(&mut self, cell: &FormCell, top: u16, left: u16) -> TagGroup {
        let (left, top) = (left + cell.area.left, top + cell.area.top);
        let right = left + cell.area.width - PADDING;
        let label = self.faces.regular.line(cell.label);
        let from = Anchor::Left(left + PADDING);
        let label = self.line(label, &self.faces.regular, LABEL_SIZE, LABEL, from, top + 2);
        let face = cell.style.face(self.faces);
        let size = if cell.style == CellStyle::Key { KEY_SIZE } else { TEXT_SIZE };
        let mut value = Vec::new();
        // A larger text begins higher, so that it ends above the edge, too.
        let mut below = top + LABEL_HEIGHT - u16::from(cell.style == CellStyle::Key);
        for line in cell.texts.iter().flatten() {
            let anchor = match cell.style {
                CellStyle::Text => Anchor::Left(left + PADDING),
                CellStyle::Number | CellStyle::Key => Anchor::Right(right),
            };
            value.extend(self.line(face.line(&line.text), face, size, BLACK, anchor, below));
            below += LINE_HEIGHT;
        }
        let header = group(Tag::TH(TableHeaderScope::Row), label);
        TagGroup::with_children(Tag::TR, vec![header.into(), group(Tag::TD, value).into()])
    }

    /// Draws the edges of the fields, and the ground of those that stand out.
    fn frames(&mut self, cells: &[FormCell], top: u16, left: u16) {
        let (mut grounds, mut edges) = (PathBuilder::new(), PathBuilder::new());
        for cell in cells {
            let area = cell.area;
            let (x, y) = (left + area.left, top + area.top);
            if cell.style == CellStyle::Key {
                push(&mut grounds, (x, y), (area.width, area.height));
            }
            push(&mut edges, (x, y), (area.width + 1, 1));
            push(&mut edges, (x, y + area.height), (area.width + 1, 1));
            push(&mut edges, (x, y), (1, area.height));
            push(&mut edges, (x + area.width, y), (1, area.height));
        }
        self.begin_artifact();
        fill(&mut self.surface, grounds.finish().as_ref(), GROUND);
        fill(&mut self.surface, edges.finish().as_ref(), BLACK);
        self.surface.end_tagged();
    }

    /// Draws a black rectangle that carries no meaning.
    pub(super) fn rule(&mut self, spot: Spot, size: Spot) {
        let mut path = PathBuilder::new();
        push(&mut path, spot, size);
        self.begin_artifact();
        fill(&mut self.surface, path.finish().as_ref(), BLACK);
        self.surface.end_tagged();
    }

    /// Draws dashes from the left to the right.
    pub(super) fn dashes(&mut self, (left, top): Spot, width: u16) {
        let mut path = PathBuilder::new();
        for dash in (0..width).step_by(8) {
            push(&mut path, (left + dash, top), (4, 1));
        }
        self.begin_artifact();
        fill(&mut self.surface, path.finish().as_ref(), LABEL);
        self.surface.end_tagged();
    }

    /// Draws the bars, with their middle this far above the lower edge.
    pub(super) fn bars(
        &mut self,
        slip: &Slip,
        left: u16,
        lower_edge: u16,
        middle_mm: f32,
    ) -> Identifier {
        let height = f32::from(BARS_HEIGHT_MM) * MILLIMETRE;
        let top = points(lower_edge) - middle_mm * MILLIMETRE - height / 2.0;
        let mut path = PathBuilder::new();
        for bar in bars(slip) {
            let area = Rect::from_xywh(points(left + bar.from), top, points(bar.width), height);
            if let Some(area) = area {
                path.push_rect(area);
            }
        }
        let picture = self.surface.start_tagged(ContentTag::Other);
        fill(&mut self.surface, path.finish().as_ref(), BLACK);
        self.surface.end_tagged();
        picture
    }

    pub(super) fn begin_artifact(&mut self) {
        let artifact = Artifact::with_kind(ArtifactType::Layout);
        self.surface.start_tagged(ContentTag::Artifact(artifact));
    }
}

/// Returns a measure in points.
pub(super) fn points(measure: u16) -> f32 {
    f32::from(measure) * UNIT
}

fn push(path: &mut PathBuilder, (left, top): Spot, (width, height): Spot) {
    if let Some(area) = Rect::from_xywh(points(left), points(top), points(width), points(height)) {
        path.push_rect(area);
    }
}
