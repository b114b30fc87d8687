//! Chinese that is typed in pinyin: "wo de dingdan zai nali" is 我的订单在哪里. The words of the
//! knowledge are the dictionary; of all ways to read the letters the likeliest one counts.

use std::collections::HashSet;
use std::sync::LazyLock;

use fxhash::FxHashMap;
use pinyin::ToPinyinMulti;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Most letters of a message in pinyin, and of a syllable.
const MOST_LETTERS: usize = 120;
const SYLLABLE: usize = 6;
/// Most syllables of a word, and ways to say it.
const MOST_SYLLABLES: usize = 6;
const MOST_WAYS: usize = 8;
/// What a syllable costs that no word of the knowledge has.
const STRANGE: f32 = -16.0;
/// The share of letters that must be words of two syllables or more: any text of short words can be
/// read as single characters.
const LEAST_WORDS: f32 = 0.5;

/// Every syllable that a common character has.
static SYLLABLES: LazyLock<HashSet<String>> = LazyLock::new(|| {
    let common = ('\u{4e00}'..='\u{9fa5}').filter_map(|c| c.to_pinyin_multi());
    common.flatten().map(|syllable| latin(syllable.plain())).collect()
});

/// The words of the knowledge by how they are spelt.
pub(super) struct Pinyin {
    words: FxHashMap<String, Spelt>,
    longest: usize,
}

/// A word as it is spelt.
struct Spelt {
    word: String,
    /// The logarithm of its share of all words.
    chance: f32,
    /// Bits for the letters at which its later syllables begin.
    breaks: u32,
}

/// The best way to read the letters up to a place.
#[derive(Clone, Copy)]
struct Step<'a> {
    score: f32,
    from: usize,
    word: &'a str,
}

impl Pinyin {
    /// Knows these words, each with how often it stands in the knowledge.
    #[expect(clippy::cast_precision_loss, reason = "counts of words are far below 2^24")]
    pub(super) fn of<'a>(words: impl Iterator<Item = (&'a String, &'a u32)>) -> Self {
        let mut counts: FxHashMap<String, u32> = FxHashMap::default();
        for (word, count) in words {
            *counts.entry(word.clone()).or_default() += count;
            for character in word.chars() {
                *counts.entry(character.to_string()).or_default() += 1;
            }
        }
        let all = counts.values().sum::<u32>().max(1) as f32;
        let mut known = Self { words: FxHashMap::default(), longest: 0 };
        for (word, count) in counts {
            let chance = (count as f32 / all).ln();
            for (letters, breaks) in ways(&word) {
                known.longest = known.longest.max(letters.len());
                let spelt = Spelt { word: word.clone(), chance, breaks };
                let likelier =
                    |other: &Spelt| (chance, word.as_str()) > (other.chance, other.word.as_str());
                match known.words.get_mut(&letters) {
                    Some(other) if likelier(other) => *other = spelt,
                    Some(_) => {}
                    None => {
                        known.words.insert(letters, spelt);
                    }
                }
            }
        }
        known
    }

    /// The Chinese for words in pinyin; nothing where they are none.
    pub(super) fn read<'a>(&self, words: impl Iterator<Item = &'a str>) -> Option<String> {
        let (mut letters, mut starts) = (String::new(), vec![true]);
        for word in words {
            let word = plain(word)?;
            starts.resize(letters.len() + 1, false);
            if let Some(start) = starts.last_mut() {
                *start = true;
            }
            letters.push_str(&word);
            if letters.len() > MOST_LETTERS {
                return None;
            }
        }
        starts.resize(letters.len() + 1, false);
        self.best(&letters, &starts)
    }

    #[expect(clippy::cast_precision_loss, reason = "few letters")]
    fn best(&self, letters: &str, starts: &[bool]) -> Option<String> {
        let mut steps: Vec<Option<Step<'_>>> = vec![None; letters.len() + 1];
        *steps.first_mut()? = Some(Step { score: 0.0, from: 0, word: "" });
        for from in 0..letters.len() {
            let Some(Some(Step { score, .. })) = steps.get(from).copied() else { continue };
            for end in from + 1..=letters.len().min(from + self.longest.max(SYLLABLE)) {
                let piece = letters.get(from..end)?;
                // what is written apart are syllables apart
                let apart = (from + 1..end).filter(|at| starts.get(*at) == Some(&true));
                let apart =
                    apart.fold(0_u32, |bits, at| bits | 1_u32.wrapping_shl(shift(at - from)));
                let spelt = self.words.get(piece).filter(|spelt| apart & !spelt.breaks == 0);
                let (word, chance) = match spelt {
                    Some(spelt) => (spelt.word.as_str(), spelt.chance),
                    None if apart == 0 && SYLLABLES.contains(piece) => ("", STRANGE),
                    None => continue,
                };
                let step = Step { score: score + chance, from, word };
                let slot = steps.get_mut(end)?;
                if slot.is_none_or(|known| known.score < step.score) {
                    *slot = Some(step);
                }
            }
        }
        let (mut at, mut read, mut in_words) = (letters.len(), Vec::new(), 0);
        while at > 0 {
            let Step { from, word, .. } = (*steps.get(at)?)?;
            if word.chars().count() > 1 {
                in_words += at - from;
            }
            read.push(word);
            at = from;
        }
        read.reverse();
        let is_told = in_words as f32 >= LEAST_WORDS * letters.len() as f32;
        (in_words > 0 && is_told).then(|| read.concat())
    }
}

