//! Features of a message for everything that learns: stems, pairs of stems (neighbours, and with
//! one word between), the first and the last stem, and character n-grams, weighted by TF-IDF (Salton and Buckley 1988, logarithmic term frequency,
//! smoothed inverse document frequency). Features are 64-bit hashes: no string is kept.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hash, Hasher};
use std::ops::RangeInclusive;

use fxhash::FxHasher;

use crate::understanding::function_words::is_function_word;
use crate::understanding::tokenise::Tokens;

/// Words and characters are weighted and normalised apart, so that neither drowns the other.
const BLOCKS: usize = 2;
const WORDS: usize = 0;
const CHARACTERS: usize = 1;
/// The weight of the words beside the characters' 1.
const WORDS_WEIGHT: f32 = 0.8;

/// What a message consists of, counted.
#[derive(Clone, Debug, Default)]
pub(super) struct Counts {
    blocks: [Vec<(u64, u16)>; BLOCKS],
}

/// A sparse vector of unit length, or empty.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Vector {
    /// Columns, ascending.
    pub(super) columns: Vec<u32>,
    /// Values, one for each column.
    pub(super) values: Vec<f32>,
}

impl Vector {
    /// Columns with their values.
    pub(super) fn iter(&self) -> impl Iterator<Item = (u32, f32)> + '_ {
        self.columns.iter().copied().zip(self.values.iter().copied())
    }
}

/// Weights of the features, learned from the messages of one task.
#[derive(Clone, Debug, Default)]
pub(super) struct Vectoriser {
    columns: Columns,
    /// The inverse document frequencies of the columns, up to the last that is in two messages.
    frequencies: Vec<f32>,
    /// The inverse document frequency of what was seen once.
    once: f32,
    /// The inverse document frequency of what was never seen.
    rarest: f32,
}

impl Counts {
    /// Counts the features of a message.
    pub(super) fn of(tokens: &Tokens) -> Self {
        let mut words = Vec::with_capacity(tokens.words.len() * 2);
        let mut characters = Vec::with_capacity(tokens.words.len() * 16);
        for word in &tokens.words {
            words.push(hash_of(&(1_u8, &word.stem)));
        }
        for pair in tokens.words.windows(2) {
            if let [first, second] = pair {
                words.push(hash_of(&(2_u8, &first.stem, &second.stem)));
            }
        }
        for three in tokens.words.windows(3) {
            if let [first, middle, last] = three
                && !(first.is_han || middle.is_han)
            {
                words.push(hash_of(&(3_u8, &first.stem, &last.stem)));
            }
        }
        words.extend(tokens.words.first().map(|first| hash_of(&(4_u8, &first.stem))));
        words.extend(tokens.words.last().map(|last| hash_of(&(5_u8, &last.stem))));
        let mut run = String::new();
        for word in &tokens.words {
            if word.is_han {
                run.push_str(&word.surface);
            } else {
                han_grams(&mut run, &mut characters);
                word_grams(&word.surface, &mut characters);
            }
        }
        han_grams(&mut run, &mut characters);
        Self { blocks: [counted(words), counted(characters)] }
    }
}

/// The features of a message in words: what each key stands for. The keys are those of
/// [`Counts::of`].
pub(super) fn named(tokens: &Tokens) -> HashMap<u64, String> {
    let mut names = HashMap::new();
    let words = &tokens.words;
    for word in words {
        names.insert(word_key(&word.stem), word.stem.clone());
    }
    for (first, second) in words.iter().zip(words.iter().skip(1)) {
        let key = hash_of(&(2_u8, &first.stem, &second.stem));
        names.insert(key, format!("{} {}", first.stem, second.stem));
    }
    for (first, last) in words.iter().zip(words.iter().skip(2)) {
        let key = hash_of(&(3_u8, &first.stem, &last.stem));
        names.insert(key, format!("{} … {}", first.stem, last.stem));
    }
    if let (Some(first), Some(last)) = (words.first(), words.last()) {
        names.insert(hash_of(&(4_u8, &first.stem)), format!("{} at the start", first.stem));
        names.insert(hash_of(&(5_u8, &last.stem)), format!("{} at the end", last.stem));
    }
    let mut run = String::new();
    for word in words {
        if word.is_han {
            run.push_str(&word.surface);
        } else {
            name_grams(&std::mem::take(&mut run), 1..=2, &mut names);
            name_grams(&word.surface, 2..=5, &mut names);
        }
    }
    name_grams(&run, 1..=2, &mut names);
    names
}

fn name_grams(text: &str, sizes: RangeInclusive<usize>, names: &mut HashMap<u64, String>) {
    if text.is_empty() {
        return;
    }
    let bordered: Vec<char> = std::iter::once(' ').chain(text.chars()).chain([' ']).collect();
    for size in sizes {
        for gram in bordered.windows(size) {
            let shown: String = gram.iter().map(|c| if *c == ' ' { '·' } else { *c }).collect();
            names.insert(gram_key(gram), format!("‹{shown}›"));
        }
    }
}

