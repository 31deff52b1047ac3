//! The URLs and addresses to which deliveries may go.
//!
//! A customer chooses the URL. Without this guard, a customer could make our sender connect to our
//! own network. The same two functions guard the registration of a URL, the test of an endpoint and
//! every delivery: [`WebhookUrl::parse`] checks the text, and [`may_connect`] checks each address of
//! its name when the sender connects.
//!
//! Only one parser reads the text: the WHATWG parser of the `url` crate, which the HTTP client uses
//! too. That parser repairs some texts (numbers that become an address, encoded hosts, dots of other
//! scripts, dot segments). This guard refuses such texts. So the text that a customer sees is the URL
//! that is used, and no other parser can see another host in it.
//!
//! Deliberately absent: resolving names. A name can resolve to another address between a check and
//! the connection, so the sender checks addresses where it connects.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::{Ipv4Net, Ipv6Net};
use url::{Host, Position, Url};

/// Maximum number of characters of a URL, as written and as used.
pub const DESTINATION_LENGTH_MAX: usize = 500;

/// Ports on which receivers may listen. Other ports are mostly not web servers, and signed POSTs to
/// them could be used to probe a network.
const PORTS: [u16; 2] = [443, 8443];

/// Octets of the longest name and of its longest label (RFC 1035, section 2.3.4). The parser does
/// not check them.
const NAME_LENGTH_MAX: usize = 253;
const LABEL_LENGTH_MAX: usize = 63;

/// Last labels of names that are on no public network: the special-use names of IANA (RFC 6761 and
/// later), `internal` (reserved by ICANN in 2024), and the names that private networks use without
/// registration (RFC 6762, appendix G). All of `arpa` is refused, because it holds only
/// infrastructure. `example` is reserved, so a delivery to it cannot arrive; `example.com` is a real
/// domain and passes.
const NAMES_NOT_PUBLIC: [&str; 16] = [
    "alt",
    "arpa",
    "corp",
    "example",
    "home",
    "internal",
    "intranet",
    "invalid",
    "lan",
    "local",
    "localdomain",
    "localhost",
    "mail",
    "onion",
    "private",
    "test",
];

/// The IPv4 blocks of the IANA Special-Purpose Address Registry that are not globally reachable,
/// and multicast. The two globally reachable addresses in 192.0.0.0/24 are anycast services, not
/// receivers.
const REFUSED_V4: [Ipv4Net; 15] = [
    v4([0, 0, 0, 0], 8),
    v4([10, 0, 0, 0], 8),
    // Shared address space of carriers (RFC 6598); some clouds have their metadata services there.
    v4([100, 64, 0, 0], 10),
    // Loopback; the runtime API of a Lambda function listens there.
    v4([127, 0, 0, 0], 8),
    // Link-local, with the metadata service of EC2.
    v4([169, 254, 0, 0], 16),
    v4([172, 16, 0, 0], 12),
    v4([192, 0, 0, 0], 24),
    v4([192, 0, 2, 0], 24),
    // Relays from 6to4, deprecated (RFC 7526).
    v4([192, 88, 99, 0], 24),
    v4([192, 168, 0, 0], 16),
    v4([198, 18, 0, 0], 15),
    v4([198, 51, 100, 0], 24),
    v4([203, 0, 113, 0], 24),
    // Multicast.
    v4([224, 0, 0, 0], 4),
    // Reserved, with the broadcast address.
    v4([240, 0, 0, 0], 4),
];

/// Global unicast, the only part of IPv6 that is assigned to networks (RFC 4291, section 2.4).
/// Everything outside it is refused: unspecified, loopback, v4-mapped and v4-compatible,
/// NAT64 (`64:ff9b::/96`, `64:ff9b:1::/48`), discard-only, segment routing (`5f00::/16`), unique
/// local (with EC2's `fd00:ec2::254`), link-local, site-local and multicast.
const GLOBAL_V6: Ipv6Net = v6([0x2000, 0, 0], 3);

/// The blocks within [`GLOBAL_V6`] that are not globally reachable, and the transition mechanisms,
/// because their addresses contain an IPv4 address that would not be checked.
const REFUSED_V6: [Ipv6Net; 4] = [
    // Protocol assignments: Teredo (`2001::/32`), benchmarking, ORCHID. The few globally reachable
    // exceptions in it are anycast services and identifiers, not receivers.
    v6([0x2001, 0, 0], 23),
    v6([0x2001, 0xdb8, 0], 32),
    // 6to4.
    v6([0x2002, 0, 0], 16),
    v6([0x3fff, 0, 0], 20),
];

