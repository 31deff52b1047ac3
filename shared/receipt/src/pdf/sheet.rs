//! Draws the parts on pages, and tags each of them in the order of reading.
#![expect(clippy::float_arithmetic, reason = "positions on a page")]

use krilla::Document;
use krilla::action::{Action, LinkAction};
use krilla::annotation::{Annotation, LinkAnnotation, Target};
use krilla::color::rgb;
use krilla::destination::XyzDestination;
use krilla::geom::{Path, PathBuilder, Point, Rect};
use krilla::outline::{Outline, OutlineNode};
use krilla::page::PageSettings;
use krilla::paint::Stroke;
use krilla::surface::Surface;
use krilla::tagging::{
    Artifact, ArtifactType, ContentTag, TableHeaderScope, Tag, TagGroup, TagTree,
};
use typeset::{
    Face, Faces, LANGUAGE, PdfError, QUIET_ZONE, QrRuns, TextLine, at, fill, group, heading_tag,
    qr_path, rectangle, tall, write,
};

use super::layout::{Block, Ink, LABEL_WIDTH, MARGIN, PAGE, QR_SIDE, WIDTH};
use crate::icon;
use crate::rows::{LabeledValue, Section};

const TEXT_SIZE: f32 = 10.0;
const SMALL_SIZE: f32 = 7.5;
const HEADING_SIZE: f32 = 12.0;
const TITLE_SIZE: f32 = 18.0;
const AMOUNT_SIZE: f32 = 26.0;
/// Side of the sign beside the title.
const ICON_SIDE: f32 = 26.0;

/// Lines of a value that are not broken across pages.
const LINES_TOGETHER: usize = 30;

/// A drawn unit that is not broken across pages.
enum LayoutUnit<'a> {
    Block(&'a Block),
    Heading(&'a Section),
    Row(Cells),
}

/// The lines of a label and of a value. A long value has several of them, each with the label.
struct Cells {
    label: Vec<TextLine>,
    value: Vec<TextLine>,
}

/// Draws all blocks, and gives the document its tags and its outline.
pub(super) fn draw(
    document: &mut Document,
    faces: &Faces,
    blocks: &[Block],
    url: &str,
) -> Result<(), PdfError> {
    let qr = QrRuns::of(url).ok_or(PdfError::QrCode)?;
    let pen = Pen { faces, url, qr: &qr };
    let mut tree = TagTree::new().with_lang(Some(LANGUAGE.to_owned()));
    let mut table: Option<TagGroup> = None;
    for units in pen.pages(blocks) {
        let mut page = document.start_page_with(page_settings());
        let mut surface = page.surface();
        let mut top = MARGIN;
        let mut proof = None;
        for unit in units {
            let is_row = matches!(unit, LayoutUnit::Row(_));
            if let Some(ended) = table.take_if(|_| !is_row) {
                tree.push(ended);
            }
            match &unit {
                LayoutUnit::Block(Block::Proof { code }) => {
                    proof = Some(pen.proof(&mut surface, top, code))
                }
                LayoutUnit::Block(block) => tree.push(pen.block(&mut surface, top, block)),
                LayoutUnit::Heading(section) => {
                    tree.push(pen.heading(&mut surface, top, section.heading))
                }
                LayoutUnit::Row(row) => {
                    let row = pen.row(&mut surface, top, row);
                    table.get_or_insert_with(|| TagGroup::new(Tag::Table)).push(row);
                }
            }
            top += pen.height(&unit);
        }
        surface.finish();
        if let Some((paragraph, figure, link, area)) = proof {
            let action = Target::Action(Action::Link(LinkAction::new(url.to_owned())));
            let alt = "Página que confirma este documento".to_owned();
            let annotation = Annotation::new_link(LinkAnnotation::new(area, action), Some(alt));
            let mut link = link;
            link.push(page.add_tagged_annotation(annotation));
            tree.push(figure);
            tree.push(paragraph);
            tree.push(link);
        }
        page.finish();
    }
    if let Some(ended) = table {
        tree.push(ended);
    }
    document.set_tag_tree(tree);
    document.set_outline(outline(blocks));
    Ok(())
}

fn page_settings() -> PageSettings {
    PageSettings::from_wh(PAGE.0, PAGE.1).expect("A4 has a width and a height")
}

fn outline(blocks: &[Block]) -> Outline {
    let mut outline = Outline::new();
    for block in blocks {
        if let Block::Title { text, .. } = block {
            let top = XyzDestination::new(0, Point::from_xy(0.0, 0.0));
            outline.push_child(OutlineNode::new(text.clone(), top));
        }
    }
    outline
}

struct Pen<'a> {
    faces: &'a Faces,
    url: &'a str,
    qr: &'a QrRuns,
}

