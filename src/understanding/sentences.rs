//! Sentences of English and Chinese text.

use unicode_segmentation::UnicodeSegmentation;

/// The sentences of a text (UAX #29), trimmed, without empty ones.
pub fn sentences(text: &str) -> impl Iterator<Item = &str> {
    let mut all = text.unicode_sentences();
    // the crate's own hint of how many there are overflows at the end
    let all = std::iter::from_fn(move || all.next());
    all.map(str::trim).filter(|sentence| !sentence.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_end_at_marks_of_either_script() {
        let all = |text| sentences(text).collect::<Vec<_>>();
        assert_eq!(all("It is $4.90. Free from $39!"), ["It is $4.90.", "Free from $39!"]);
        assert_eq!(all("每单10元。满199包邮！"), ["每单10元。", "满199包邮！"]);
        assert_eq!(all("  "), Vec::<&str>::new());
        assert_eq!(all(""), Vec::<&str>::new());
    }
}
