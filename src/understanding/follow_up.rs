//! Whether a message only makes sense after another: "and for opened ones?", "那拆封的呢".

use crate::understanding::tokenise::Tokens;

/// A follow-up has at most so many words.
const LONGEST: usize = 9;
/// How an English follow-up begins.
const BEGINNINGS: [&str; 12] = [
    "and", "what about", "how about", "but", "also", "or", "then", "ok and", "okay and", "so",
    "even", "what if",
];
/// How a Chinese follow-up begins.
const HAN_BEGINNINGS: [&str; 7] = ["那", "那么", "如果", "要是", "但是", "还有", "可是"];
/// With so few words anything may be a follow-up.
const ELLIPTICAL: usize = 4;

/// Whether the message reads like a follow-up.
pub(super) fn is_follow_up(tokens: &Tokens) -> bool {
    if tokens.words.is_empty() || tokens.words.len() > LONGEST {
        return false;
    }
    let words: Vec<&str> = tokens.words.iter().map(|word| word.surface.as_str()).collect();
    let (spaced, joined) = (format!("{} ", words.join(" ")), words.concat());
    words.len() <= ELLIPTICAL
        || BEGINNINGS.iter().any(|start| spaced.starts_with(&format!("{start} ")))
        || HAN_BEGINNINGS.iter().any(|start| joined.starts_with(start))
        || joined.ends_with('呢')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::understanding::tokenise::tokenise;

    #[test]
    fn follow_ups_are_short_and_lean_on_something() {
        for text in ["and for opened ones?", "What about Ireland?", "那拆封的呢", "拆过的呢？", "to Spain?"] {
            assert!(is_follow_up(&tokenise(text)), "{text}");
        }
        for text in [
            "",
            "How long does the warranty on headphones last?",
            "请问你们的保修期一般是多长时间，电池也在保修范围里面吗",
            "and please tell me how I can get my money back for the lamp that arrived broken",
        ] {
            assert!(!is_follow_up(&tokenise(text)), "{text}");
        }
    }
}
