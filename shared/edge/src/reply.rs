//! The results of handlers, named after what happened.

use std::marker::PhantomData;

use lambda_http::http::StatusCode;
use schemars::{JsonSchema, SchemaGenerator};
use serde::Serialize;

use crate::describe::ReplyBody;

/// A reply as it goes to the caller.
#[derive(Debug, Clone)]
pub struct HttpReply {
    /// HTTP status.
    pub status: StatusCode,
    /// Body; empty if there is none.
    pub body: Vec<u8>,
    /// Media type of the body.
    pub content_type: &'static str,
    /// Headers beyond those of every response.
    pub headers: Vec<(&'static str, String)>,
}

/// Media type of JSON.
pub(crate) const JSON: &str = "application/json";

impl HttpReply {
    pub(crate) fn json(status: StatusCode, body: Vec<u8>) -> Self {
        Self { status, body, content_type: JSON, headers: Vec::new() }
    }
}

/// A result that a handler can return.
pub trait Reply: Send {
    /// HTTP status of a success.
    const STATUS: u16;
    /// Whether it always has `Set-Cookie`.
    const SETS_COOKIE: bool = false;
    /// Whether caches may keep it, so that it has an `ETag` and can be a 304.
    const IS_CACHEABLE: bool = false;
    /// Whether it is a page for people, also if the object does not exist.
    const IS_PAGE: bool = false;
    /// Whether it can also be a 303 that leads to a page.
    const MAY_REDIRECT: bool = false;

    /// Turns it into status, headers and body.
    fn into_reply(self) -> HttpReply;

