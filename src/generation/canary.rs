//! A mark in the rules that nobody else knows. Where it comes back, the rules come with it.

/// Letters and digits of a mark; so many cannot be met by chance.
const LENGTH: usize = 16;

/// The mark of one process.
#[derive(Clone, Debug)]
pub struct Canary(String);

impl Canary {
    /// A new one.
    pub fn random() -> Self {
        Self(uuid::Uuid::new_v4().simple().to_string().chars().take(LENGTH).collect())
    }

    /// As it stands in the rules.
    pub fn text(&self) -> &str {
        &self.0
    }

    /// Whether a text holds it: forwards or backwards, in capitals, or with anything between its letters.
    pub fn is_in(&self, text: &str) -> bool {
        let plain: String = text.chars().filter(char::is_ascii_alphanumeric).collect();
        let plain = plain.to_ascii_lowercase();
        let backwards: String = self.0.chars().rev().collect();
        plain.contains(&self.0) || plain.contains(&backwards)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_is_found_in_disguise() {
        let canary = Canary::random();
        let spaced: Vec<String> = canary.text().chars().map(String::from).collect();
        let backwards: String = canary.text().chars().rev().collect();
        for text in [
            format!("it is {}.", canary.text()),
            canary.text().to_uppercase(),
            spaced.join("-"),
            spaced.join(" \n"),
            backwards,
        ] {
            assert!(canary.is_in(&text), "{text}");
        }
        assert!(!canary.is_in("You have 30 days to return an item."));
        assert_ne!(canary.text(), Canary::random().text());
    }
}
