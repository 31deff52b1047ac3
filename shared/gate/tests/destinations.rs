//! Tests of the guard against deliveries into private networks (faults 57 and 58). They compare its
//! tables with a second copy of the registries.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use gate::{DESTINATION_LENGTH_MAX, DestinationScope, WebhookUrl, WebhookUrlError, may_connect};
use proptest::prelude::*;

#[track_caller]
fn check(text: &str, expected: Result<&str, &str>) {
    let outcome = WebhookUrl::parse(text, DestinationScope::Public);
    let outcome = outcome.map(|destination| destination.as_str().to_owned());
    let outcome = outcome.map_err(|error| error.to_string());
    assert_eq!(outcome.as_deref().map_err(String::as_str), expected, "{text}");
}

fn refusal(text: &str, destination_scope: DestinationScope) -> Option<WebhookUrlError> {
    WebhookUrl::parse(text, destination_scope).err()
}

/// Every block that is not globally reachable, those that carry an IPv4 address (the IANA
/// registries of special-purpose addresses, IPv4 and IPv6, as of 2025), and the rest of IPv6 that
/// is not global unicast.
const RESERVED: &str = "
    0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24
    192.0.0.0/29 192.0.0.8/32 192.0.0.170/31 192.0.2.0/24 192.88.99.0/24 192.168.0.0/16
    198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 224.0.0.0/4 240.0.0.0/4 255.255.255.255/32
    ::/128 ::1/128 ::/96 ::ffff:0:0/96 ::ffff:0:0:0/96 64:ff9b::/96 64:ff9b:1::/48 ::/8
    100::/64 100:0:0:1::/64 100::/8 200::/7 400::/6 800::/5 1000::/4
    2001::/23 2001::/32 2001:2::/48 2001:10::/28 2001:db8::/32 2002::/16 3fff::/20
    4000::/2 5f00::/16 8000::/2 c000::/3 e000::/4 f000::/5 f800::/6
    fc00::/7 fe00::/8 fe80::/10 fec0::/10 ff00::/8";

fn blocks() -> impl Iterator<Item = (IpAddr, u32)> {
    RESERVED.split_whitespace().map(|block| {
        let (address, prefix) = block.split_once('/').expect("a block");
        (address.parse().expect("an address"), prefix.parse().expect("a prefix"))
    })
}

/// Returns the address of the block with these bits below its prefix. It is plain arithmetic, which
/// shares nothing with the `ipnet` crate.
fn inside((first, prefix): (IpAddr, u32), bits: u128) -> IpAddr {
    match first {
        IpAddr::V4(first) => {
            let below = u32::MAX.checked_shr(prefix).unwrap_or(0);
            Ipv4Addr::from(u32::from(first) | (bits as u32 & below)).into()
        }
        IpAddr::V6(first) => {
            let below = u128::MAX.checked_shr(prefix).unwrap_or(0);
            Ipv6Addr::from(u128::from(first) | (bits & below)).into()
        }
    }
}

fn written(ip: IpAddr) -> String {
    match ip {
        IpAddr::V4(ip) => format!("https://{ip}/"),
        IpAddr::V6(ip) => format!("https://[{ip}]/"),
    }
}

#[test]
fn a_public_https_url_is_accepted_and_used_as_written() {
    for text in [
        "https://hooks.example.com/",
        "https://hooks.example.com:8443/trilho?shop=7&x=%20a",
        "https://receiver.example.com/a/b;c=1,2/@me/~x/!$&'()*+=:",
        "https://xn--caf-dma.com.br/",
        "https://example.com/?next=https://127.0.0.1/",
        "https://127.0.0.1.nip.io/",
        "https://localhost.example.com/",
        "https://93.184.215.14/",
        "https://[2606:4700:4700::1111]:8443/",
        "https://a.b.c.d.e.f.co/",
    ] {
        check(text, Ok(text));
    }
}