impl Pen<'_> {
    /// Distributes all units over pages. A heading stays with the first row below it.
    fn pages<'b>(&self, blocks: &'b [Block]) -> Vec<Vec<LayoutUnit<'b>>> {
        let units = blocks.iter().flat_map(|block| match block {
            Block::Table(section) => {
                let rows = section.rows.iter().flat_map(|row| self.cells(row)).map(LayoutUnit::Row);
                std::iter::once(LayoutUnit::Heading(section)).chain(rows).collect()
            }
            block => vec![LayoutUnit::Block(block)],
        });
        let mut pages = vec![Vec::new()];
        let mut left = PAGE.1 - 2.0 * MARGIN;
        for unit in units {
            let height = self.height(&unit);
            let first_row = match &unit {
                LayoutUnit::Heading(section) => {
                    let first = section.rows.first().map(|row| self.cells(row));
                    first.into_iter().flatten().next().map_or(0.0, |row| row.height())
                }
                _ => 0.0,
            };
            if height + first_row > left && pages.last().is_some_and(|page| !page.is_empty()) {
                pages.push(Vec::new());
                left = PAGE.1 - 2.0 * MARGIN;
            }
            left -= height;
            if let Some(page) = pages.last_mut() {
                page.push(unit);
            }
        }
        pages
    }

    fn height(&self, unit: &LayoutUnit<'_>) -> f32 {
        match unit {
            LayoutUnit::Block(Block::Title { text, .. }) => {
                let lines = self.faces.bold.lines(text, title_width());
                (tall(lines.len(), TITLE_SIZE)).max(ICON_SIDE) + 8.0
            }
            LayoutUnit::Block(Block::Amount { .. }) => tall(1, AMOUNT_SIZE) + 4.0,
            LayoutUnit::Block(Block::Note { text, is_bold, .. }) => {
                tall(self.face(*is_bold).lines(text, WIDTH / TEXT_SIZE).len(), TEXT_SIZE) + 4.0
            }
            LayoutUnit::Block(Block::Table(_)) => 0.0,
            LayoutUnit::Block(Block::Proof { .. }) => QR_SIDE + 20.0,
            LayoutUnit::Heading(_) => tall(1, HEADING_SIZE) + 20.0,
            LayoutUnit::Row(cells) => cells.height(),
        }
    }

    fn face(&self, is_bold: bool) -> &Face {
        if is_bold { &self.faces.bold } else { &self.faces.regular }
    }

    fn cells(&self, row: &LabeledValue) -> Vec<Cells> {
        let face = &self.faces.regular;
        let mut lines = face.lines(&row.value, (WIDTH - LABEL_WIDTH) / TEXT_SIZE);
        let mut cells = Vec::new();
        while !lines.is_empty() {
            let rest = lines.split_off(lines.len().min(LINES_TOGETHER));
            let label = face.lines(row.label, LABEL_WIDTH / TEXT_SIZE);
            cells.push(Cells { label, value: std::mem::replace(&mut lines, rest) });
        }
        cells
    }

    fn block(&self, surface: &mut Surface<'_>, top: f32, block: &Block) -> TagGroup {
        let (text, face, size, ink) = match block {
            Block::Title { text, icon, ink } => {
                draw_icon(surface, top, icon, *ink);
                let lines = self.faces.bold.lines(text, title_width());
                let left = MARGIN + ICON_SIDE + 10.0;
                let ids = write(
                    surface,
                    &lines,
                    &self.faces.bold,
                    (left, top + 1.0),
                    TITLE_SIZE,
                    Ink::Black.rgb(),
                );
                return group(heading_tag(1, text), ids);
            }
            Block::Amount { text } => (text, &self.faces.bold, AMOUNT_SIZE, Ink::Black),
            Block::Note { text, ink, is_bold } => (text, self.face(*is_bold), TEXT_SIZE, *ink),
            Block::Table(_) | Block::Proof { .. } => return TagGroup::new(Tag::Div),
        };
        let lines = face.lines(text, WIDTH / size);
        group(Tag::P, write(surface, &lines, face, (MARGIN, top), size, ink.rgb()))
    }

    fn heading(&self, surface: &mut Surface<'_>, top: f32, text: &'static str) -> TagGroup {
        let face = &self.faces.bold;
        let lines = face.lines(text, WIDTH / HEADING_SIZE);
        let at = (MARGIN, top + 12.0);
        let ids = write(surface, &lines, face, at, HEADING_SIZE, Ink::Black.rgb());
        let rule = top + 12.0 + tall(1, HEADING_SIZE) + 2.0;
        surface.start_tagged(ContentTag::Artifact(Artifact::with_kind(ArtifactType::Layout)));
        let line = Rect::from_xywh(MARGIN, rule, WIDTH, 0.6);
        fill(surface, line.map(rectangle).as_ref(), (0xbb, 0xbb, 0xbb));
        surface.end_tagged();
        group(heading_tag(2, text), ids)
    }

    fn row(&self, surface: &mut Surface<'_>, top: f32, cells: &Cells) -> TagGroup {
        let face = &self.faces.regular;
        let label = write(surface, &cells.label, face, (MARGIN, top), TEXT_SIZE, Ink::Grey.rgb());
        let at = (MARGIN + LABEL_WIDTH, top);
        let value = write(surface, &cells.value, face, at, TEXT_SIZE, Ink::Black.rgb());
        let header = group(Tag::TH(TableHeaderScope::Row), label);
        TagGroup::with_children(Tag::TR, vec![header.into(), group(Tag::TD, value).into()])
    }

    /// Draws the QR code with its explanation. Returns the tags, and the area of the link.
    fn proof(
        &self,
        surface: &mut Surface<'_>,
        top: f32,
        code: &str,
    ) -> (TagGroup, TagGroup, TagGroup, Rect) {
        let top = top + 14.0;
        let picture = surface.start_tagged(ContentTag::Other);
        let module = QR_SIDE / at(self.qr.width + 2 * QUIET_ZONE);
        fill(surface, qr_path(self.qr, (MARGIN, top), module).as_ref(), (0, 0, 0));
        surface.end_tagged();
        let alt = "QR Code da página que confirma este documento".to_owned();
        let figure = group(Tag::Figure(Some(alt)), vec![picture]);
        let left = MARGIN + QR_SIDE + 14.0;
        let width = WIDTH - QR_SIDE - 14.0;
        let face = &self.faces.regular;
        let text = "Confirme este documento: leia o QR Code ou abra o endereço abaixo. A página mostra \
                    também a situação de hoje.";
        let lines = face.lines(text, width / TEXT_SIZE);
        let below = top + 8.0 + tall(lines.len(), TEXT_SIZE) + 6.0;
        let ids = write(surface, &lines, face, (left, top + 8.0), TEXT_SIZE, Ink::Black.rgb());
        let paragraph = group(Tag::P, ids);
        debug_assert!(self.url.ends_with(code), "the URL ends with the code");
        let lines = face.lines(self.url, width / SMALL_SIZE);
        let height = tall(lines.len(), SMALL_SIZE);
        let ids = write(surface, &lines, face, (left, below), SMALL_SIZE, Ink::Grey.rgb());
        let area = Rect::from_xywh(left, below, width, height).expect("a width and a height");
        (paragraph, figure, group(Tag::Link, ids), area)
    }
}

