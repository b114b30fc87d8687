//! Where a request comes from. `X-Forwarded-For` is believed from trusted proxies only, and read
//! from the right, where the proxy nearest to us wrote.

use std::net::{IpAddr, Ipv6Addr};

use actix_web::HttpRequest;

/// Where a request comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ClientAddress {
    /// The address by which limits count: IPv6 by its /64.
    pub(super) key: IpAddr,
    /// Whether the client sits on this machine, with no proxy between.
    pub(super) is_local: bool,
}

impl ClientAddress {
    /// The address behind a request.
    pub(super) fn of(request: &HttpRequest, trusted: &[IpAddr]) -> Self {
        let peer = request.peer_addr().map_or(IpAddr::V6(Ipv6Addr::UNSPECIFIED), |peer| peer.ip());
        let forwarded = request.headers().get("x-forwarded-for").map(|v| v.to_str().unwrap_or(""));
        Self::behind(peer.to_canonical(), forwarded, trusted)
    }

    fn behind(peer: IpAddr, forwarded: Option<&str>, trusted: &[IpAddr]) -> Self {
        let hops = forwarded.filter(|_| trusted.contains(&peer)).into_iter();
        let nearest = hops
            .flat_map(|list| list.rsplit(','))
            .filter_map(|hop| hop.trim().parse::<IpAddr>().ok())
            .map(|hop| hop.to_canonical())
            .find(|hop| !trusted.contains(hop));
        let key = match nearest.unwrap_or(peer) {
            IpAddr::V4(address) => IpAddr::V4(address),
            IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() >> 64 << 64)),
        };
        Self { key, is_local: peer.is_loopback() && forwarded.is_none() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn behind(peer: &str, forwarded: Option<&str>) -> (String, bool) {
        let trusted = ["127.0.0.1".parse().unwrap()];
        let address = ClientAddress::behind(peer.parse().unwrap(), forwarded, &trusted);
        (address.key.to_string(), address.is_local)
    }

    #[test]
    fn only_a_trusted_proxy_is_believed() {
        assert_eq!(behind("127.0.0.1", None), ("127.0.0.1".to_owned(), true));
        assert_eq!(behind("127.0.0.1", Some("9.9.9.9")), ("9.9.9.9".to_owned(), false));
        assert_eq!(behind("8.8.8.8", Some("9.9.9.9")), ("8.8.8.8".to_owned(), false));
        let spoofed = Some("127.0.0.1, 6.6.6.6, 9.9.9.9, 127.0.0.1");
        assert_eq!(behind("127.0.0.1", spoofed), ("9.9.9.9".to_owned(), false));
    }

    #[test]
    fn ipv6_counts_by_network() {
        let (first, _) = behind("2001:db8:1:2:3::4", None);
        assert_eq!(first, behind("2001:db8:1:2:ffff::1", None).0);
        assert_ne!(first, behind("2001:db8:1:3::1", None).0);
    }
}
