//! Links as S3 checks them: the signature must be valid and the link not expired.
//! <https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html>

use std::collections::BTreeMap;

use gate::sha256_hex;
use hmac::{Hmac, KeyInit, Mac};
use jiff::fmt::strtime;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use sha2::Sha256;
use subtle::ConstantTimeEq;

use crate::GatewayResponse;

const ALGORITHM: &str = "AWS4-HMAC-SHA256";
/// Characters to escape: all that are not unreserved (RFC 3986).
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
/// Longest lifetime of a link: seven days.
const LIFETIME_SECONDS_MAX: i64 = 604_800;
/// How far the signer's clock may be ahead of the bundle's.
const AHEAD_MAX: SignedDuration = SignedDuration::from_mins(15);

/// An error of S3.
#[derive(Debug)]
pub(super) struct S3Error {
    code: String,
    message: String,
}

impl S3Error {
    pub(super) fn new(code: &str, message: impl Into<String>) -> Self {
        Self { code: code.to_owned(), message: message.into() }
    }

    /// Returns the status of a code of this file.
    /// <https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html>
    pub(super) fn status(&self) -> u16 {
        match self.code.as_str() {
            "AuthorizationQueryParametersError"
            | "BadDigest"
            | "EntityTooLarge"
            | "IncompleteBody" => 400,
            "InternalError" => 500,
            "SlowDown" => 503,
            _ => 403,
        }
    }

    pub(super) fn text(&self) -> String {
        let Self { code, message } = self;
        let message = message.replace('&', "&amp;").replace('<', "&lt;");
        let begin = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
        format!("{begin}<Error><Code>{code}</Code><Message>{message}</Message></Error>")
    }

    pub(super) fn response(&self) -> GatewayResponse {
        let headers = vec![("content-type".to_owned(), "application/xml".to_owned())];
        GatewayResponse { status: self.status(), headers, body: self.text().into_bytes() }
    }
}

/// Returns the access key that signed the link, if the signature with `secret` is valid and the
/// link has not expired. `headers` are those of the request, with names in lower case; one that begins with `x-amz-`
/// must be signed.
pub(super) fn check(
    method: &str,
    (host, headers): (&str, &BTreeMap<String, String>),
    target: &str,
    secret: &str,
    now: Timestamp,
) -> Result<String, S3Error> {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let mut query = read(query);
    let Some(signature) = query.remove("X-Amz-Signature") else {
        return Err(S3Error::new("AccessDenied", "Access Denied"));
    };
    let value = |name: &str| query.get(name).map_or("", String::as_str);
    let wrong = |reason: &str| S3Error::new("AuthorizationQueryParametersError", reason);
    let scope: Vec<_> = value("X-Amz-Credential").split('/').collect();
    let &[access_key, date, region, "s3", "aws4_request"] = scope.as_slice() else {
        return Err(wrong("X-Amz-Credential is not access key, date, region, s3, aws4_request"));
    };
    let names: Vec<_> = value("X-Amz-SignedHeaders").split(';').collect();
    if value("X-Amz-Algorithm") != ALGORITHM || !names.contains(&"host") || !names.is_sorted() {
        return Err(wrong("this server reads links that sign the host with AWS4-HMAC-SHA256"));
    }
    let unsigned =
        headers.keys().find(|name| name.starts_with("x-amz-") && !names.contains(&name.as_str()));
    if let Some(name) = unsigned {
        let why = format!("the header {name} is not signed");
        return Err(S3Error::new("AccessDenied", why));
    }
    let time = value("X-Amz-Date");
    let begins = moment(time).filter(|_| time.starts_with(date));
    let begins = begins.ok_or_else(|| wrong("X-Amz-Date is no time of this date"))?;
    let seconds = value("X-Amz-Expires").parse().ok();
    let seconds = seconds.filter(|seconds| (1..=LIFETIME_SECONDS_MAX).contains(seconds));
    let seconds = seconds.ok_or_else(|| wrong("X-Amz-Expires is not 1 to 604800 seconds"))?;
    let sorted: Vec<_> = query.iter().map(|(name, value)| pair(name, value)).collect();
    let lines = names.iter().map(|name| match *name {
        "host" => format!("host:{host}\n"),
        name => format!("{name}:{}\n", headers.get(name).map_or("", |value| value.trim())),
    });
    let lines: String = lines.collect();
    let canonical =
        [method, path, &sorted.join("&"), &lines, &names.join(";"), "UNSIGNED-PAYLOAD"].join("\n");
    let scope = [date, region, "s3", "aws4_request"];
    let text = [ALGORITHM, time, &scope.join("/"), &sha256_hex(canonical.as_bytes())].join("\n");
    let key = scope.iter().fold(format!("AWS4{secret}").into_bytes(), |key, part| mac(&key, part));
    let expected: String = mac(&key, &text).iter().map(|byte| format!("{byte:02x}")).collect();
    if !bool::from(signature.as_bytes().ct_eq(expected.as_bytes())) {
        return Err(S3Error::new(
            "SignatureDoesNotMatch",
            "The signature is not the one of this request",
        ));
    }
    let age = now.duration_since(begins);
    if age > SignedDuration::from_secs(seconds) {
        return Err(S3Error::new("AccessDenied", "Request has expired"));
    }
    if age < -AHEAD_MAX {
        return Err(S3Error::new("AccessDenied", "Request is not valid yet"));
    }
    Ok(access_key.to_owned())
}

