//! Whether a message only makes sense after another: "and for opened ones?", "那拆封的呢".

use crate::understanding::tokenise::Tokens;

/// A follow-up has at most so many words.
const LONGEST: usize = 9;
/// How an English follow-up begins.
const BEGINNINGS: [&str; 12] = [
    "and",
    "what about",
    "how about",
    "but",
    "also",
    "or",
    "then",
    "ok and",
    "okay and",
    "so",
    "even",
    "what if",
];
/// How a Chinese follow-up begins.
const HAN_BEGINNINGS: [&str; 7] = ["那", "那么", "如果", "要是", "但是", "还有", "可是"];
/// Words that stand for what was said before.
const POINTERS: [&str; 8] = ["it", "they", "them", "those", "these", "that", "one", "ones"];
/// The same in Chinese.
const HAN_POINTERS: [&str; 6] = ["它", "它们", "这个", "那个", "这些", "那些"];
/// With so few words anything may be a follow-up.
const ELLIPTICAL: usize = 4;

/// How much a message leans on the one before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Leaning {
    /// It stands on its own.
    None,
    /// It is so short that it may lean.
    Maybe,
    /// It says that it does: "and …", "what about …", "那…呢".
    Clearly,
}

/// How much the message reads like a follow-up.
pub(super) fn leaning(tokens: &Tokens) -> Leaning {
    if tokens.words.is_empty() || tokens.words.len() > LONGEST {
        return Leaning::None;
    }
    let words: Vec<&str> = tokens.words.iter().map(|word| word.surface.as_str()).collect();
    let (spaced, joined) = (format!("{} ", words.join(" ")), words.concat());
    let begins = BEGINNINGS.iter().any(|start| spaced.starts_with(&format!("{start} ")));
    if begins
        || HAN_BEGINNINGS.iter().any(|start| joined.starts_with(start))
        || joined.ends_with('呢')
    {
        Leaning::Clearly
    } else if words.len() <= ELLIPTICAL || points_back(&words) {
        Leaning::Maybe
    } else {
        Leaning::None
    }
}

fn points_back(words: &[&str]) -> bool {
    let is_pointer = |word: &&str| {
        let lower = word.to_lowercase();
        POINTERS.contains(&lower.as_str()) || HAN_POINTERS.contains(&lower.as_str())
    };
    words.iter().any(is_pointer)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::understanding::tokenise::tokenise;

    #[test]
    fn follow_ups_are_short_and_lean_on_something() {
        for text in ["and for opened ones?", "What about Ireland?", "那拆封的呢", "拆过的呢？"]
        {
            assert_eq!(leaning(&tokenise(text)), Leaning::Clearly, "{text}");
        }
        for text in
            ["to Spain?", "拆封的", "can those be sent to my sister too", "请问它一般能用多长时间"]
        {
            assert_eq!(leaning(&tokenise(text)), Leaning::Maybe, "{text}");
        }
        for text in [
            "",
            "How long does the warranty on headphones last?",
            "请问你们的保修期一般是多长时间，电池也在保修范围里面吗",
            "and please tell me how I can get my money back for the lamp that arrived broken",
        ] {
            assert_eq!(leaning(&tokenise(text)), Leaning::None, "{text}");
        }
    }
}
