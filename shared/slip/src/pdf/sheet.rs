//! The page of a slip from top to bottom.
#![expect(clippy::float_arithmetic, reason = "positions on a page")]

use krilla::Document;
use krilla::destination::XyzDestination;
use krilla::geom::Point;
use krilla::outline::{Outline, OutlineNode};
use krilla::page::PageSettings;
use krilla::surface::Surface;
use krilla::tagging::{ContentTag, Tag, TagGroup, TagTree};
use typeset::{Faces, LANGUAGE, fill, group, heading_tag, qr_path, write};

use crate::barcode::BARS_MARGIN;
use crate::form::{payment_cells, receipt_cells};
use crate::form_cell::{FORM_WIDTH, UNIT, form_height};
use crate::form_texts::{
    BANK_SIZE, BANK_WIDTH, CUT_HERE, FORM_HEADING, FORM_STAMP, PIX_HEADING, PIX_STEPS, QR_LABEL,
    RECEIPT_HEADING, RECEIPT_STAMP, SANDBOX_NOTE, bank_lines, barcode_label, title,
};
use crate::pdf::pen::{Anchor, SlipPen, points};
use crate::pix_code::PixCode;
use crate::slip::Slip;

/// Width and height of A4 in points.
const PAGE: (f32, f32) = (595.276, 841.89);
/// Left edge of all content.
const LEFT: u16 = 44;
/// Right edge of all content.
const RIGHT: u16 = LEFT + FORM_WIDTH;
/// Upper edge of all content.
const TOP: u16 = 44;
/// Height of the line with bank, number and digitable line.
pub(super) const BANK_HEIGHT: u16 = 36;
/// Width of the number of the bank.
const CODE_WIDTH: u16 = 64;
/// Size of the digitable line: digits of 3.5 mm.
const LINE_SIZE: f32 = 13.9;
/// Height of a line of the name of the bank.
const BANK_LINE: u16 = 11;
const CODE_SIZE: f32 = 15.0;
const TITLE_SIZE: f32 = 14.0;
const HEADING_SIZE: f32 = 9.0;
const NOTE_SIZE: f32 = 10.0;
const STEPS_SIZE: f32 = 9.0;
/// Height below the last row: the bars, 6 mm above and 5.5 mm below them.
pub(super) const BARS_ZONE: u16 = 79;
/// Middle of the bars above the lower edge of the form.
const BARS_MIDDLE_MM: f32 = 12.0;
const BLACK: (u8, u8, u8) = (0, 0, 0);
const RED: (u8, u8, u8) = (0xb0, 0x00, 0x20);

/// Draws the page, and gives the document its tags and its outline.
pub(super) fn draw(document: &mut Document, faces: &Faces, slip: &Slip, pix: Option<&PixCode>) {
    let settings = PageSettings::from_wh(PAGE.0, PAGE.1).expect("A4 has a width and a height");
    let mut tree = TagTree::new().with_lang(Some(LANGUAGE.to_owned()));
    let mut page = document.start_page_with(settings);
    let drawn = draw_page(page.surface(), faces, slip, pix);
    page.finish();
    for tag in drawn.tags {
        tree.push(tag);
    }
    document.set_tag_tree(tree);
    let mut outline = Outline::new();
    for (heading, top) in [(RECEIPT_HEADING, drawn.receipt), (FORM_HEADING, drawn.form)] {
        let place = XyzDestination::new(0, Point::from_xy(0.0, points(top)));
        outline.push_child(OutlineNode::new(heading.to_owned(), place));
    }
    document.set_outline(outline);
}

/// A page that is drawn: its tags in the order of reading, and the upper edges of its parts.
struct DrawnSheet {
    tags: Vec<TagGroup>,
    receipt: u16,
    form: u16,
}

fn draw_page(
    surface: Surface<'_>,
    faces: &Faces,
    slip: &Slip,
    pix: Option<&PixCode>,
) -> DrawnSheet {
    let pen = SlipPen { surface, faces };
    let mut sheet = Sheet { pen, tags: Vec::new(), top: TOP };
    sheet.title(slip);
    let receipt = sheet.receipt(slip);
    if let Some((pix, br_code)) = pix.zip(slip.br_code.as_deref()) {
        sheet.pix(pix, br_code);
    }
    sheet.cut_line();
    let form = sheet.payment_form(slip);
    sheet.pen.surface.finish();
    DrawnSheet { tags: sheet.tags, receipt, form }
}

/// The page while it is drawn.
struct Sheet<'a, 's> {
    pen: SlipPen<'a, 's>,
    tags: Vec<TagGroup>,
    /// Upper edge of what comes next.
    top: u16,
}

impl Sheet<'_, '_> {
    fn title(&mut self, slip: &Slip) {
        if slip.is_sandbox {
            let face = &self.pen.faces.bold;
            let line = face.line(SANDBOX_NOTE);
            let ids = self.pen.line(line, face, NOTE_SIZE, RED, Anchor::Left(LEFT), self.top);
            self.tags.push(group(Tag::P, ids));
            self.top += 22;
        }
        self.heading(1, &title(slip), TITLE_SIZE);
        self.top += 30;
    }