/// Returns the target without the parameters of the signature.
pub(super) fn plain(target: &str) -> String {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let kept = read(query).into_iter().filter(|(name, _)| !name.starts_with("X-Amz-"));
    let kept: Vec<_> = kept.map(|(name, value)| pair(&name, &value)).collect();
    format!("{path}?{}", kept.join("&"))
}

fn read(query: &str) -> BTreeMap<String, String> {
    let text = |text| percent_decode_str(text).decode_utf8_lossy().into_owned();
    let pairs = query.split('&').filter(|pair| !pair.is_empty());
    let pairs = pairs.map(|pair| pair.split_once('=').unwrap_or((pair, "")));
    pairs.map(|(name, value)| (text(name), text(value))).collect()
}

fn pair(name: &str, value: &str) -> String {
    format!("{}={}", utf8_percent_encode(name, ESCAPED), utf8_percent_encode(value, ESCAPED))
}

fn moment(text: &str) -> Option<Timestamp> {
    let read = strtime::parse("%Y%m%dT%H%M%SZ", text).ok()?.to_datetime().ok()?;
    Some(read.to_zoned(TimeZone::UTC).ok()?.timestamp())
}

fn mac(key: &[u8], text: &str) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("any length is a key");
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example in the documentation of AWS.
    const TARGET: &str = "/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256\
        &X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request\
        &X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host\
        &X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404";

    fn outcome(method: &str, host: &str, target: &str, now: &str) -> String {
        let secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
        let now = now.parse().expect("a timestamp");
        check(method, (host, &BTreeMap::new()), target, secret, now)
            .unwrap_or_else(|refusal| refusal.text())
    }

    #[test]
    fn the_link_of_the_documentation_is_valid_for_its_day() {
        let host = "examplebucket.s3.amazonaws.com";
        for now in ["2013-05-23T23:46:00Z", "2013-05-24T00:00:00Z", "2013-05-25T00:00:00Z"] {
            assert_eq!(outcome("GET", host, TARGET, now), "AKIAIOSFODNN7EXAMPLE");
        }
        let late = outcome("GET", host, TARGET, "2013-05-25T00:00:01Z");
        assert!(late.contains("<Code>AccessDenied</Code><Message>Request has expired"), "{late}");
        let early = outcome("GET", host, TARGET, "2013-05-23T23:44:00Z");
        assert!(early.contains("not valid yet"), "{early}");
    }

    #[test]
    fn a_changed_link_is_refused() {
        let (host, now) = ("examplebucket.s3.amazonaws.com", "2013-05-24T00:00:00Z");
        let longer = TARGET.replace("86400", "86401");
        let renamed = format!("{TARGET}&response-content-type=text%2Fhtml");
        for response in [
            outcome("HEAD", host, TARGET, now),
            outcome("GET", "other.example", TARGET, now),
            outcome("GET", host, &TARGET.replace("test.txt", "other.txt"), now),
            outcome("GET", host, &longer, now),
            outcome("GET", host, &renamed, now),
        ] {
            assert!(response.contains("SignatureDoesNotMatch"), "{response}");
        }
        let unsigned = outcome("GET", host, "/test.txt", now);
        assert!(unsigned.contains("Access Denied"), "{unsigned}");
    }
}