/// The column key of a single word, for telling which words spoke for a class.
pub(super) fn word_key(stem: &str) -> u64 {
    hash_of(&(1_u8, stem))
}

/// What a probability is multiplied by when this share of a message's words is known: of unknown words
/// every other one is a different word for something known. On labelled messages of which no word
/// was known, what was found was right about half as often as on others.
pub(super) fn trust(known: f32) -> f32 {
    f32::midpoint(1.0, known)
}

/// The character n-grams of a single word that tell it from others: pairs of Han characters, and
/// three to five letters with the word's borders.
pub(super) fn telling_grams(word: &str, is_han: bool) -> Vec<u64> {
    let mut out = Vec::new();
    if is_han {
        let characters: Vec<char> = word.chars().collect();
        out.extend(characters.windows(2).map(gram_key));
    } else {
        grams(word, 3..=5, &mut out);
    }
    out
}

/// Single characters and pairs of a run of Han text, with its borders.
fn han_grams(run: &mut String, out: &mut Vec<u64>) {
    if !run.is_empty() {
        grams(&std::mem::take(run), 1..=2, out);
    }
}

/// N-grams of a word with its borders, which tell a prefix from the middle.
fn word_grams(word: &str, out: &mut Vec<u64>) {
    grams(word, 2..=5, out);
}

fn grams(text: &str, sizes: RangeInclusive<usize>, out: &mut Vec<u64>) {
    let bordered: Vec<char> = std::iter::once(' ').chain(text.chars()).chain([' ']).collect();
    for size in sizes {
        out.extend(bordered.windows(size).map(gram_key));
    }
}

fn gram_key(gram: &[char]) -> u64 {
    hash_of(&(6_u8, gram))
}

fn hash_of(value: &impl Hash) -> u64 {
    let mut hasher = FxHasher::default();
    value.hash(&mut hasher);
    hasher.finish()
}

fn counted(mut keys: Vec<u64>) -> Vec<(u64, u16)> {
    keys.sort_unstable();
    let mut out: Vec<(u64, u16)> = Vec::with_capacity(keys.len());
    for key in keys {
        match out.last_mut() {
            Some((last, count)) if *last == key => *count = count.saturating_add(1),
            _ => out.push((key, 1)),
        }
    }
    out
}

impl Vectoriser {
    /// Learns the weights from `messages`.
    #[expect(clippy::cast_precision_loss, reason = "counts of messages are far below 2^24")]
    pub(super) fn fit<'a>(messages: impl Iterator<Item = &'a Counts>) -> Self {
        let mut frequency: HashMap<u64, u32, BuildHasherDefault<FxHasher>> = HashMap::default();
        let mut total = 0_u32;
        for message in messages {
            total += 1;
            for (key, _) in message.blocks.iter().flatten() {
                *frequency.entry(*key).or_default() += 1;
            }
        }
        let mut keys: Vec<(u64, u32)> = frequency.into_iter().collect();
        // the frequent ones first: their weights lie together, and those of one message at the end
        keys.sort_unstable_by_key(|(key, seen)| (std::cmp::Reverse(*seen), *key));
        let weigh = |seen: u32| ((1.0 + total as f32) / (1.0 + seen as f32)).ln() + 1.0;
        let often = keys.iter().map(|(_, seen)| *seen).take_while(|seen| *seen > 1);
        let frequencies = often.map(weigh).collect();
        let columns = Columns::of(keys.len(), keys.into_iter().map(|(key, _)| key));
        Self { columns, frequencies, once: weigh(1), rarest: weigh(0) }
    }

    /// How many features there are.
    pub(super) fn len(&self) -> usize {
        self.columns.count
    }

    /// The inverse document frequency of what was never seen.
    pub(super) fn rarest(&self) -> f32 {
        self.rarest
    }

    /// The column of a feature with its inverse document frequency.
    pub(super) fn column(&self, key: u64) -> Option<(u32, f32)> {
        let column = self.columns.get(key)?;
        let idf = self.frequencies.get(column as usize).copied().unwrap_or(self.once);
        Some((column, idf))
    }

    /// The features of a message that were learned, with their keys and columns.
    pub(super) fn columns<'a>(
        &'a self,
        message: &'a Counts,
    ) -> impl Iterator<Item = (u64, u32)> + 'a {
        let keys = message.blocks.iter().flatten().map(|(key, _)| *key);
        keys.filter_map(|key| Some((key, self.columns.get(key)?)))
    }

    /// The message as a vector; features that were not learned are left out.
    pub(super) fn vector(&self, message: &Counts) -> Vector {
        let mut pairs: Vec<(u32, f32)> = Vec::new();
        for (block, weight) in [(WORDS, WORDS_WEIGHT), (CHARACTERS, 1.0)] {
            let Some(counts) = message.blocks.get(block) else { continue };
            let start = pairs.len();
            for (key, count) in counts {
                if let Some((column, idf)) = self.column(*key) {
                    pairs.push((column, (1.0 + f32::from(*count).ln()) * idf));
                }
            }
            scale(pairs.get_mut(start..).unwrap_or_default(), weight);
        }
        scale(&mut pairs, 1.0);
        pairs.sort_unstable_by_key(|(column, _)| *column);
        let (columns, values) = pairs.into_iter().unzip();
        Vector { columns, values }
    }

    /// The share of the message's telling words that were seen in training, weighed by their rarity.
    /// An unknown word counts as far as its characters are known: a misspelt word resembles known
    /// ones, a word about something else does not. 1 when no word tells anything.
    #[expect(clippy::cast_precision_loss, reason = "a word has few n-grams")]
    pub(super) fn known_share(&self, tokens: &Tokens) -> f32 {
        let (mut known, mut all) = (0.0_f32, 0.0_f32);
        for word in tokens.words.iter().filter(|word| !is_function_word(&word.stem)) {
            if let Some((_, idf)) = self.column(word_key(&word.stem)) {
                all += idf;
                known += idf;
                continue;
            }
            let grams = telling_grams(&word.surface, word.is_han);
            let seen = grams.iter().filter(|gram| self.columns.get(**gram).is_some()).count();
            all += self.rarest;
            known += self.rarest * seen as f32 / grams.len().max(1) as f32;
        }
        if all > 0.0 { known / all } else { 1.0 }
    }

    /// The share of the message's word weight that was learned: 1 when every word is known.
    pub(super) fn coverage(&self, message: &Counts) -> f32 {
        let (mut known, mut all) = (0.0_f32, 0.0_f32);
        for (key, _) in message.blocks.get(WORDS).into_iter().flatten() {
            all += 1.0;
            known += f32::from(u8::from(self.columns.get(*key).is_some()));
        }
        if all > 0.0 { known / all } else { 0.0 }
    }
}

