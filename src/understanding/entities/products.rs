//! Names of products in a message. Names and messages are cut into the same pieces (runs of letters,
//! runs of digits, single Han characters), so that "iPhone15", "iphone-15" and "iPhone 15" are one;
//! a walk through a trie of pieces finds the names. Letters may be misspelt as far as the name is
//! long; digits and Han characters are exact, for the 14 is not the 15.

use std::collections::HashMap;

use fxhash::FxHashMap;
use strsim::damerau_levenshtein;

use crate::catalog::Product;
use crate::understanding::entities::ExtractorError;
use crate::understanding::entities::folded::{Folded, is_han};
use crate::understanding::entities::rule::{Found, Source};
use crate::understanding::function_words::is_function_word;
use crate::understanding::spelling::shorten;

/// Most pieces of a name.
const MOST_PIECES: usize = 40;
/// Most characters between two pieces of a name.
const WIDEST_GAP: usize = 3;
/// Most words that a misspelt one is compared with, and most that it may stand for.
const MOST_COMPARED: usize = 200;
const MOST_MEANT: usize = 6;
/// Most ways to read the words from one place on.
const MOST_PATHS: usize = 24;

type WordId = u32;
type NodeId = u32;

/// The names of all products.
#[derive(Default)]
pub(super) struct Gazetteer {
    ids: Vec<String>,
    words: Vec<String>,
    known: FxHashMap<String, WordId>,
    /// Hashes of the words with up to two letters left out, sorted.
    shortened: Vec<(u64, WordId)>,
    edges: FxHashMap<(NodeId, WordId), NodeId>,
    names: FxHashMap<NodeId, Name>,
}

/// The end of a name.
#[derive(Clone, Copy)]
struct Name {
    product: usize,
    /// How many misspellings it may have.
    edits: usize,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Letters,
    Digits,
    /// A Han character, or a plus sign right behind a word: the S24+ is not the S24.
    Single,
}

struct Piece<'a> {
    text: &'a str,
    start: usize,
    class: Class,
    /// Whether it touches the piece before it, within what would be one word.
    is_attached: bool,
    /// Whether little enough is between it and the piece before it.
    goes_on: bool,
}

/// What a piece may stand for.
#[derive(Clone, Copy)]
struct Meaning {
    word: WordId,
    edits: usize,
    pieces: usize,
}

#[derive(Clone, Copy)]
struct Path {
    node: NodeId,
    edits: usize,
    at: usize,
}

impl Gazetteer {
    pub(super) fn new(products: &[Product]) -> Result<Self, ExtractorError> {
        let mut gazetteer = Self::default();
        for product in products {
            for name in &product.names {
                let unusable =
                    || ExtractorError::UnusableName { id: product.id.clone(), name: name.clone() };
                gazetteer.insert(name).ok_or_else(unusable)?;
            }
            gazetteer.ids.push(product.id.clone());
        }
        gazetteer.shortened.sort_unstable();
        gazetteer.shortened.dedup();
        Ok(gazetteer)
    }

    /// Adds a name of the product that comes next; its first owner keeps it.
    fn insert(&mut self, name: &str) -> Option<()> {
        let folded = Folded::new(name);
        let pieces = pieces(&folded.lower);
        if pieces.is_empty() || pieces.len() > MOST_PIECES {
            return None;
        }
        let letters = pieces.iter().filter(|piece| piece.class == Class::Letters);
        let edits = match letters.map(|piece| piece.text.chars().count()).sum() {
            0..5 => 0,
            5..9 => 1,
            _ => 2,
        };
        // "macbookpro" is known for the MacBook Pro
        let mut joined: Vec<(String, Class)> = Vec::new();
        for piece in &pieces {
            match joined.last_mut() {
                Some((word, Class::Letters)) if piece.class == Class::Letters => {
                    word.push_str(piece.text);
                }
                _ => joined.push((piece.text.to_owned(), piece.class)),
            }
        }
        let name = Name { product: self.ids.len(), edits };
        let is_shorter = joined.len() < pieces.len();
        let written = pieces.iter().map(|piece| (piece.text.to_owned(), piece.class));
        self.insert_words(written, name, true)?;
        if is_shorter { self.insert_words(joined.into_iter(), name, false) } else { Some(()) }
    }

