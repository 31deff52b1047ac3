//! Replies for payers, who have no credential: pages, forms, files and pictures.

use lambda_http::http::StatusCode;
use schemars::SchemaGenerator;

use crate::describe::ReplyBody;
use crate::reply::{HttpReply, Reply};

const HTML: &str = "text/html; charset=utf-8";
const PDF: &str = "application/pdf";

/// 200 or 404: a page with an address that is a secret of its payer, or a file of that page.
#[derive(Debug, Clone)]
pub enum PageReply {
    /// 200: a page.
    Found {
        /// HTML.
        html: String,
        /// Value of `Content-Security-Policy`.
        security_policy: &'static str,
        /// Language of the page.
        language: &'static str,
    },
    /// 404: a page that says that the address leads nowhere.
    NotFound {
        /// HTML.
        html: String,
        /// Value of `Content-Security-Policy`.
        security_policy: &'static str,
        /// Language of the page.
        language: &'static str,
    },
    /// 303: the page that shows what a form did.
    SeeOther {
        /// Path of the page.
        location: String,
    },
    /// 200: a PDF.
    File {
        /// Content of the file.
        bytes: Vec<u8>,
        /// Name under which a browser saves the file: letters, digits, `_`, `-` and `.` only.
        file_name: String,
    },
}

/// Headers of every page. No other site learns the address, and a browser names its own origin
/// with a form, no search engine keeps it, and no other window
/// can reach the page.
const HEADERS: [(&str, &str); 6] = [
    ("referrer-policy", "same-origin"),
    ("x-robots-tag", "noindex, nofollow, noarchive"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("permissions-policy", "camera=(), geolocation=(), microphone=(), payment=()"),
    ("vary", "accept-language"),
];

impl Reply for PageReply {
    const STATUS: u16 = 200;
    const IS_PAGE: bool = true;

    fn into_reply(self) -> HttpReply {
        let (status, content_type, body, own) = match self {
            Self::Found { html, security_policy, language } => {
                (StatusCode::OK, HTML, html.into_bytes(), page_headers(security_policy, language))
            }
            Self::NotFound { html, security_policy, language } => {
                let headers = page_headers(security_policy, language);
                (StatusCode::NOT_FOUND, HTML, html.into_bytes(), headers)
            }
            Self::SeeOther { location } => {
                (StatusCode::SEE_OTHER, HTML, Vec::new(), vec![("location", location)])
            }
            Self::File { bytes, file_name } => {
                let name = format!("inline; filename=\"{file_name}\"");
                (StatusCode::OK, PDF, bytes, vec![("content-disposition", name)])
            }
        };
        let common = HEADERS.into_iter().map(|(name, value)| (name, value.to_owned()));
        HttpReply { status, body, content_type, headers: common.chain(own).collect() }
    }

    fn schema(_: &mut SchemaGenerator) -> ReplyBody {
        ReplyBody::Files(&[HTML])
    }
}

/// A page, or the PDF of what it shows.
pub struct PageOrFile(pub PageReply);

impl Reply for PageOrFile {
    const STATUS: u16 = PageReply::STATUS;
    const IS_PAGE: bool = true;

    fn into_reply(self) -> HttpReply {
        self.0.into_reply()
    }

    fn schema(_: &mut SchemaGenerator) -> ReplyBody {
        ReplyBody::Files(&[HTML, PDF])
    }
}

/// The page that shows what a form did, so that a reload sends the form no second time.
pub struct FormReply(pub PageReply);

impl Reply for FormReply {
    const STATUS: u16 = 303;
    const IS_PAGE: bool = true;

    fn into_reply(self) -> HttpReply {
        self.0.into_reply()
    }

    fn schema(_: &mut SchemaGenerator) -> ReplyBody {
        ReplyBody::None
    }
}

/// The next page after a form, the form again with what is wrong, or the page that shows what the form did.
pub struct NextPage(pub PageReply);

impl Reply for NextPage {
    const STATUS: u16 = PageReply::STATUS;
    const IS_PAGE: bool = true;
    const MAY_REDIRECT: bool = true;

    fn into_reply(self) -> HttpReply {
        self.0.into_reply()
    }

    fn schema(generator: &mut SchemaGenerator) -> ReplyBody {
        PageReply::schema(generator)
    }
}

fn page_headers(
    security_policy: &'static str,
    language: &'static str,
) -> Vec<(&'static str, String)> {
    vec![
        ("content-security-policy", security_policy.to_owned()),
        ("content-language", language.to_owned()),
    ]
}

/// 200: a picture that pages of other sites may show, and caches may keep.
#[derive(Debug, Clone)]
pub struct PublicImage {
    /// Media type of the file.
    pub content_type: &'static str,
    /// Content of the file.
    pub bytes: Vec<u8>,
    /// Longest time that a cache may keep the picture.
    pub max_age_seconds: u32,
}

impl Reply for PublicImage {
    const STATUS: u16 = 200;

    fn into_reply(self) -> HttpReply {
        let policy = format!("public, max-age={}, immutable", self.max_age_seconds);
        let headers = vec![
            ("cache-control", policy),
            ("vary", "accept".to_owned()),
            ("cross-origin-resource-policy", "cross-origin".to_owned()),
            // A picture in SVG that is opened by itself is a document; it needs nothing.
            ("content-security-policy", "default-src 'none'; frame-ancestors 'none'".to_owned()),
            ("x-robots-tag", "noindex".to_owned()),
        ];
        HttpReply {
            status: StatusCode::OK,
            body: self.bytes,
            content_type: self.content_type,
            headers,
        }
    }

    fn schema(_: &mut SchemaGenerator) -> ReplyBody {
        ReplyBody::Files(&["image/svg+xml", "image/png"])
    }
}
