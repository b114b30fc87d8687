//! What every desk needs beside its own questions: what the bot says, small talk, the wish for a
//! person, how urgency and mood sound. It is what the sample knowledge has, but for the shop.

/// Files of the sample knowledge that say nothing of the shop but its name.
pub(super) const FILES: [(&str, &str); 7] = [
    ("categories.toml", include_str!("../../intents/categories.toml")),
    ("human.toml", include_str!("../../intents/human.toml")),
    ("labelled-en.toml", include_str!("../../intents/labelled-en.toml")),
    ("labelled-zh.toml", include_str!("../../intents/labelled-zh.toml")),
    ("replies.toml", include_str!("../../intents/replies.toml")),
    ("rules.toml", include_str!("../../intents/rules.toml")),
    ("urgency.toml", include_str!("../../intents/urgency.toml")),
];
/// Small talk, which names the shop.
pub(super) const SMALLTALK: (&str, &str) =
    ("smalltalk.toml", include_str!("../../intents/smalltalk.toml"));
/// The sample shop.
const SHOP: &str = "Lumen";

/// The files, for a shop of this name.
pub(super) fn files(shop: &str) -> Vec<(&'static str, String)> {
    let files = FILES.iter().chain([&SMALLTALK]);
    files.map(|(name, text)| (*name, text.replace(SHOP, shop))).collect()
}

/// A text as an id: its letters and digits in lower case, with hyphens between words.
pub(super) fn id_of(text: &str) -> String {
    const LONGEST: usize = 60;
    let lower = text.to_lowercase();
    let words =
        lower.split(|c: char| !(c.is_alphanumeric() || c == '_')).filter(|word| !word.is_empty());
    let mut id = String::new();
    for word in words {
        if id.chars().count() + word.chars().count() >= LONGEST {
            break;
        }
        if !id.is_empty() {
            id.push('-');
        }
        id.push_str(word);
    }
    id
}
