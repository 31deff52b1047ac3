//! What handlers return, named after what happened.

use std::marker::PhantomData;

use lambda_http::http::StatusCode;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Serialize;

use crate::openapi::ReplyBody;

/// An answer, ready to be sent.
#[derive(Debug, Clone)]
pub struct HttpReply {
    /// Its status.
    pub status: StatusCode,
    /// Its body, if any.
    pub body: Vec<u8>,
    /// Media type of the body.
    pub content_type: &'static str,
    /// Headers beyond the usual.
    pub headers: Vec<(&'static str, String)>,
}

const JSON: &str = "application/json";

impl HttpReply {
    pub(crate) fn json(status: StatusCode, body: Vec<u8>) -> Self {
        Self { status, body, content_type: JSON, headers: Vec::new() }
    }
}

/// Something a handler may return.
pub trait Reply: Send {
    /// Its status.
    const STATUS: u16;
    /// Whether it always comes with `Set-Cookie`.
    const SETS_COOKIE: bool = false;

    /// The answer it becomes.
    fn into_answer(self) -> HttpReply;

    /// Its body, for the reference.
    fn schema(generator: &mut SchemaGenerator) -> ReplyBody;
}

fn bytes(value: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(value).expect("views have string keys and no floats")
}

fn status(code: u16) -> StatusCode {
    StatusCode::from_u16(code).expect("written below as a constant")
}

macro_rules! json_replies {
    ($($(#[$doc:meta])* $name:ident $status:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone)]
        pub struct $name<T>(pub T);

        impl<T: Serialize + JsonSchema + Send> Reply for $name<T> {
            const STATUS: u16 = $status;
            fn into_answer(self) -> HttpReply {
                HttpReply::json(status($status), bytes(&self.0))
            }
            fn schema(generator: &mut SchemaGenerator) -> ReplyBody {
                ReplyBody::Json(generator.subschema_for::<T>())
            }
        }
    )*};
}

json_replies! {
    /// 200: here it is.
    Found 200;
    /// 201: it was made.
    Created 201;
    /// 202: it will be done; the answer says what to look at.
    Accepted 202;
}

/// 200: a page of a list.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Listed<T> {
    /// The rows.
    pub data: Vec<T>,
    /// Where the list goes on; null at its end.
    pub next_cursor: Option<String>,
}

impl<T: Serialize + JsonSchema + Send> Reply for Listed<T> {
    const STATUS: u16 = 200;

    fn into_answer(self) -> HttpReply {
        HttpReply::json(StatusCode::OK, bytes(&self))
    }

    fn schema(generator: &mut SchemaGenerator) -> ReplyBody {
        let row: Schema = generator.subschema_for::<T>();
        ReplyBody::Json(schemars::json_schema!({
            "type": "object",
            "properties": {
                "data": { "type": "array", "items": row },
                "next_cursor": { "type": ["string", "null"] },
            },
            "required": ["data", "next_cursor"],
        }))
    }
}

/// 204: done, nothing to show. With a cookie when it ends a session.
#[derive(Debug, Clone, Default)]
pub struct Done {
    /// `Set-Cookie`.
    pub cookie: Option<String>,
}

impl Reply for Done {
    const STATUS: u16 = 204;

    fn into_answer(self) -> HttpReply {
        let mut answer = HttpReply::json(StatusCode::NO_CONTENT, Vec::new());
        answer.headers.extend(self.cookie.map(|cookie| ("set-cookie", cookie)));
        answer
    }

    fn schema(_: &mut SchemaGenerator) -> ReplyBody {
        ReplyBody::None
    }
}

/// 201: a session was opened.
#[derive(Debug, Clone)]
pub struct Opened<T> {
    /// What is said about it.
    pub body: T,
    /// `Set-Cookie`.
    pub cookie: String,
}

impl<T: Serialize + JsonSchema + Send> Reply for Opened<T> {
    const STATUS: u16 = 201;
    const SETS_COOKIE: bool = true;

    fn into_answer(self) -> HttpReply {
        let mut answer = Created(self.body).into_answer();
        answer.headers.push(("set-cookie", self.cookie));
        answer
    }

    fn schema(generator: &mut SchemaGenerator) -> ReplyBody {
        Created::<T>::schema(generator)
    }
}

/// 200: a picture or another file.
#[derive(Debug, Clone)]
pub struct Image {
    /// Media type.
    pub content_type: &'static str,
    /// The file.
    pub bytes: Vec<u8>,
}

impl Reply for Image {
    const STATUS: u16 = 200;

    fn into_answer(self) -> HttpReply {
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

/// 200: a file of JSON, byte for byte.
#[derive(Debug, Clone, Copy)]
pub struct JsonFile(pub &'static str);

/// 200: a file for people.
#[derive(Debug, Clone, Copy)]
pub struct TextFile(pub &'static str);

macro_rules! file {
    ($reply:ident, $content_type:literal) => {
        impl Reply for $reply {
            const STATUS: u16 = 200;

            fn into_answer(self) -> HttpReply {
                HttpReply {
                    status: StatusCode::OK,
                    body: self.0.as_bytes().to_vec(),
                    content_type: $content_type,
                    headers: Vec::new(),
                }
            }

            fn schema(_: &mut SchemaGenerator) -> ReplyBody {
                ReplyBody::Files(&[$content_type])
            }
        }
    };
}

file!(JsonFile, "application/json");
file!(TextFile, "text/plain; charset=utf-8");

/// How a commit ended: now, or by an earlier request with the same `Idempotency-Key`.
#[derive(Debug, Clone)]
pub struct Outcome<R> {
    answer: HttpReply,
    reply: PhantomData<fn() -> R>,
}

impl<R: Reply> Outcome<R> {
    pub(crate) fn new(answer: HttpReply) -> Self {
        Self { answer, reply: PhantomData }
    }
}

impl<R: Reply> Reply for Outcome<R> {
    const STATUS: u16 = R::STATUS;

    fn into_answer(self) -> HttpReply {
        self.answer
    }

    fn schema(generator: &mut SchemaGenerator) -> ReplyBody {
        R::schema(generator)
    }
}
