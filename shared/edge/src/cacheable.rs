//! Replies that caches may keep for some seconds.

use gate::sha256_hex;
use lambda_http::http::StatusCode;
use schemars::{JsonSchema, SchemaGenerator};
use serde::Serialize;

use crate::describe::ReplyBody;
use crate::reply::{HttpReply, OkJson, Reply};

/// Digits of the hash in an entity tag.
const TAG_DIGITS: usize = 32;

/// 200: an object that caches may keep, or 304 if the caller has this version of it.
#[derive(Debug, Clone)]
pub struct Cacheable<T> {
    object: T,
    /// Entity tag. It is weak: two bodies with the same tag mean the same, but can differ in a time.
    tag: String,
    max_age_seconds: u32,
    is_known: bool,
}

impl<T> Cacheable<T> {
    /// Returns the reply. `version` is text that differs if the object has another meaning. With no seconds
    /// no cache may keep it. `if_none_match` is what the caller has.
    pub(crate) fn new(object: T, version: &str, max_age_seconds: u32, if_none_match: &str) -> Self {
        let tag = format!("W/\"{}\"", &sha256_hex(version.as_bytes())[..TAG_DIGITS]);
        let is_known = max_age_seconds > 0 && names(if_none_match, &tag);
        Self { object, tag, max_age_seconds, is_known }
    }
}

/// Returns true if the value of `If-None-Match` names the tag, compared weakly (RFC 9110, 8.8.3.2).
fn names(if_none_match: &str, tag: &str) -> bool {
    let opaque = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
    let mut named = if_none_match.split(',').map(opaque);
    if_none_match.trim() == "*" || named.any(|named| named == opaque(tag))
}

impl<T: Serialize + JsonSchema + Send> Reply for Cacheable<T> {
    const STATUS: u16 = 200;
    const IS_CACHEABLE: bool = true;

    fn into_reply(self) -> HttpReply {
        let Self { object, tag, max_age_seconds, is_known } = self;
        let mut reply = match is_known {
            true => HttpReply::json(StatusCode::NOT_MODIFIED, Vec::new()),
            false => OkJson(object).into_reply(),
        };
        if max_age_seconds > 0 {
            let policy = format!("public, max-age={max_age_seconds}, must-revalidate");
            reply.headers.extend([("cache-control", policy), ("etag", tag)]);
        }
        reply
    }

    fn schema(generator: &mut SchemaGenerator) -> ReplyBody {
        OkJson::<T>::schema(generator)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_is_found_in_a_list_and_without_its_mark_of_weakness() {
        let tag = "W/\"a1\"";
        for given in ["*", "W/\"a1\"", "\"a1\"", "\"b2\" , W/\"a1\""] {
            assert!(names(given, tag), "{given}");
        }
        for given in ["", "a1", "\"b2\"", "W/\"a\""] {
            assert!(!names(given, tag), "{given}");
        }
    }
}
