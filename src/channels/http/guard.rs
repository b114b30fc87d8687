//! Where the server may be sent by what admins type and name servers answer: not into its own network,
//! unless the settings allow it, and never to where clouds keep their machines' credentials.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Why an address is not called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// Not a URL with a host.
    #[error("this is not an address such as https://hooks.example/frontdesk")]
    Malformed,
    /// Too long.
    #[error("an address has {LONGEST} bytes at most")]
    TooLong,
    /// A user or password in it.
    #[error("an address must not hold a user or a password")]
    Credentials,
    /// Not encrypted, and not within the own network.
    #[error("the address must begin with https://")]
    NotHttps,
    /// Within the own network.
    #[error(
        "this address lies in the server's own network, which `webhooks.private_addresses` does not allow"
    )]
    Private,
    /// Nobody's or everybody's, or where a cloud keeps credentials.
    #[error("this address cannot be called")]
    Special,
}

/// Most bytes of an address.
pub(super) const LONGEST: usize = 2_048;

/// What an address is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Public,
    /// This machine, or the own network.
    Private,
    /// Link-local (where clouds answer with credentials), multicast, reserved, for documents.
    Special,
}

/// Whether an address may be called.
pub(super) fn check(address: IpAddr, allow_private: bool) -> Result<(), AddressError> {
    match kind(address) {
        Kind::Public => Ok(()),
        Kind::Private if allow_private => Ok(()),
        Kind::Private => Err(AddressError::Private),
        Kind::Special => Err(AddressError::Special),
    }
}

fn kind(address: IpAddr) -> Kind {
    match address {
        IpAddr::V4(address) => kind_v4(address),
        IpAddr::V6(address) => match embedded(address) {
            Some(inner) => kind_v4(inner),
            None => kind_v6(address),
        },
    }
}

/// After the IANA registry of special-purpose addresses.
fn kind_v4(address: Ipv4Addr) -> Kind {
    match address.octets() {
        [127 | 10, ..] | [192, 168, ..] | [172, 16..=31, ..] | [100, 64..=127, ..] => Kind::Private,
        [0 | 224..=255, ..]
        | [169, 254, ..]
        | [192, 0, 0 | 2, _]
        | [192, 88, 99, _]
        | [198, 18 | 19, ..]
        | [198, 51, 100, _]
        | [203, 0, 113, _] => Kind::Special,
        _ => Kind::Public,
    }
}

fn kind_v6(address: Ipv6Addr) -> Kind {
    match address.segments() {
        [0, 0, 0, 0, 0, 0, 0, 1] | [0xfc00..=0xfdff, ..] => Kind::Private,
        [0x2001, 0..=0x1ff | 0xdb8, ..] | [0x3fff, ..] => Kind::Special,
        [0x2000..=0x3fff, ..] => Kind::Public,
        _ => Kind::Special,
    }
}

/// The IPv4 address to which an IPv6 address leads: mapped, translated (NAT64) or 6to4.
fn embedded(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let whole = |high: u16, low: u16| {
        let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
        Some(Ipv4Addr::new(a, b, c, d))
    };
    match address.segments() {
        [0, 0, 0, 0, 0, 0, 0, 0 | 1] => None,
        [0, 0, 0, 0, 0, 0 | 0xffff, high, low] | [0x64, 0xff9b, 0, 0, 0, 0, high, low] => {
            whole(high, low)
        }
        [0x2002, high, low, ..] => whole(high, low),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(address: &str) -> (Result<(), AddressError>, Result<(), AddressError>) {
        let address = address.parse().unwrap();
        (check(address, false), check(address, true))
    }

    #[test]
    fn public_addresses_are_called() {
        for address in ["8.8.8.8", "172.32.0.1", "100.128.0.1", "2606:4700::1111", "::ffff:8.8.8.8"]
        {
            assert_eq!(verdict(address), (Ok(()), Ok(())), "{address}");
        }
    }

    #[test]
    fn the_own_network_is_called_only_when_the_settings_say_so() {
        for address in [
            "127.0.0.1",
            "127.9.9.9",
            "10.1.2.3",
            "192.168.0.1",
            "172.16.0.1",
            "100.64.0.1",
            "::1",
            "fd00::1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "64:ff9b::a00:1",
            "2002:7f00:1::",
            "::7f00:1",
        ] {
            assert_eq!(verdict(address), (Err(AddressError::Private), Ok(())), "{address}");
        }
    }

    #[test]
    fn where_clouds_keep_credentials_nothing_is_ever_called() {
        let special = Err(AddressError::Special);
        for address in [
            "169.254.169.254",
            "0.0.0.0",
            "224.0.0.1",
            "255.255.255.255",
            "192.0.2.1",
            "::",
            "fe80::1",
            "ff02::1",
            "2001:db8::1",
            "::ffff:169.254.169.254",
            "64:ff9b::a9fe:a9fe",
        ] {
            assert_eq!(verdict(address), (special, special), "{address}");
        }
    }
}
