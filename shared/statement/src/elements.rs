//! Elements of XML, and of SGML with the same strictness.

use quick_xml::Writer;
use quick_xml::escape::partial_escape;
use quick_xml::events::{BytesEnd, BytesStart, BytesText, Event};

/// Appends elements, each tag or leaf on a line of its own, because many importers of OFX read by
/// lines.
///
/// It escapes only `&`, `<` and `>` in texts, because SGML has no name for quotes. No text is in
/// an attribute, where quotes would matter.
pub(crate) struct Elements<'a> {
    xml: Writer<&'a mut Vec<u8>>,
    line_end: &'static str,
}

impl<'a> Elements<'a> {
    pub(crate) fn new(out: &'a mut Vec<u8>, line_end: &'static str) -> Self {
        Self { xml: Writer::new(out), line_end }
    }

    pub(crate) fn open(&mut self, name: &str) {
        self.write(Event::Start(BytesStart::new(name)));
        self.end_line();
    }

    pub(crate) fn close(&mut self, name: &str) {
        self.write(Event::End(BytesEnd::new(name)));
        self.end_line();
    }

    pub(crate) fn leaf(&mut self, name: &str, text: &str) {
        self.whole(BytesStart::new(name), name, text);
    }

    /// Appends a leaf with one attribute, which is a code of ours.
    pub(crate) fn leaf_with(&mut self, name: &str, attribute: (&str, &str), text: &str) {
        self.whole(BytesStart::new(name).with_attributes([attribute]), name, text);
    }

    /// Appends nested elements with a text in the innermost one.
    pub(crate) fn nested<const N: usize>(&mut self, names: [&str; N], leaf: &str, text: &str) {
        for name in names {
            self.open(name);
        }
        self.leaf(leaf, text);
        for name in names.into_iter().rev() {
            self.close(name);
        }
    }

    fn whole(&mut self, start: BytesStart<'_>, name: &str, text: &str) {
        self.write(Event::Start(start));
        self.write(Event::Text(BytesText::from_escaped(partial_escape(text))));
        self.write(Event::End(BytesEnd::new(name)));
        self.end_line();
    }

    fn end_line(&mut self) {
        self.xml.get_mut().extend_from_slice(self.line_end.as_bytes());
    }

    fn write(&mut self, event: Event<'_>) {
        self.xml.write_event(event).expect("a write to a vector cannot fail");
    }
}