fn shift(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX).min(31)
}

/// How a word is spelt, with the places of its syllables.
fn ways(word: &str) -> Vec<(String, u32)> {
    let mut ways = vec![(String::new(), 0_u32)];
    if word.chars().count() > MOST_SYLLABLES {
        return Vec::new();
    }
    for character in word.chars() {
        let Some(readings) = character.to_pinyin_multi() else { return Vec::new() };
        let mut readings: Vec<String> =
            readings.into_iter().map(|reading| latin(reading.plain())).collect();
        readings.dedup();
        let mut longer = Vec::new();
        for (letters, breaks) in &ways {
            for reading in &readings {
                let begins = if letters.is_empty() { 0 } else { 1 << shift(letters.len()) };
                longer.push((format!("{letters}{reading}"), breaks | begins));
            }
        }
        longer.truncate(MOST_WAYS);
        ways = longer;
    }
    ways.retain(|(letters, _)| letters.len() < 32);
    ways
}

/// A syllable as it is typed: v stands for ü.
fn latin(syllable: &str) -> String {
    syllable.replace('ü', "v")
}

/// A word without marks and numbers of tones; nothing when other letters remain.
fn plain(word: &str) -> Option<String> {
    let mut plain = String::new();
    for c in word.replace('ü', "v").nfd() {
        match c {
            'a'..='z' => plain.push(c),
            '\u{308}' => {
                plain.pop();
                plain.push('v');
            }
            '1'..='5' if plain.ends_with(|last: char| last.is_ascii_lowercase()) => {}
            '\'' => {}
            c if is_combining_mark(c) => {}
            _ => return None,
        }
    }
    Some(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pinyin_is_read_with_the_words_of_the_knowledge() {
        let counts = [
            ("我", 50),
            ("的", 60),
            ("订单", 20),
            ("在", 20),
            ("哪里", 9),
            ("退款", 9),
            ("怎么", 12),
            ("退货", 12),
            ("优惠券", 4),
            ("还", 9),
            ("没有", 9),
            ("收到", 9),
            ("女", 1),
            ("绿色", 2),
        ];
        let counts: Vec<(String, u32)> =
            counts.into_iter().map(|(word, count)| (word.to_owned(), count)).collect();
        let pinyin = Pinyin::of(counts.iter().map(|(word, count)| (word, count)));
        for (typed, expected) in [
            ("wo de dingdan zai nali", Some("我的订单在哪里")),
            ("tuikuan", Some("退款")),
            ("tui kuan", Some("退款")),
            ("zenme tuihuo", Some("怎么退货")),
            ("youhuiquan", Some("优惠券")),
            ("wǒ de dìngdān", Some("我的订单")),
            ("wo3 de5 ding4dan1", Some("我的订单")),
            ("hai meiyou shoudao", Some("还没有收到")),
            ("lvse", Some("绿色")),
            ("lǜsè", Some("绿色")),
            // a syllable that the knowledge does not have is left out
            ("wode miao dingdan zai nali", Some("我的订单在哪里")),
            ("banana pie", None),
            ("where is my order", None),
            ("tuik uan", None),
            ("", None),
            ("wo de", None),
        ] {
            assert_eq!(pinyin.read(typed.split(' ')).as_deref(), expected, "{typed}");
        }
    }
}
