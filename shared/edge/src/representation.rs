//! Replies in the form that the caller chose: JSON for programs, a page or a file for people.

use lambda_http::http::StatusCode;
use schemars::{JsonSchema, SchemaGenerator};
use serde::Serialize;

use crate::describe::ReplyBody;
use crate::reply::{HttpReply, OkJson, Reply};

const HTML: &str = "text/html; charset=utf-8";
const CSV: &str = "text/csv; charset=utf-8";
const PDF: &str = "application/pdf";

/// 200: an object as JSON or as a page.
#[derive(Debug, Clone)]
pub enum PageOrJson<T> {
    /// JSON.
    Json(T),
    /// A page for people.
    Page {
        /// HTML.
        html: String,
        /// Value of `Content-Security-Policy`.
        security_policy: &'static str,
    },
}

/// 200: an object as JSON, as a page or as a PDF.
#[derive(Debug, Clone)]
pub enum DocumentReply<T> {
    /// JSON or a page.
    PageOrJson(PageOrJson<T>),
    /// A PDF.
    Pdf {
        /// Content of the file.
        bytes: Vec<u8>,
        /// Name under which a browser saves the file: letters, digits, `_`, `-` and `.` only.
        file_name: String,
    },
}

/// 200: a page or a PDF.
#[derive(Debug, Clone)]
pub enum PageOrPdf {
    /// A page for people.
    Page {
        /// HTML.
        html: String,
        /// Value of `Content-Security-Policy`.
        security_policy: &'static str,
    },
    /// A PDF.
    Pdf {
        /// Content of the file.
        bytes: Vec<u8>,
        /// Name under which a browser saves the file: letters, digits, `_`, `-` and `.` only.
        file_name: String,
    },
}

/// 200: a CSV file.
#[derive(Debug, Clone)]
pub struct CsvFile {
    /// Content of the file.
    pub bytes: Vec<u8>,
    /// Name under which a browser saves the file: letters, digits, `_`, `-` and `.` only.
    pub file_name: String,
}

impl Reply for CsvFile {
    const STATUS: u16 = 200;

    fn into_reply(self) -> HttpReply {
        let name = format!("attachment; filename=\"{}\"", self.file_name);
        file(CSV, self.bytes, ("content-disposition", name))
    }

    fn schema(_: &mut SchemaGenerator) -> ReplyBody {
        ReplyBody::Files(&[CSV])
    }
}

/// Returns a reply that depends on `Accept`, so that no cache gives one form to a caller of another.
fn negotiated(mut reply: HttpReply) -> HttpReply {
    reply.headers.push(("vary", "accept".to_owned()));
    reply
}

fn file(content_type: &'static str, body: Vec<u8>, header: (&'static str, String)) -> HttpReply {
    HttpReply { status: StatusCode::OK, body, content_type, headers: vec![header] }
}

fn page(html: String, security_policy: &str) -> HttpReply {
    file(HTML, html.into_bytes(), ("content-security-policy", security_policy.to_owned()))
}

fn pdf(bytes: Vec<u8>, file_name: &str) -> HttpReply {
    let name = format!("inline; filename=\"{file_name}\"");
    negotiated(file(PDF, bytes, ("content-disposition", name)))
}

impl Reply for PageOrPdf {
    const STATUS: u16 = 200;

    fn into_reply(self) -> HttpReply {
        match self {
            Self::Page { html, security_policy } => negotiated(page(html, security_policy)),
            Self::Pdf { bytes, file_name } => pdf(bytes, &file_name),
        }
    }

    fn schema(_: &mut SchemaGenerator) -> ReplyBody {
        ReplyBody::Files(&[PDF, HTML])
    }
}

impl<T: Serialize + JsonSchema + Send> Reply for PageOrJson<T> {
    const STATUS: u16 = 200;

    fn into_reply(self) -> HttpReply {
        negotiated(match self {
            Self::Json(object) => OkJson(object).into_reply(),
            Self::Page { html, security_policy } => page(html, security_policy),
        })
    }

    fn schema(generator: &mut SchemaGenerator) -> ReplyBody {
        ReplyBody::JsonOrFiles(generator.subschema_for::<T>(), &[HTML])
    }
}

impl<T: Serialize + JsonSchema + Send> Reply for DocumentReply<T> {
    const STATUS: u16 = 200;

    fn into_reply(self) -> HttpReply {
        match self {
            Self::PageOrJson(reply) => reply.into_reply(),
            Self::Pdf { bytes, file_name } => pdf(bytes, &file_name),
        }
    }

    fn schema(generator: &mut SchemaGenerator) -> ReplyBody {
        ReplyBody::JsonOrFiles(generator.subschema_for::<T>(), &[HTML, PDF])
    }
}
