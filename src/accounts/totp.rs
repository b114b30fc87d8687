//! Time-based one-time passwords (RFC 6238): HMAC-SHA-1, steps of 30 seconds, six digits, as every
//! authenticator app has them.

use hmac::{Hmac, KeyInit, Mac};
use rand::Rng;
use sha1::Sha1;

use crate::domain::Timestamp;

const STEP_MS: u64 = 30_000;
/// How many steps a clock may be behind or ahead.
const SKEW: u64 = 1;
const DIGITS: usize = 6;
/// The alphabet of RFC 4648, section 6.
const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// A fresh secret of the length that RFC 4226 recommends.
pub(super) fn secret() -> [u8; 20] {
    let mut bytes = [0; 20];
    rand::rng().fill_bytes(&mut bytes);
    bytes
}

/// The step at a moment.
pub(super) fn step(now: Timestamp) -> u64 {
    u64::try_from(now.0).unwrap_or(0) / STEP_MS
}

fn truncated(secret: &[u8], step: u64) -> Option<u32> {
    let mut mac = <Hmac<Sha1> as KeyInit>::new_from_slice(secret).ok()?;
    mac.update(&step.to_be_bytes());
    let hash = mac.finalize().into_bytes();
    let offset = usize::from(hash.last()? & 0x0f);
    let word = hash.get(offset..offset + 4)?.try_into().ok()?;
    Some(u32::from_be_bytes(word) & 0x7fff_ffff)
}

/// The code of a step.
pub(super) fn code(secret: &[u8], step: u64) -> Option<String> {
    Some(format!("{:06}", truncated(secret, step)? % 1_000_000))
}

/// The step later than `after`, near now, whose code this is.
pub(super) fn matching(secret: &[u8], given: &str, now: Timestamp, after: u64) -> Option<u64> {
    if given.len() != DIGITS {
        return None;
    }
    let here = step(now);
    let near = here.saturating_sub(SKEW)..=here + SKEW;
    let is_it = |step: &u64| {
        use subtle::ConstantTimeEq;
        let code = code(secret, *step).unwrap_or_default();
        *step > after && bool::from(code.as_bytes().ct_eq(given.as_bytes()))
    };
    near.into_iter().find(is_it)
}

/// Bytes as authenticator apps want them typed; without padding.
pub(super) fn base32(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(5) * 8);
    let (mut held, mut bits) = (0_u32, 0);
    for byte in bytes {
        held = (held << 8) | u32::from(*byte);
        bits += 8;
        while bits >= 5 {
            bits -= 5;
            text.extend(letter(held >> bits));
        }
        held &= (1 << bits) - 1;
    }
    if bits > 0 {
        text.extend(letter(held << (5 - bits)));
    }
    text
}

fn letter(five_bits: u32) -> Option<char> {
    BASE32.get((five_bits & 31) as usize).map(|byte| char::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &[u8] = b"12345678901234567890";

    #[test]
    fn the_vectors_of_rfc_6238_hold() {
        // appendix B, SHA-1; its eight digits end in our six
        for (second, eight_digits) in [
            (59, 94_287_082),
            (1_111_111_109, 7_081_804),
            (1_111_111_111, 14_050_471),
            (1_234_567_890, 89_005_924),
            (2_000_000_000, 69_279_037),
            (20_000_000_000, 65_353_130),
        ] {
            let step = step(Timestamp(second * 1_000));
            assert_eq!(truncated(SECRET, step).unwrap() % 100_000_000, eight_digits, "{second}");
        }
        assert_eq!(code(SECRET, step(Timestamp(1_111_111_109_000))).unwrap(), "081804");
    }

    #[test]
    fn a_code_is_good_for_a_step_around_now_and_only_once() {
        let now = Timestamp(1_111_111_109_000);
        let here = step(now);
        for near in [here - 1, here, here + 1] {
            let code = code(SECRET, near).unwrap();
            assert_eq!(matching(SECRET, &code, now, 0), Some(near));
            assert_eq!(matching(SECRET, &code, now, near), None, "used before");
        }
        let old = code(SECRET, here - 2).unwrap();
        assert_eq!(matching(SECRET, &old, now, 0), None);
        for wrong in ["", "12345", "1234567", "081805", "abcdef"] {
            assert_eq!(matching(SECRET, wrong, now, 0), None, "{wrong}");
        }
    }

    #[test]
    fn secrets_are_written_as_rfc_4648_says() {
        for (bytes, text) in [("", ""), ("f", "MY"), ("fo", "MZXQ"), ("foo", "MZXW6")] {
            assert_eq!(base32(bytes.as_bytes()), text);
        }
        assert_eq!(base32(b"foobar"), "MZXW6YTBOI");
        assert_eq!(base32(SECRET), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
    }
}