#[test]
fn case_default_port_and_root_path_are_made_canonical() {
    check("HTTPS://Hooks.EXAMPLE.com", Ok("https://hooks.example.com/"));
    check("https://hooks.example.com:443", Ok("https://hooks.example.com/"));
    check("https://hooks.example.com?a=b", Ok("https://hooks.example.com/?a=b"));
    check("https://hooks.example.com:443/A", Ok("https://hooks.example.com/A"));
}

/// Fault row 57.
#[test]
fn addresses_outside_the_public_internet_are_refused() {
    let hosts = "
        127.0.0.1 127.0.0.0 127.1.2.3 127.255.255.255 0.0.0.0 0.0.0.1 0.255.255.255
        10.0.0.0 10.0.0.1 10.255.255.255 100.64.0.1 100.100.100.200 100.127.255.255
        169.254.0.1 169.254.169.254 169.254.169.253 169.254.170.2 169.254.255.255
        172.16.0.1 172.17.0.1 172.31.255.255 192.0.0.1 192.0.0.9 192.0.0.192 192.0.2.1
        192.88.99.1 192.168.0.1 192.168.255.255 198.18.0.1 198.19.255.255 198.51.100.1
        203.0.113.7 224.0.0.1 239.255.255.250 240.0.0.1 255.255.255.255
        [::] [::1] [::127.0.0.1] [::ffff:127.0.0.1] [::ffff:10.0.0.1] [::ffff:169.254.169.254]
        [::ffff:7f00:1] [::ffff:93.184.215.14] [::ffff:0:127.0.0.1] [::93.184.215.14]
        [64:ff9b::7f00:1] [64:ff9b::a9fe:a9fe] [64:ff9b::5db8:d70e] [64:ff9b:1::1]
        [64:ff9b:1:ffff::a9fe:a9fe] [100::1] [100:0:0:1::1] [1fff::1] [2001::1]
        [2001:0:4136:e378:8000:63bf:80ff:fffe] [2001:2::1] [2001:10::1] [2001:20::1]
        [2001:1ff:ffff::1] [2001:db8::1] [2002:7f00:1::] [2002:a9fe:a9fe::1]
        [2002:5db8:d70e::1] [3fff::1] [3fff:fff::1] [4000::1] [5f00::1] [fc00::1]
        [fd00:ec2::254] [fd00:ec2::23] [fd12:3456:789a::1] [fe80::1] [fe80::a9fe:a9fe]
        [febf::1] [fec0::1] [ff02::1] [ff0e::1]";
    assert!(hosts.split_whitespace().count() > 70);
    for host in hosts.split_whitespace() {
        for url in [format!("https://{host}/"), format!("https://{host}:8443/x")] {
            let refused = refusal(&url, DestinationScope::Public);
            assert_eq!(refused, Some(WebhookUrlError::NotPublicAddress), "{url}");
        }
    }
}

/// Fault row 57.
#[test]
fn names_outside_the_public_internet_are_refused() {
    let hosts = "
        localhost LOCALHOST api.localhost a.b.localhost intranet metadata ip6-localhost
        printer.local router.lan nas.home nas.home.arpa 1.0.0.127.in-addr.arpa
        metadata.google.internal instance-data.ec2.internal ip-10-0-0-1.ec2.internal db.corp
        wiki.intranet host.localdomain x.private x.mail facebookcorewwwi.onion a.test a.invalid
        shop.example a.alt";
    for host in hosts.split_whitespace() {
        let url = format!("https://{host}/");
        assert_eq!(
            refusal(&url, DestinationScope::Public),
            Some(WebhookUrlError::NotPublicName),
            "{url}"
        );
    }
}

#[track_caller]
fn check_refused(text: &str) {
    for destination_scope in [DestinationScope::Public, DestinationScope::Loopback] {
        assert!(
            refusal(text, destination_scope).is_some(),
            "{text:?} is accepted in {destination_scope:?}"
        );
    }
}