const fn v4(octets: [u8; 4], prefix: u8) -> Ipv4Net {
    let [a, b, c, d] = octets;
    Ipv4Net::new_assert(Ipv4Addr::new(a, b, c, d), prefix)
}

const fn v6(segments: [u16; 3], prefix: u8) -> Ipv6Net {
    let [a, b, c] = segments;
    Ipv6Net::new_assert(Ipv6Addr::new(a, b, c, 0, 0, 0, 0, 0), prefix)
}

/// The destinations to which deliveries may go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DestinationScope {
    /// Only https, public addresses, and ports 443 and 8443.
    Public,
    /// For the local bundle: also loopback, over http and on any port. Everything else is as with
    /// `Public`.
    Loopback,
}

/// A URL to which deliveries may go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookUrl {
    url: Url,
}

/// Why a URL is not accepted, and what to write instead.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WebhookUrlError {
    /// The URL is too long, as written or as used.
    #[error("is longer than {DESTINATION_LENGTH_MAX} characters; shorten it")]
    Length,
    /// A character that is not allowed in a URL (RFC 3986, section 2).
    #[error(
        "contains {0:?}, which is not allowed in a URL; percent-encode it, or write the host in its \
         xn-- form"
    )]
    Character(char),
    /// The parser cannot read it.
    #[error("is not a URL; write one such as https://hooks.example.com/trilho")]
    Format,
    /// The scheme is not https.
    #[error("does not start with https://; use https, because deliveries are encrypted")]
    Scheme,
    /// The scheme is http, and the host is not loopback; in the local bundle.
    #[error(
        "starts with http:// and is not on this machine; the local bundle sends over http only to \
         127.0.0.1, [::1] and localhost"
    )]
    LocalScheme,
    /// The URL has a user name or password.
    #[error(
        "contains a user name or password; remove them, because the signature proves the sender"
    )]
    Credentials,
    /// The URL has a fragment, which clients never send.
    #[error("has a fragment; remove the # and what follows")]
    Fragment,
    /// The host is not a valid host name.
    #[error(
        "has no valid host; write labels of letters, digits and hyphens, separated by dots, without \
         a dot at the end"
    )]
    Name,
    /// The name is not on the public internet.
    #[error("names a host outside the public internet; use a name that public DNS resolves")]
    NotPublicName,
    /// The address is not on the public internet.
    #[error("names an address outside the public internet; use a public one, or a name")]
    NotPublicAddress,
    /// The port is neither 443 nor 8443.
    #[error("uses port {0}; let the receiver listen on 443 or 8443")]
    Port(u16),
    /// The parser would change the URL.
    #[error("is not in its normal form; write {0}")]
    Rewritten(String),
}

impl WebhookUrl {
    /// Reads a URL to which deliveries may go. The text of [`WebhookUrl::as_str`] is always accepted
    /// again.
    pub fn parse(text: &str, destination_scope: DestinationScope) -> Result<Self, WebhookUrlError> {
        if text.chars().count() > DESTINATION_LENGTH_MAX {
            return Err(WebhookUrlError::Length);
        }
        if let Some(character) = text.chars().find(|character| !is_url_character(*character)) {
            return Err(WebhookUrlError::Character(character));
        }
        let url = Url::parse(text).map_err(|_| WebhookUrlError::Format)?;
        vet_scheme_and_host(&url, destination_scope)?;
        if !is_used_as_written(text, &url) {
            return Err(WebhookUrlError::Rewritten(url.into()));
        }
        if url.as_str().len() > DESTINATION_LENGTH_MAX {
            return Err(WebhookUrlError::Length);
        }
        Ok(Self { url })
    }

    /// Returns the URL as it is used: scheme and host in lower case, no default port, a path.
    pub fn as_str(&self) -> &str {
        self.url.as_str()
    }

    /// Returns the URL for the HTTP client.
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// Returns the name of the host. Returns `None` if the host is an address.
    pub fn host_name(&self) -> Option<&str> {
        self.url.domain()
    }
}

