//! The session cookie. `__Host-` makes browsers refuse it without `Secure`, with a domain, or for
//! another path.

use jiff::Timestamp;
use lambda_http::http::{HeaderMap, header};

const NAME: &str = "__Host-trilho";
/// On http loopback only: browsers refuse `__Host-` there.
const PLAIN_NAME: &str = "trilho";

fn name(plain: bool) -> &'static str {
    if plain { PLAIN_NAME } else { NAME }
}

/// Whether the plain name may be used: set up locally, and really on loopback.
pub(crate) fn is_plain(configured: bool, host: &str) -> bool {
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    configured && matches!(name, "127.0.0.1" | "localhost" | "[::1]")
}

/// The `Set-Cookie` value that opens a session, or ends it with an empty token.
pub fn session_cookie(plain: bool, token: &str, now: Timestamp, expires_at: Timestamp) -> String {
    let seconds = expires_at.duration_since(now).as_secs().max(0);
    let secure = if plain { "" } else { "; Secure" };
    format!("{}={token}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Strict{secure}", name(plain))
}

/// The session token of a request. lambda_http joins the event's cookies with `; `.
pub(crate) fn session_token(headers: &HeaderMap, plain: bool) -> Option<&str> {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    cookies
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(known, _)| *known == name(plain))
        .map(|(_, token)| token)
}
