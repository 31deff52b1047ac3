//! A field of a form: its label, its fitted text, and its place.
//!
//! Places are in hundredths of an inch, the width of a narrow bar. So every edge is on a whole pixel at 100, 300
//! and 600 dpi.
#![expect(clippy::float_arithmetic, reason = "widths of letters")]

use typeset::{Face, Faces, TextLine, clean};

/// Points in a hundredth of an inch.
pub(crate) const UNIT: f32 = 0.72;
/// Width of a form: 188 mm.
pub(crate) const FORM_WIDTH: u16 = 740;
/// Width of a column of the page: each field is as wide as some of them.
pub(crate) const COLUMN: u16 = 20;
/// Height of a row with one line of text.
pub(crate) const ROW_HEIGHT: u16 = 26;
/// Space between an edge and a text.
pub(crate) const PADDING: u16 = 4;
/// Height of a label with the space above it.
pub(crate) const LABEL_HEIGHT: u16 = 11;
/// Height of a line of text.
pub(crate) const LINE_HEIGHT: u16 = 12;
/// Size of a text in points.
pub(crate) const TEXT_SIZE: f32 = 8.0;

/// A place relative to the upper left corner of the form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct CellArea {
    pub(crate) left: u16,
    pub(crate) top: u16,
    pub(crate) width: u16,
    pub(crate) height: u16,
}

/// How a text stands in its cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CellStyle {
    /// From the left.
    Text,
    /// From the right.
    Number,
    /// From the right, bold and on grey: due date and amount.
    Key,
}

/// A field that has no place yet.
pub(crate) struct CellText {
    label: &'static str,
    width: u16,
    style: CellStyle,
    texts: Vec<String>,
}

/// A field of a form.
pub(crate) struct FormCell {
    pub(crate) label: &'static str,
    pub(crate) style: CellStyle,
    pub(crate) area: CellArea,
    /// Paragraphs, each as lines.
    pub(crate) texts: Vec<Vec<TextLine>>,
}

/// A form that grows row by row.
pub(crate) struct FormLayout<'a> {
    faces: &'a Faces,
    cells: Vec<FormCell>,
    top: u16,
}

impl CellText {
    /// Returns a field with these paragraphs.
    pub(crate) fn new<const COUNT: usize>(
        label: &'static str,
        width: u16,
        texts: [&str; COUNT],
    ) -> Self {
        let texts = texts.into_iter().map(clean).filter(|text| !text.is_empty()).collect();
        Self { label, width, style: CellStyle::Text, texts }
    }

    /// Returns a field that banks or the payer fill in.
    pub(crate) fn blank(label: &'static str, width: u16) -> Self {
        Self::new(label, width, [])
    }

    /// Returns a field with these paragraphs.
    pub(crate) fn list(label: &'static str, width: u16, texts: &[String]) -> Self {
        Self { texts: texts.iter().map(|text| clean(text)).collect(), ..Self::blank(label, width) }
    }

    /// Returns the field in this style.
    pub(crate) fn styled(self, style: CellStyle) -> Self {
        Self { style, ..self }
    }
}

impl CellStyle {
    /// Returns the font of a text.
    pub(crate) fn face(self, faces: &Faces) -> &Face {
        if self == Self::Key { &faces.bold } else { &faces.regular }
    }
}

impl<'a> FormLayout<'a> {
    /// Returns a form without rows.
    pub(crate) fn new(faces: &'a Faces) -> Self {
        Self { faces, cells: Vec::new(), top: 0 }
    }

    /// Adds a row of fields from left to right.
    pub(crate) fn row(&mut self, height: u16, texts: Vec<CellText>) {
        let mut left = 0;
        for text in texts {
            let width = text.width;
            self.place(text, CellArea { left, top: self.top, width, height });
            left += width;
        }
        self.top += height;
    }

    /// Adds a field with a column of fields at its right, each of one row.
    pub(crate) fn columns(&mut self, tall: CellText, column: Vec<CellText>) {
        let (left, top) = (tall.width, self.top);
        let rows = u16::try_from(column.len()).unwrap_or_default();
        let (width, height) = (tall.width, rows * ROW_HEIGHT);
        self.place(tall, CellArea { left: 0, top, width, height });
        for text in column {
            let width = text.width;
            self.place(text, CellArea { left, top: self.top, width, height: ROW_HEIGHT });
            self.top += ROW_HEIGHT;
        }
    }

    /// Returns the fields in the order of reading.
    pub(crate) fn finish(self) -> Vec<FormCell> {
        self.cells
    }

    /// Fits the paragraphs into the height. What does not fit is cut visibly.
    fn place(&mut self, text: CellText, area: CellArea) {
        let face = text.style.face(self.faces);
        let mut left = usize::from((area.height - LABEL_HEIGHT) / LINE_HEIGHT);
        let mut texts: Vec<Vec<TextLine>> = Vec::new();
        for (index, paragraph) in text.texts.iter().enumerate() {
            // The last line that is left stands for all further paragraphs.
            let rest = if left == 1 { text.texts[index..].join(" ") } else { paragraph.clone() };
            let lines = face.cut_lines(&rest, text_width(area.width), left);
            left -= lines.len();
            texts.push(lines);
            if left == 0 {
                break;
            }
        }
        self.cells.push(FormCell { label: text.label, style: text.style, area, texts });
    }
}

impl FormCell {
    /// Returns the paragraphs as they are shown.
    pub(crate) fn shown_texts(&self) -> Vec<String> {
        let shown = |lines: &Vec<TextLine>| lines.iter().map(|line| line.text.as_str()).collect();
        self.texts.iter().map(shown).collect()
    }
}

/// Returns the width of the text of a cell, for a size of 1.
pub(crate) fn text_width(width: u16) -> f32 {
    f32::from(width - 2 * PADDING) * UNIT / TEXT_SIZE
}

/// Returns the height of a form.
pub(crate) fn form_height(cells: &[FormCell]) -> u16 {
    cells.iter().map(|cell| cell.area.top + cell.area.height).max().unwrap_or_default()
}