    /// Returns the schema of its body, for the reference.
    fn schema(generator: &mut SchemaGenerator) -> ReplyBody;
}

fn bytes(value: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(value).expect("views have string keys and no floats")
}

fn status(code: u16) -> StatusCode {
    StatusCode::from_u16(code).expect("a constant below is a valid status")
}

macro_rules! json_replies {
    ($($(#[$doc:meta])* $name:ident $status:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone)]
        pub struct $name<T>(pub T);

        impl<T: Serialize + JsonSchema + Send> Reply for $name<T> {
            const STATUS: u16 = $status;
            fn into_reply(self) -> HttpReply {
                HttpReply::json(status($status), bytes(&self.0))
            }
            fn schema(generator: &mut SchemaGenerator) -> ReplyBody {
                ReplyBody::Json(generator.subschema_for::<T>())
            }
        }
    )*};
}

json_replies! {
    /// 200: the object.
    OkJson 200;
    /// 201: the new object.
    Created 201;
    /// 202: the work continues; the object shows its state.
    Accepted 202;
}

/// 200: a page of a list.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "{T}Page", description = "A page of a list.")]
pub struct ListPage<T> {
    /// Rows of the page.
    pub data: Vec<T>,
    /// Cursor of the next page; null on the last page. Send it as `cursor`, with the same filters.
    pub next_cursor: Option<String>,
}

impl<T: Serialize + JsonSchema + Send> Reply for ListPage<T> {
    const STATUS: u16 = 200;

    fn into_reply(self) -> HttpReply {
        HttpReply::json(StatusCode::OK, bytes(&self))
    }

    fn schema(generator: &mut SchemaGenerator) -> ReplyBody {
        ReplyBody::Json(generator.subschema_for::<Self>())
    }
}

/// 204: success without a body. Has a cookie if it ends a session.
#[derive(Debug, Clone, Default)]
pub struct NoContent {
    /// `Set-Cookie` header.
    pub cookie: Option<String>,
}

impl Reply for NoContent {
    const STATUS: u16 = 204;

    fn into_reply(self) -> HttpReply {
        let mut reply = HttpReply::json(StatusCode::NO_CONTENT, Vec::new());
        reply.headers.extend(self.cookie.map(|cookie| ("set-cookie", cookie)));
        reply
    }

    fn schema(_: &mut SchemaGenerator) -> ReplyBody {
        ReplyBody::None
    }
}

/// 204: the session goes on with a new token.
#[derive(Debug, Clone)]
pub struct SessionRenewed {
    /// `Set-Cookie` header.
    pub cookie: String,
}

impl Reply for SessionRenewed {
    const STATUS: u16 = 204;
    const SETS_COOKIE: bool = true;

    fn into_reply(self) -> HttpReply {
        NoContent { cookie: Some(self.cookie) }.into_reply()
    }

    fn schema(generator: &mut SchemaGenerator) -> ReplyBody {
        NoContent::schema(generator)
    }
}

/// 201: a new session.
#[derive(Debug, Clone)]
pub struct SessionCreated<T> {
    /// The session as JSON.
    pub body: T,
    /// `Set-Cookie` header.
    pub cookie: String,
}

impl<T: Serialize + JsonSchema + Send> Reply for SessionCreated<T> {
    const STATUS: u16 = 201;
    const SETS_COOKIE: bool = true;

    fn into_reply(self) -> HttpReply {
        let mut reply = Created(self.body).into_reply();
        reply.headers.push(("set-cookie", self.cookie));
        reply
    }

    fn schema(generator: &mut SchemaGenerator) -> ReplyBody {
        Created::<T>::schema(generator)
    }
}

/// 200: an image or another file.
#[derive(Debug, Clone)]
pub struct Image {
    /// Media type of the file.
    pub content_type: &'static str,
    /// Content of the file.
    pub bytes: Vec<u8>,
}

impl Reply for Image {
    const STATUS: u16 = 200;

    fn into_reply(self) -> HttpReply {
        HttpReply {
            status: StatusCode::OK,
            body: self.bytes,
            content_type: self.content_type,
            headers: Vec::new(),
        }
    }

    fn schema(_: &mut SchemaGenerator) -> ReplyBody {
        ReplyBody::Files(&["image/svg+xml", "image/png"])
    }
}

/// 200: a JSON file, byte for byte.
#[derive(Debug, Clone, Copy)]
pub struct JsonFile(pub &'static str);

/// 200: a page for people.
#[derive(Debug, Clone, Copy)]
pub struct HtmlFile(pub &'static str);

fn headers(headers: &[(&'static str, &str)]) -> Vec<(&'static str, String)> {
    headers.iter().map(|(name, value)| (*name, (*value).to_owned())).collect()
}

macro_rules! file {
    ($reply:ident, $content_type:literal, $headers:expr) => {
        impl Reply for $reply {
            const STATUS: u16 = 200;

            fn into_reply(self) -> HttpReply {
                HttpReply {
                    status: StatusCode::OK,
                    body: self.0.as_bytes().to_vec(),
                    content_type: $content_type,
                    headers: headers($headers),
                }
            }

            fn schema(_: &mut SchemaGenerator) -> ReplyBody {
                ReplyBody::Files(&[$content_type])
            }
        }
    };
}

file!(JsonFile, "application/json", &[]);
// The page has styles in itself, no script, and nothing from elsewhere.
file!(
    HtmlFile,
    "text/html; charset=utf-8",
    &[("content-security-policy", "default-src 'none'; style-src 'unsafe-inline'")]
);

/// The reply after a commit: of this request, or of an earlier one with the same `Idempotency-Key`.
#[derive(Debug, Clone)]
pub struct Outcome<R> {
    reply: HttpReply,
    kind: PhantomData<fn() -> R>,
}

impl<R: Reply> Outcome<R> {
    pub(crate) fn new(reply: HttpReply) -> Self {
        Self { reply, kind: PhantomData }
    }
}

impl<R: Reply> Reply for Outcome<R> {
    const STATUS: u16 = R::STATUS;
    const SETS_COOKIE: bool = R::SETS_COOKIE;

    fn into_reply(self) -> HttpReply {
        self.reply
    }

    fn schema(generator: &mut SchemaGenerator) -> ReplyBody {
        R::schema(generator)
    }
}