/// Returns true if the sender may connect to this address. Every IPv4 address written as IPv6 is
/// refused, because no receiver needs that form.
pub fn may_connect(ip: IpAddr, destination_scope: DestinationScope) -> bool {
    if destination_scope == DestinationScope::Loopback && ip.is_loopback() {
        return true;
    }
    match ip {
        IpAddr::V4(ip) => !REFUSED_V4.iter().any(|block| block.contains(&ip)),
        IpAddr::V6(ip) => {
            GLOBAL_V6.contains(&ip) && !REFUSED_V6.iter().any(|block| block.contains(&ip))
        }
    }
}

/// Returns true for the characters of RFC 3986. Others are refused: the parser turns backslash, white
/// space and control characters into `/` or drops them, and it maps letters beyond ASCII (full-width
/// letters and the dots U+3002, U+FF0E and U+FF61 become ASCII). The `http` crate cannot send some.
fn is_url_character(character: char) -> bool {
    character.is_ascii_alphanumeric() || "-._~:/?#[]@!$&'()*+,;=%".contains(character)
}

fn vet_scheme_and_host(
    url: &Url,
    destination_scope: DestinationScope,
) -> Result<(), WebhookUrlError> {
    let host = url.host();
    let is_local =
        destination_scope == DestinationScope::Loopback && host.as_ref().is_some_and(is_loopback);
    match url.scheme() {
        "https" => {}
        "http" if is_local => {}
        "http" if destination_scope == DestinationScope::Loopback => {
            return Err(WebhookUrlError::LocalScheme);
        }
        _ => return Err(WebhookUrlError::Scheme),
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(WebhookUrlError::Credentials);
    }
    if url.fragment().is_some() {
        return Err(WebhookUrlError::Fragment);
    }
    match host {
        None => return Err(WebhookUrlError::Format),
        Some(_) if is_local => return Ok(()),
        Some(Host::Domain(name)) => vet_name(name)?,
        Some(Host::Ipv4(ip)) => vet_address(ip.into(), destination_scope)?,
        Some(Host::Ipv6(ip)) => vet_address(ip.into(), destination_scope)?,
    }
    match url.port_or_known_default() {
        Some(port) if !PORTS.contains(&port) => Err(WebhookUrlError::Port(port)),
        _ => Ok(()),
    }
}

/// Returns true if the host is loopback. `localhost` is loopback by definition (RFC 6761, section
/// 6.3); names below it are not needed.
fn is_loopback(host: &Host<&str>) -> bool {
    match host {
        Host::Domain(name) => *name == "localhost",
        Host::Ipv4(ip) => ip.is_loopback(),
        Host::Ipv6(ip) => ip.is_loopback(),
    }
}

fn vet_address(ip: IpAddr, destination_scope: DestinationScope) -> Result<(), WebhookUrlError> {
    if may_connect(ip, destination_scope) { Ok(()) } else { Err(WebhookUrlError::NotPublicAddress) }
}

fn vet_name(name: &str) -> Result<(), WebhookUrlError> {
    if name.len() > NAME_LENGTH_MAX || !name.split('.').all(is_label) {
        return Err(WebhookUrlError::Name);
    }
    match name.rsplit_once('.') {
        Some((_, last)) if !NAMES_NOT_PUBLIC.contains(&last) => Ok(()),
        _ => Err(WebhookUrlError::NotPublicName),
    }
}

/// Returns true for a label of a host name (RFC 1123, section 2.1). The parser also accepts others,
/// such as `_` and `*`, for which no authority issues a certificate.
fn is_label(label: &str) -> bool {
    (1..=LABEL_LENGTH_MAX).contains(&label.len())
        && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        && !label.starts_with('-')
        && !label.ends_with('-')
}

/// Returns true if the parser did not change the text. It may only lower the case of scheme and host,
/// remove the default port and add the path `/`.
fn is_used_as_written(text: &str, url: &Url) -> bool {
    let Some((scheme, rest)) = text.split_once("://") else { return false };
    let (authority, path) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
    let authority = authority.to_ascii_lowercase();
    let default_port = if url.scheme() == "http" { ":80" } else { ":443" };
    let path_used = &url[Position::BeforePath..];
    scheme.eq_ignore_ascii_case(url.scheme())
        && authority.strip_suffix(default_port).unwrap_or(&authority) == url.authority()
        && (path == path_used
            || !path.starts_with('/') && path_used.strip_prefix('/') == Some(path))
}
