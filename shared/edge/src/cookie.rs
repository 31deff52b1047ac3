//! The session cookie. Browsers accept a name with `__Host-` only with `Secure`, without a domain
//! and for the path `/`.

use jiff::Timestamp;
use lambda_http::http::{HeaderMap, header};

const NAME: &str = "__Host-trilho";
/// The name on http loopback, where browsers refuse `__Host-`.
const PLAIN_NAME: &str = "trilho";

fn name(plain: bool) -> &'static str {
    if plain { PLAIN_NAME } else { NAME }
}

/// Returns true if the cookie has its plain name: the deployment allows it and the host is loopback.
pub(crate) fn is_plain(configured: bool, host: &str) -> bool {
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    configured && matches!(name, "127.0.0.1" | "localhost" | "[::1]")
}

/// Returns the `Set-Cookie` value that starts a session, or ends it if the token is empty.
pub fn session_cookie(plain: bool, token: &str, now: Timestamp, expires_at: Timestamp) -> String {
    let seconds = expires_at.duration_since(now).as_secs().max(0);
    let secure = if plain { "" } else { "; Secure" };
    format!("{}={token}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Strict{secure}", name(plain))
}

/// Returns the session token of a request. lambda_http joins the cookies of the event with `; `.
pub(crate) fn session_token(headers: &HeaderMap, plain: bool) -> Option<&str> {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    cookies
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(other, _)| *other == name(plain))
        .map(|(_, token)| token)
}