    fn insert_words(
        &mut self,
        words: impl Iterator<Item = (String, Class)>,
        name: Name,
        may_be_misspelt: bool,
    ) -> Option<()> {
        let mut node = 0;
        for (text, class) in words {
            let word = match self.known.get(&text) {
                Some(word) => *word,
                None => self.learn(text, class == Class::Letters && may_be_misspelt)?,
            };
            let next = u32::try_from(self.edges.len() + 1).ok()?;
            node = *self.edges.entry((node, word)).or_insert(next);
        }
        self.names.entry(node).or_insert(name);
        Some(())
    }

    fn learn(&mut self, text: String, may_be_misspelt: bool) -> Option<WordId> {
        let word = WordId::try_from(self.words.len()).ok()?;
        if may_be_misspelt {
            let shortened = &mut self.shortened;
            shorten(&text, allowed(&text), &mut |hash| shortened.push((hash, word)));
        }
        self.known.insert(text.clone(), word);
        self.words.push(text);
        Some(word)
    }

    /// Finds the longest name from each word on.
    pub(super) fn find(&self, folded: &Folded<'_>, found: &mut Vec<Found>) {
        if self.words.is_empty() {
            return;
        }
        let pieces = pieces(&folded.lower);
        let mut seen: HashMap<&str, Vec<Meaning>> = HashMap::new();
        let meanings: Vec<Vec<Meaning>> = (0..pieces.len())
            .map(|at| self.meanings(pieces.get(at..).unwrap_or_default(), &mut seen))
            .collect();
        for (at, piece) in pieces.iter().enumerate() {
            if piece.is_attached {
                continue;
            }
            let Some((last, name)) = self.longest_from(at, &pieces, &meanings) else { continue };
            let (Some(end), Some(id)) = (pieces.get(last), self.ids.get(name.product)) else {
                continue;
            };
            found.push(Found {
                span: piece.start..end.start + end.text.len(),
                source: Source::Product,
                name: None,
                value: id.clone(),
            });
        }
    }