    fn heading(&mut self, level: u16, text: &str, size: f32) {
        let face = &self.pen.faces.bold;
        let line = face.line(text);
        let ids = self.pen.line(line, face, size, BLACK, Anchor::Left(LEFT), self.top);
        self.tags.push(group(heading_tag(level, text), ids));
    }

    /// Draws the payer's receipt. Returns its upper edge.
    fn receipt(&mut self, slip: &Slip) -> u16 {
        let top = self.top;
        self.heading(2, RECEIPT_HEADING, HEADING_SIZE);
        self.top += 16;
        self.bank(slip);
        let cells = receipt_cells(slip, self.pen.faces);
        self.tags.push(self.pen.form(&cells, self.top, LEFT));
        self.top += form_height(&cells) + 4;
        self.tags.push(self.pen.stamp(RECEIPT_STAMP, (RIGHT, self.top)));
        self.top += 24;
        top
    }

    /// Draws the line with the bank, its number and the digitable line.
    fn bank(&mut self, slip: &Slip) {
        let faces = self.pen.faces;
        let lower = self.top + BANK_HEIGHT;
        let lines = bank_lines(slip, faces);
        let height = u16::try_from(lines.len()).unwrap_or_default() * BANK_LINE;
        let mut top = lower - 5 - height;
        let mut ids = Vec::new();
        for line in lines {
            ids.extend(self.pen.line(line, &faces.bold, BANK_SIZE, BLACK, Anchor::Left(LEFT), top));
            top += BANK_LINE;
        }
        self.tags.push(group(Tag::P, ids));
        let code = LEFT + BANK_WIDTH;
        for left in [code, code + CODE_WIDTH] {
            self.pen.rule((left, lower - 26), (2, 26));
        }
        let text = faces.bold.line(&typeset::clean(&slip.bank_code));
        let from = Anchor::Left(code + 6);
        let ids = self.pen.line(text, &faces.bold, CODE_SIZE, BLACK, from, lower - 26);
        self.tags.push(group(Tag::P, ids));
        let text = faces.bold.line(&slip.printed_line());
        let to = Anchor::Right(RIGHT);
        let ids = self.pen.line(text, &faces.bold, LINE_SIZE, BLACK, to, lower - 24);
        self.tags.push(group(Tag::P, ids));
        self.pen.rule((LEFT, lower - 1), (FORM_WIDTH + 1, 2));
        self.top = lower;
    }

    /// Draws the QR code at the right, and beside it what to do with it.
    fn pix(&mut self, pix: &PixCode, br_code: &str) {
        let faces = self.pen.faces;
        self.heading(3, PIX_HEADING, TITLE_SIZE);
        let side = pix.side();
        let width = f32::from(FORM_WIDTH - side - 20) * UNIT;
        let mut below = self.top + 28;
        for (text, size) in [(PIX_STEPS, STEPS_SIZE), (br_code, STEPS_SIZE)] {
            let lines = faces.regular.lines(&typeset::clean(text), width / size);
            let count = u16::try_from(lines.len()).unwrap_or_default();
            let at = (points(LEFT), points(below));
            let ids = write(&mut self.pen.surface, &lines, &faces.regular, at, size, BLACK);
            self.tags.push(group(Tag::P, ids));
            below += count * 18 + 10;
        }
        let picture = self.pen.surface.start_tagged(ContentTag::Other);
        let at = (points(RIGHT - side), points(self.top));
        let path = qr_path(&pix.runs, at, points(pix.module));
        fill(&mut self.pen.surface, path.as_ref(), BLACK);
        self.pen.surface.end_tagged();
        self.tags.push(group(Tag::Figure(Some(QR_LABEL.to_owned())), vec![picture]));
        self.top = (self.top + side).max(below) + 10;
    }

    fn cut_line(&mut self) {
        self.tags.push(self.pen.stamp(CUT_HERE, (RIGHT, self.top)));
        self.top += 12;
        self.pen.dashes((LEFT, self.top), FORM_WIDTH);
        self.top += 14;
    }

    /// Draws the form that banks process. Returns its upper edge.
    fn payment_form(&mut self, slip: &Slip) -> u16 {
        let top = self.top;
        self.heading(2, FORM_HEADING, HEADING_SIZE);
        self.top += 16;
        self.bank(slip);
        let cells = payment_cells(slip, self.pen.faces);
        self.tags.push(self.pen.form(&cells, self.top, LEFT));
        self.top += form_height(&cells);
        self.tags.push(self.pen.stamp(FORM_STAMP, (RIGHT, self.top + 6)));
        let lower = self.top + BARS_ZONE;
        let bars = self.pen.bars(slip, LEFT + BARS_MARGIN, lower, BARS_MIDDLE_MM);
        self.tags.push(group(Tag::Figure(Some(barcode_label(slip))), vec![bars]));
        self.top = lower;
        top
    }
}
