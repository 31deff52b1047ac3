//! Where deliveries may go: the URLs and addresses that may be a receiver.
//!
//! A customer chooses the URL, so without this guard the sender would be a way into its own
//! network. The same two functions serve the registration of a URL, the test button and every
//! delivery: [`WebhookUrl::parse`] for the text and [`may_connect`] for each address its name
//! resolves to, at the moment of connecting.
//!
//! One parser reads the text, the WHATWG one of the `url` crate, which is also the one the HTTP
//! client connects with. What it would repair on the way (numbers that become an address, encoded
//! hosts, dots of other scripts, dot segments) is refused rather than repaired: the text a
//! customer sees is the URL that is used, and no second reader can see another host in it.
//!
//! Deliberately absent: resolving names. A name that is checked once and resolved again to connect
//! may have changed in between, so addresses are checked where the connection is made.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::{Ipv4Net, Ipv6Net};
use url::{Host, Position, Url};

/// Characters of a URL, as given and as used.
pub const DESTINATION_LENGTH_MAX: usize = 500;

/// Where receivers listen. Others are mostly not web servers, and a signed POST to one is a tool
/// for probing.
const PORTS: [u16; 2] = [443, 8443];

/// Octets of a name and of one of its labels (RFC 1035, section 2.3.4). The parser does not count.
const NAME_LENGTH_MAX: usize = 253;
const LABEL_LENGTH_MAX: usize = 63;

/// Names whose last labels are one of these are on no public network: the special-use names of
/// IANA (RFC 6761 and later), `internal` (reserved by ICANN in 2024), and what private networks
/// use without asking (RFC 6762, appendix G). `arpa` is whole because only infrastructure lives
/// there. `example` is reserved, so a delivery to it cannot arrive; `example.com` is a real
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
/// and multicast. The two globally reachable addresses in 192.0.0.0/24 are anycast services and
/// no receivers.
const REFUSED_V4: [Ipv4Net; 15] = [
    v4([0, 0, 0, 0], 8),
    v4([10, 0, 0, 0], 8),
    // Shared address space of carriers (RFC 6598); clouds put their metadata services there.
    v4([100, 64, 0, 0], 10),
    // Loopback; a Lambda's own runtime API listens there.
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
/// Everything outside is refused with it: unspecified, loopback, v4-mapped and v4-compatible,
/// NAT64 (`64:ff9b::/96`, `64:ff9b:1::/48`), discard-only, segment routing (`5f00::/16`), unique
/// local (with EC2's `fd00:ec2::254`), link-local, site-local and multicast.
const GLOBAL_V6: Ipv6Net = v6([0x2000, 0, 0], 3);

/// What is not globally reachable within [`GLOBAL_V6`], and the transition mechanisms, whose
/// addresses carry an IPv4 address that would not be checked.
const REFUSED_V6: [Ipv6Net; 4] = [
    // Protocol assignments: Teredo (`2001::/32`), benchmarking, ORCHID. The few globally reachable
    // exceptions in it are anycast services and identifiers, no receivers.
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

/// How far deliveries reach.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DestinationScope {
    /// https, public addresses, ports 443 and 8443.
    Public,
    /// The local bundle: also http and loopback, any port; nothing else that `Public` refuses.
    Loopback,
}

/// A URL that may be a receiver.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookUrl {
    url: Url,
}

/// Why a URL is refused; says what to write instead.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WebhookUrlError {
    /// Too long, as given or as used.
    #[error("is longer than {DESTINATION_LENGTH_MAX} characters; shorten it")]
    Length,
    /// A character no URL contains (RFC 3986, section 2).
    #[error(
        "contains {0:?}, which a URL cannot; percent-encode it, or write a host in its xn-- form"
    )]
    Character(char),
    /// The parser makes nothing of it.
    #[error("is not a URL; write one such as https://hooks.example.com/trilho")]
    Format,
    /// Not https.
    #[error("does not start with https://; deliveries are encrypted")]
    Scheme,
    /// User name or password.
    #[error("carries a user name or password; remove them, deliveries are signed instead")]
    Credentials,
    /// A fragment, which clients never send.
    #[error("has a fragment; remove the # and what follows")]
    Fragment,
    /// A name that is no host name.
    #[error(
        "names no valid host; write labels of letters, digits and hyphens with dots between, \
         and no dot at the end"
    )]
    Name,
    /// A name that the public internet does not have.
    #[error("names a host outside the public internet; use a name that public DNS resolves")]
    NotPublicName,
    /// An address deliveries never connect to.
    #[error("names an address outside the public internet; use a public one, or a name")]
    NotPublicAddress,
    /// Another port.
    #[error("uses port {0}; let the receiver listen on 443 or 8443")]
    Port(u16),
    /// The parser would repair it into something else.
    #[error("would be used as {0}; write that")]
    Rewritten(String),
}

impl WebhookUrl {
    /// Reads a URL that deliveries could be sent to. What it accepts it accepts again in the form
    /// of [`WebhookUrl::as_str`].
    pub fn parse(text: &str, destination_scope: DestinationScope) -> Result<Self, WebhookUrlError> {
        if text.chars().count() > DESTINATION_LENGTH_MAX {
            return Err(WebhookUrlError::Length);
        }
        if let Some(character) = text.chars().find(|character| !is_of_urls(*character)) {
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

    /// The URL as it is used: scheme and host in lower case, no default port, a path.
    pub fn as_str(&self) -> &str {
        self.url.as_str()
    }

    /// The URL for the HTTP client.
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// The host's name; none if the host is an address.
    pub fn host_name(&self) -> Option<&str> {
        self.url.domain()
    }
}

/// Whether a connection to this address is allowed. An IPv4 address written as IPv6 is refused,
/// whatever it is: no receiver needs that form.
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

/// The characters of RFC 3986. Leaves out backslash, white space and control characters, which the
/// parser turns into `/` or drops; letters beyond ASCII, which it maps (full-width letters and the
/// dots U+3002, U+FF0E and U+FF61 become ASCII); and what the `http` crate cannot send.
fn is_of_urls(character: char) -> bool {
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

/// `localhost` itself is loopback by definition (RFC 6761, section 6.3); names below it are not
/// needed.
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

/// A label of a host name (RFC 1123, section 2.1). The parser lets more through, such as `_` and
/// `*`, for which no authority issues a certificate.
fn is_label(label: &str) -> bool {
    (1..=LABEL_LENGTH_MAX).contains(&label.len())
        && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        && !label.starts_with('-')
        && !label.ends_with('-')
}

/// Whether the parser took the text as it stands. It may lower the case of scheme and host, leave
/// out the default port and add the path `/`; nothing else.
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