    /// The last piece of the longest name that begins at `at`; of two, the better spelt.
    fn longest_from(
        &self,
        at: usize,
        pieces: &[Piece<'_>],
        meanings: &[Vec<Meaning>],
    ) -> Option<(usize, Name)> {
        let mut best: Option<(usize, usize, Name)> = None;
        let mut paths = vec![Path { node: 0, edits: 0, at }];
        while !paths.is_empty() {
            let mut longer = Vec::new();
            for path in paths {
                let goes_on =
                    path.at == at || pieces.get(path.at).is_some_and(|piece| piece.goes_on);
                for meaning in meanings.get(path.at).filter(|_| goes_on).into_iter().flatten() {
                    let Some(node) = self.edges.get(&(path.node, meaning.word)) else { continue };
                    let next = Path {
                        node: *node,
                        edits: path.edits + meaning.edits,
                        at: path.at + meaning.pieces,
                    };
                    longer.push(next);
                    let is_whole = pieces.get(next.at).is_none_or(|piece| !piece.is_attached);
                    let name =
                        self.names.get(node).filter(|name| is_whole && next.edits <= name.edits);
                    let is_better = best.is_none_or(|(end, edits, _)| {
                        next.at > end || (next.at == end && next.edits < edits)
                    });
                    if let Some(name) = name.filter(|_| is_better) {
                        best = Some((next.at, next.edits, *name));
                    }
                }
            }
            longer.sort_by_key(|path| path.edits);
            longer.truncate(MOST_PATHS);
            paths = longer;
        }
        best.map(|(end, _, name)| (end - 1, name))
    }

    /// What the first of the pieces may stand for, alone or with the next one.
    fn meanings<'a>(
        &self,
        pieces: &[Piece<'a>],
        seen: &mut HashMap<&'a str, Vec<Meaning>>,
    ) -> Vec<Meaning> {
        let Some(piece) = pieces.first() else { return Vec::new() };
        let mut meanings = match self.known.get(piece.text) {
            Some(word) => vec![Meaning { word: *word, edits: 0, pieces: 1 }],
            None if piece.class == Class::Letters => {
                seen.entry(piece.text).or_insert_with(|| self.corrected(piece.text)).clone()
            }
            None => Vec::new(),
        };
        // "air pods" are AirPods
        let next = pieces.get(1).filter(|next| next.goes_on && next.class == Class::Letters);
        if let Some(next) = next.filter(|_| piece.class == Class::Letters) {
            let together = self.known.get(&format!("{}{}", piece.text, next.text));
            meanings.extend(together.map(|word| Meaning { word: *word, edits: 0, pieces: 2 }));
        }
        meanings
    }

    /// The known words that an unknown one may be: its singular, or those that it misspells.
    fn corrected(&self, text: &str) -> Vec<Meaning> {
        let mut singulars = ["s", "es"].iter().filter_map(|end| text.strip_suffix(end));
        let singular = singulars.find_map(|singular| self.known.get(singular));
        if let Some(word) = singular {
            return vec![Meaning { word: *word, edits: 0, pieces: 1 }];
        }
        if is_function_word(text) {
            return Vec::new();
        }
        let mut words: Vec<WordId> = Vec::new();
        shorten(text, if text.chars().count() < 6 { 1 } else { 2 }, &mut |hash| {
            let first = self.shortened.partition_point(|(known, _)| *known < hash);
            let same = self.shortened.get(first..).unwrap_or_default().iter();
            let same = same.take_while(|(known, _)| *known == hash).map(|(_, word)| *word);
            words.extend(same.take(MOST_COMPARED.saturating_sub(words.len())));
        });
        words.sort_unstable();
        words.dedup();
        let compared = words.into_iter().filter_map(|word| {
            let known = self.words.get(word as usize)?;
            let edits = damerau_levenshtein(text, known);
            let is_close = edits <= allowed(known) && may_misspell(text, known);
            is_close.then_some(Meaning { word, edits, pieces: 1 })
        });
        let mut meanings: Vec<Meaning> = compared.collect();
        meanings.sort_by_key(|meaning| meaning.edits);
        meanings.truncate(MOST_MEANT);
        meanings
    }
}

/// How many misspellings a word may have.
fn allowed(word: &str) -> usize {
    match word.chars().count() {
        0..3 => 0,
        3..8 => 1,
        _ => 2,
    }
}

/// Whether a word is a misspelling rather than another word: few mistype the first letter but by
/// swapping it, "charge" and "charged" are no charger, and a table is no tablet.
fn may_misspell(text: &str, known: &str) -> bool {
    let (mut written, mut right) = (text.chars(), known.chars());
    let (first, second) = (written.next(), written.next());
    let (right_first, right_second) = (right.next(), right.next());
    let is_swapped = first == right_second && second == right_first;
    let is_inflected = ["ed", "ing"].iter().any(|end| text.ends_with(end) && !known.ends_with(end));
    let is_stem =
        known.strip_prefix(text).is_some_and(|end| matches!(end, "er" | "or" | "r" | "t"));
    (first == right_first || is_swapped) && !is_inflected && !is_stem
}

fn pieces(lower: &str) -> Vec<Piece<'_>> {
    let mut pieces: Vec<Piece<'_>> = Vec::new();
    let mut rest = lower;
    while let Some(first) = rest.chars().next() {
        let start = lower.len() - rest.len();
        let last_end = pieces.last().map(|piece| piece.start + piece.text.len());
        let class = class_of(first, last_end == Some(start));
        let end = match class {
            Some(Class::Single) | None => first.len_utf8(),
            class => rest.find(|c| class_of(c, false) != class).unwrap_or(rest.len()),
        };
        let (text, after) = rest.split_at(end);
        rest = after;
        let Some(class) = class else { continue };
        let gap = lower.get(last_end.unwrap_or(start)..start).unwrap_or_default();
        let touches = pieces.last().is_some_and(|last| last.class != Class::Single);
        pieces.push(Piece {
            text,
            start,
            class,
            is_attached: last_end == Some(start) && touches && class != Class::Single,
            goes_on: gap.chars().count() <= WIDEST_GAP
                && gap.chars().all(|c| " -_/.'&·".contains(c)),
        });
    }
    pieces
}