/// The columns of keys. Of a key only half is kept, beside its place in the table: that a key which was
/// never seen is taken for another happens once in a thousand million times.
#[derive(Clone, Debug, Default)]
struct Columns {
    /// Halves of keys with their columns; two of three places are taken.
    places: Vec<(u32, u32)>,
    count: usize,
}

/// The column of a place that is free.
const FREE: u32 = u32::MAX;

impl Columns {
    /// Numbers keys in their order.
    fn of(count: usize, keys: impl Iterator<Item = u64>) -> Self {
        let mut columns = Self { places: vec![(0, FREE); count + count / 2 + 1], count };
        for (column, key) in (0..).zip(keys) {
            let mut at = columns.first_place(key);
            while columns.places.get(at).is_some_and(|(_, taken)| *taken != FREE) {
                at = columns.next_place(at);
            }
            if let Some(place) = columns.places.get_mut(at) {
                *place = (half(key), column);
            }
        }
        columns
    }

    fn get(&self, key: u64) -> Option<u32> {
        let mut at = self.first_place(key);
        loop {
            match self.places.get(at) {
                None | Some((_, FREE)) => return None,
                Some((kept, column)) if *kept == half(key) => return Some(*column),
                Some(_) => at = self.next_place(at),
            }
        }
    }

    /// Where the search for a key begins: its high bits, stretched over the table.
    #[expect(clippy::cast_possible_truncation, reason = "less than the places")]
    fn first_place(&self, key: u64) -> usize {
        ((u128::from(key) * self.places.len() as u128) >> 64) as usize
    }

    fn next_place(&self, at: usize) -> usize {
        if at + 1 < self.places.len() { at + 1 } else { 0 }
    }
}

/// The low half of a key.
#[expect(clippy::cast_possible_truncation, reason = "the low half")]
fn half(key: u64) -> u32 {
    key as u32
}

/// Gives the vector this length.
fn scale(pairs: &mut [(u32, f32)], to: f32) {
    let length = pairs.iter().map(|(_, value)| value * value).sum::<f32>().sqrt();
    if length > 0.0 {
        for (_, value) in pairs {
            *value *= to / length;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::understanding::tokenise::tokenise;

    #[test]
    fn every_key_has_its_column_and_others_have_none() {
        let key = |at: u64| hash_of(&(6_u8, at));
        for count in [0, 1, 2, 3, 1_000, 100_000] {
            let columns = Columns::of(usize::try_from(count).unwrap(), (0..count).map(key));
            for at in 0..count {
                assert_eq!(columns.get(key(at)).map(u64::from), Some(at));
            }
            assert!((count..count + 100_000).all(|at| columns.get(key(at)).is_none()));
        }
    }

    #[test]
    fn every_feature_has_a_name() {
        for text in
            ["", "refund", "Where is my parcel?", "我的iPhone 15能退吗", "退货 and 换货 b c d"]
        {
            let tokens = tokenise(text);
            let names = named(&tokens);
            for (key, _) in Counts::of(&tokens).blocks.iter().flatten() {
                assert!(names.contains_key(key), "{text}");
            }
        }
    }
}