impl Cells {
    fn height(&self) -> f32 {
        tall(self.label.len().max(self.value.len()), TEXT_SIZE) + 2.0
    }
}

/// Returns the width of the title for a size of 1.
fn title_width() -> f32 {
    (WIDTH - ICON_SIDE - 10.0) / TITLE_SIZE
}

fn draw_icon(surface: &mut Surface<'_>, top: f32, lines: &[&[(u8, u8)]], ink: Ink) {
    surface.start_tagged(ContentTag::Artifact(Artifact::with_kind(ArtifactType::Layout)));
    surface.set_fill(None);
    let (red, green, blue) = ink.rgb();
    let scale = ICON_SIDE / f32::from(icon::SIDE);
    surface.set_stroke(Some(Stroke {
        paint: rgb::Color::new(red, green, blue).into(),
        width: 2.0 * scale,
        ..Stroke::default()
    }));
    let place = |x: f32, y: f32| (MARGIN + x * scale, top + y * scale);
    if let Some(circle) = circle(place, f32::from(icon::RADIUS)) {
        surface.draw_path(&circle);
    }
    for line in lines {
        let mut path = PathBuilder::new();
        for (index, (x, y)) in line.iter().enumerate() {
            let (x, y) = place(f32::from(*x), f32::from(*y));
            if index == 0 { path.move_to(x, y) } else { path.line_to(x, y) }
        }
        if let Some(path) = path.finish() {
            surface.draw_path(&path);
        }
    }
    surface.set_stroke(None);
    surface.end_tagged();
}

/// Returns a circle around the middle of the sign, as four curves.
fn circle(place: impl Fn(f32, f32) -> (f32, f32), radius: f32) -> Option<Path> {
    // The handle of a quarter of a circle, as a part of its radius.
    const HANDLE: f32 = 0.552_284_8;
    let middle = f32::from(icon::SIDE) / 2.0;
    let near = radius * HANDLE;
    let mut path = PathBuilder::new();
    let (x, y) = place(middle + radius, middle);
    path.move_to(x, y);
    for (from, to) in [
        ((1.0, 0.0), (0.0, 1.0)),
        ((0.0, 1.0), (-1.0, 0.0)),
        ((-1.0, 0.0), (0.0, -1.0)),
        ((0.0, -1.0), (1.0, 0.0)),
    ] {
        let point = |(x, y): (f32, f32), (dx, dy): (f32, f32)| {
            place(middle + x * radius + dx * near, middle + y * radius + dy * near)
        };
        let ((x1, y1), (x2, y2), (x3, y3)) =
            (point(from, to), point(to, from), point(to, (0.0, 0.0)));
        path.cubic_to(x1, y1, x2, y2, x3, y3);
    }
    path.close();
    path.finish()
}