fn class_of(c: char, follows_piece: bool) -> Option<Class> {
    match c {
        '+' if follows_piece => Some(Class::Single),
        c if is_han(c) => Some(Class::Single),
        c if c.is_numeric() => Some(Class::Digits),
        c if c.is_alphabetic() => Some(Class::Letters),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gazetteer(products: &[(&str, &[&str])]) -> Gazetteer {
        let product = |(id, names): &(&str, &[&str])| Product {
            id: (*id).to_owned(),
            names: names.iter().map(|name| (*name).to_owned()).collect(),
        };
        Gazetteer::new(&products.iter().map(product).collect::<Vec<_>>()).unwrap()
    }

    fn shop() -> Gazetteer {
        gazetteer(&[
            ("ip15", &["iPhone 15", "苹果15"]),
            ("ip15p", &["iPhone 15 Pro"]),
            ("mbp", &["MacBook Pro"]),
            ("pods", &["AirPods"]),
            ("watch", &["Galaxy Watch", "银河手表"]),
            ("s24", &["Galaxy S24"]),
            ("s24+", &["Galaxy S24+"]),
            ("charger", &["Charger", "充电器"]),
            ("lamp", &["Lamp"]),
            ("wh", &["WH-1000XM5"]),
            ("headphones", &["headphones"]),
        ])
    }

    fn names(gazetteer: &Gazetteer, text: &str) -> String {
        let folded = Folded::new(text);
        let mut found = Vec::new();
        gazetteer.find(&folded, &mut found);
        let shown = crate::understanding::entities::settle(found, &folded).into_iter();
        shown
            .map(|entity| format!("{}={}", entity.text, entity.value))
            .collect::<Vec<_>>()
            .join("|")
    }

    #[test]
    fn names_are_found_as_people_write_them() {
        let shop = shop();
        for (text, expected) in [
            ("my iPhone 15 broke", "iPhone 15=ip15"),
            ("my IPHONE15, iphone-15", "IPHONE15=ip15|iphone-15=ip15"),
            ("ｉＰｈｏｎｅ　１５", "ｉＰｈｏｎｅ　１５=ip15"),
            ("iphone 15 pro", "iphone 15 pro=ip15p"),
            ("我的苹果15坏了", "苹果15=ip15"),
            ("我的iPhone 15坏了", "iPhone 15=ip15"),
            ("macbookpro and mac book pro", "macbookpro=mbp|mac book pro=mbp"),
            ("air pods", "air pods=pods"),
            ("galaxy s24+ or galaxy s24", "galaxy s24+=s24+|galaxy s24=s24"),
            ("my sony wh1000xm5", "wh1000xm5=wh"),
            ("two lamps, galaxy watches", "lamps=lamp|galaxy watches=watch"),
            ("银河手表充电器", "银河手表=watch|充电器=charger"),
        ] {
            assert_eq!(names(&shop, text), expected, "{text}");
        }
    }

    #[test]
    fn misspellings_count_by_the_length_of_the_name() {
        let shop = shop();
        for (text, expected) in [
            ("ipohne 15", "ipohne 15=ip15"),
            ("pihone 15", "pihone 15=ip15"),
            ("ihone 15", "ihone 15=ip15"),
            ("hedphnes", "hedphnes=headphones"),
            ("galxy wacth", "galxy wacth=watch"),
            ("chargr", "chargr=charger"),
            ("ipohen 15", ""),
            ("lammp", ""),
            ("hdphns", ""),
        ] {
            assert_eq!(names(&shop, text), expected, "{text}");
        }
    }

    #[test]
    fn what_only_looks_like_a_name_is_none() {
        let shop = shop();
        for text in [
            "iphone",
            "iphone 14",
            "iphone 150",
            "xiphone 15",
            "iphone 15x",
            "iphone, 15",
            "I was charged twice",
            "free of charge",
            "clamp lampshade",
            "银河 表",
            "2 in 1, 24/7, 100%",
        ] {
            assert_eq!(names(&shop, text), "", "{text}");
        }
    }

    #[test]
    fn a_name_without_words_is_refused() {
        for name in ["", "+++", &"长".repeat(41)] {
            let product = Product { id: "p".to_owned(), names: vec![name.to_owned()] };
            assert!(Gazetteer::new(&[product]).is_err(), "{name}");
        }
    }

    #[test]
    fn ten_thousand_names_are_told_apart() {
        let makers = ["samsung", "philips", "panasonic", "logitech", "sennheiser"];
        let products: Vec<Product> = (0..10_000)
            .map(|at| Product {
                id: at.to_string(),
                names: vec![format!("{} model {at}", makers[at % makers.len()])],
            })
            .collect();
        let gazetteer = Gazetteer::new(&products).unwrap();
        assert_eq!(names(&gazetteer, "a sennhieser modle 1234?"), "sennhieser modle 1234=1234");
        let long = "samsnug model ".repeat(1_170);
        assert_eq!(names(&gazetteer, &long), "");
    }
}