/// Fault row 58: hosts that two parsers read differently, or that a parser repairs.
#[test]
fn hosts_that_a_parser_would_change_are_refused() {
    let authorities = "
        2130706433 1572394766 0177.1 0177.0.0.1 0x7f.1 0x7f000001 0X7F.0.0.1 127.1 127.0.1 0 0x
        017700000001 93.184.55054 0x5d.184.215.14 0135.184.215.14 093.184.215.14 127.0.0.1.
        93.184.215.14. 4294967296 1.2.3.4.5 256.1.1.1 [::ffff:93.184.215.014]
        [2606:4700:4700:0:0:0:0:1111] [2606:4700:4700::1111%25eth0] [2606:4700:4700::1111
        2606:4700:4700::1111 [93.184.215.14]
        user@hooks.example.com user:secret@hooks.example.com :secret@hooks.example.com
        @hooks.example.com :@hooks.example.com hooks.example.com@127.0.0.1
        hooks.example.com:443@10.0.0.1 127.0.0.1@hooks.example.com hooks.example.com%40127.0.0.1
        hooks.example.com#@127.0.0.1 hooks.example.com\\@127.0.0.1 127.0.0.1\\.hooks.example.com
        %31%32%37.0.0.1 hooks%2eexample%2ecom hooks.example.com%2f hooks.example.com%00.evil.com
        %6c%6f%63%61%6c%68%6f%73%74 hooks\u{3002}example\u{3002}com 127\u{ff0e}0\u{ff0e}0\u{ff0e}1
        hooks\u{ff61}example.com \u{ff11}27.0.0.1 \u{2460}27.0.0.1 ex\u{e4}mple.com
        fa\u{df}.example.com hooks.ex\u{ad}ample.com hooks.ex\u{200b}ample.com
        loc\u{17f}alho\u{17f}t xn--a.com xn--.com localhost. hooks.example.com. hooks..example.com
        .hooks.example.com . .. -hooks.example.com hooks-.example.com hooks_x.example.com
        *.example.com hooks.example.com,127.0.0.1 hooks.example.com;.evil.com
        hooks.example.com&127.0.0.1 hooks.example.com: hooks.example.com:0443
        hooks.example.com:08443 hooks.example.com:80 hooks.example.com:0 hooks.example.com:22
        hooks.example.com:9001 hooks.example.com:65535 hooks.example.com:65979
        hooks.example.com:-443 hooks.example.com:+443 hooks.example.com:443:443";
    let authorities: Vec<_> = authorities.split_ascii_whitespace().collect();
    assert!(authorities.len() > 75);
    for authority in authorities {
        check_refused(&format!("https://{authority}/"));
    }
}

/// Fault row 58: the same for the rest of the URL.
#[test]
fn texts_that_a_parser_would_change_are_refused() {
    for text in [
        "\u{feff}https://hooks.example.com/",
        " https://hooks.example.com/",
        "https://hooks.example.com/ ",
        "https://hooks.example.com\t/",
        "https://hooks\n.example.com/",
        "https://hooks.example.com/\r\nHost: 127.0.0.1",
        "https://hooks.example.com/a b",
        "https://hooks.example.com/\0",
        "https://hooks.example.com/\u{7f}",
        "https:\\\\hooks.example.com\\",
        "https://hooks.example.com/#",
        "https://hooks.example.com/#top",
        "https://hooks.example.com/caf\u{e9}",
        "https://hooks.example.com/a/../b",
        "https://hooks.example.com/./",
        "https://hooks.example.com/%2e%2e/b",
        "https://hooks.example.com/?it's",
        "https://hooks.example.com/`",
        "https://hooks.example.com/{id}",
        "https://hooks.example.com/?a=\"b\"",
        "https://hooks.example.com/<a>",
        "https://hooks.example.com/a|b",
        "https://hooks.example.com/a^b",
        "http://hooks.example.com/",
        "ftp://hooks.example.com/",
        "file:///etc/passwd",
        "gopher://127.0.0.1:6379/_",
        "javascript://hooks.example.com/%0aalert(1)",
        "data:text/plain,a",
        "wss://hooks.example.com/",
        "//hooks.example.com/",
        "hooks.example.com",
        "hooks.example.com:443",
        "https:hooks.example.com",
        "https:/hooks.example.com/",
        "https:///hooks.example.com/",
        "https:////hooks.example.com/",
        "https://",
        "https:///",
        "https://?",
        "https",
        "",
    ] {
        check_refused(text);
    }
}

#[test]
fn a_refusal_says_what_to_write_instead() {
    let used = "is not in its normal form; write https://hooks.example.com/b";
    check("https://hooks.example.com/a/../b", Err(used));
    check("https://93.184.55054/", Err("is not in its normal form; write https://93.184.215.14/"));
    let message = "contains 'é', which is not allowed in a URL; percent-encode it, or write the host \
                   in its xn-- form";
    check("https://caf\u{e9}.com/", Err(message));
    let message = "contains '\\n', which is not allowed in a URL; percent-encode it, or write the host \
                   in its xn-- form";
    check("https://a.com/\n", Err(message));
    let message = "is not a URL; write one such as https://hooks.example.com/trilho";
    check("hooks.example.com", Err(message));
    let message = "does not start with https://; use https, because deliveries are encrypted";
    check("http://hooks.example.com/", Err(message));
    let message =
        "contains a user name or password; remove them, because the signature proves the sender";
    check("https://a:b@hooks.example.com/", Err(message));
    check("https://a.com/#b", Err("has a fragment; remove the # and what follows"));
    let message = "has no valid host; write labels of letters, digits and hyphens, separated by dots, \
                   without a dot at the end";
    check("https://hooks.example.com./", Err(message));
    let message = "names a host outside the public internet; use a name that public DNS resolves";
    check("https://localhost/", Err(message));
    let message = "names an address outside the public internet; use a public one, or a name";
    check("https://10.0.0.1/", Err(message));
    check("https://a.com:22/", Err("uses port 22; let the receiver listen on 443 or 8443"));
    check(&"a".repeat(501), Err("is longer than 500 characters; shorten it"));
}

#[test]
fn five_hundred_characters_are_counted_as_given_and_as_used() {
    let root = "https://hooks.example.com";
    let filled = |length: usize| format!("{root}/{}", "a".repeat(length - root.len() - 1));
    check(&filled(DESTINATION_LENGTH_MAX), Ok(&filled(DESTINATION_LENGTH_MAX)));
    let message = "is longer than 500 characters; shorten it";
    check(&filled(DESTINATION_LENGTH_MAX + 1), Err(message));
    let query = |length: usize| format!("{root}?{}", "a".repeat(length - root.len() - 1));
    check(&query(DESTINATION_LENGTH_MAX), Err(message));
    assert!(refusal(&query(DESTINATION_LENGTH_MAX - 1), DestinationScope::Public).is_none());
}

#[test]
fn names_and_labels_have_the_lengths_of_dns() {
    let url = |labels: &[usize]| {
        let labels: Vec<String> = labels.iter().map(|length| "a".repeat(*length)).collect();
        format!("https://{}.com/", labels.join("."))
    };
    assert_eq!(refusal(&url(&[63]), DestinationScope::Public), None);
    assert_eq!(refusal(&url(&[64]), DestinationScope::Public), Some(WebhookUrlError::Name));
    assert_eq!(refusal(&url(&[63, 63, 63, 57]), DestinationScope::Public), None);
    assert_eq!(
        refusal(&url(&[63, 63, 63, 58]), DestinationScope::Public),
        Some(WebhookUrlError::Name)
    );
}

#[test]
fn the_local_bundle_adds_http_and_any_port_on_loopback_and_nothing_else() {
    let accepted = "
        http://localhost/ http://localhost:4000/hook https://localhost:4000/hook
        http://127.0.0.1:1/ http://127.8.8.8/ http://[::1]:9001/ https://hooks.example.com/
        https://hooks.example.com:8443/";
    for text in accepted.split_whitespace() {
        assert_eq!(refusal(text, DestinationScope::Loopback), None, "{text}");
    }
    let refused = "
        http://hooks.example.com/ http://hooks.example.com:443/ http://hooks.example.com:8443/
        https://hooks.example.com:4000/ http://93.184.215.14/ http://93.184.215.14:443/
        http://a.localhost/ http://localhost./ http://localhost.example.com/
        http://0.0.0.0:4000/ http://10.0.0.1/ https://10.0.0.1/ http://169.254.169.254/
        http://[::ffff:127.0.0.1]/ http://2130706433/ http://127.1/ http://user@localhost/
        http://localhost/#a ftp://localhost/ https://intranet/ https://a.test/";
    for text in refused.split_whitespace() {
        assert!(refusal(text, DestinationScope::Loopback).is_some(), "{text}");
    }
    for text in ["http://hooks.example.com/", "http://10.0.0.1/", "http://169.254.169.254/"] {
        let local = refusal(text, DestinationScope::Loopback);
        assert_eq!(local, Some(WebhookUrlError::LocalScheme), "{text}");
        assert_eq!(
            refusal(text, DestinationScope::Public),
            Some(WebhookUrlError::Scheme),
            "{text}"
        );
    }
    for block in blocks() {
        let ip = inside(block, 7);
        assert_eq!(may_connect(ip, DestinationScope::Loopback), ip.is_loopback(), "{ip}");
    }
    assert!(may_connect("::1".parse().expect("an address"), DestinationScope::Loopback));
}

#[test]
fn the_neighbours_of_reserved_blocks_are_public() {
    let neighbours = "
        1.0.0.0 9.255.255.255 11.0.0.0 100.63.255.255 100.128.0.0 126.255.255.255 128.0.0.0
        169.253.255.255 169.255.0.0 172.15.255.255 172.32.0.0 191.255.255.255 192.0.1.0 192.0.1.255
        192.0.3.0 192.31.196.1 192.52.193.1 192.88.98.255 192.88.100.0 192.167.255.255 192.169.0.0
        192.175.48.1 198.17.255.255 198.20.0.0 198.51.99.255 198.51.101.0 203.0.112.255
        203.0.114.0 223.255.255.255
        2000:: 2000:ffff:ffff:ffff:ffff:ffff:ffff:ffff 2001:200::
        2001:db7:ffff:ffff:ffff:ffff:ffff:ffff 2001:db9::
        2001:ffff:ffff:ffff:ffff:ffff:ffff:ffff 2003:: 2606:4700:4700::1111 2620:4f:8000::1
        3ffe:ffff:ffff:ffff:ffff:ffff:ffff:ffff 3fff:1000::
        3fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff";
    for ip in neighbours.split_whitespace() {
        let ip: IpAddr = ip.parse().expect("an address");
        assert!(may_connect(ip, DestinationScope::Public), "{ip}");
        let url = written(ip);
        assert_eq!(WebhookUrl::parse(&url, DestinationScope::Public).expect(&url).as_str(), url);
    }
}

#[test]
fn the_edges_of_every_reserved_block_are_refused() {
    for block in blocks() {
        for bits in [0, 1, u128::MAX, u128::MAX - 1] {
            let ip = inside(block, bits);
            assert!(!may_connect(ip, DestinationScope::Public), "{ip} of {block:?}");
        }
    }
}

/// Makes random texts of pieces that confuse URL parsers.
fn text() -> impl Strategy<Value = String> {
    let pieces = "
        https:// http:// HTTPS: // / \\ @ : # ? . .. %2e %00 %40 [ ] ::1 ::ffff: 127.0.0.1 0x7f
        0177 2130706433 1 443 :443 :8443 localhost example.com hooks. com xn-- 93.184.215.14
        169.254.169.254 [2606:4700::1] - _ & ; A";
    let mut pieces: Vec<&str> = pieces.split_whitespace().collect();
    pieces.extend(["\u{3002}", "\u{ff0e}", "\u{ad}", "\t", "\n", " ", "\0"]);
    let pieces = prop::sample::select(pieces).prop_map(str::to_owned);
    let piece = prop_oneof![8 => pieces, 1 => "\\PC{0,3}"];
    let start = prop_oneof![6 => Just("https://"), 1 => Just("http://"), 1 => Just("")];
    (start, prop::collection::vec(piece, 0..8))
        .prop_map(|(start, pieces)| format!("{start}{}", pieces.concat()))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4096))]

    /// Fault row 57.
    #[test]
    fn every_address_of_every_reserved_block_is_refused(
        block in prop::sample::select(blocks().collect::<Vec<_>>()),
        bits: u128,
    ) {
        let ip = inside(block, bits);
        prop_assert!(!may_connect(ip, DestinationScope::Public), "{}", ip);
        let refused = refusal(&written(ip), DestinationScope::Public);
        prop_assert_eq!(refused, Some(WebhookUrlError::NotPublicAddress));
    }

    /// Fault row 57: an address is refused if and only if a reserved block contains it.
    #[test]
    fn an_address_is_allowed_if_and_only_if_no_block_contains_it(v4: u32, v6: u128, is_global: bool) {
        let v6 = if is_global { v6 >> 3 | 1 << 125 } else { v6 };
        let v4 = Ipv4Addr::from(v4);
        let candidates = [(v4.into(), u32::from(v4).into()), (Ipv6Addr::from(v6).into(), v6)];
        for (ip, bits) in candidates {
            let is_reserved = blocks().any(|block| inside(block, bits) == ip);
            prop_assert_eq!(may_connect(ip, DestinationScope::Public), !is_reserved, "{}", ip);
        }
        prop_assert!(!may_connect(v4.to_ipv6_mapped().into(), DestinationScope::Public));
        prop_assert!(!may_connect(v4.to_ipv6_mapped().into(), DestinationScope::Loopback));
    }

    /// Fault row 58: the host that was checked is the host in the text and the host in the URL.
    #[test]
    fn an_accepted_text_names_the_host_that_is_used(text in text()) {
        let Ok(destination) = WebhookUrl::parse(&text, DestinationScope::Public) else { return Ok(()) };
        let used = destination.url().host_str().expect("a host");
        let written = text.split_once("//").expect("a scheme").1;
        let end = written.find(['/', '?']).unwrap_or(written.len());
        let written = written[..end].to_ascii_lowercase();
        let written = written.trim_end_matches(":443").trim_end_matches(":8443");
        prop_assert_eq!(written, used);
        prop_assert!(matches!(destination.url().port_or_known_default(), Some(443 | 8443)));
        let again = WebhookUrl::parse(destination.as_str(), DestinationScope::Public);
        prop_assert_eq!(again.as_ref(), Ok(&destination));
        match used.trim_matches(['[', ']']).parse::<IpAddr>() {
            Ok(ip) => prop_assert!(may_connect(ip, DestinationScope::Public)),
            Err(_) => prop_assert_eq!(destination.host_name(), Some(used)),
        }
    }

    #[test]
    fn no_text_makes_the_parser_panic(text in "\\PC*") {
        let _outcome = WebhookUrl::parse(&text, DestinationScope::Public);
        let _outcome = WebhookUrl::parse(&format!("https://{text}"), DestinationScope::Loopback);
    }

    /// Ordinary names are accepted, so that the properties above test something.
    #[test]
    fn an_ordinary_name_is_accepted(name in "([a-z][a-z0-9]{0,9}\\.){1,4}(com|net|br|io)") {
        prop_assert_eq!(refusal(&format!("https://{name}/hook"), DestinationScope::Public), None);
    }
}
