//! Cuts Han text into words: of all ways to cut it into words of a dictionary, the one that is likeliest
//! by their frequencies (Sun Junyi's jieba, without its guesses at words that it does not have).
//!
//! Our own, because the dictionary lies in the binary as it is searched, 6 MB of which the system reads
//! what is touched: the crate builds a table of 31 MB at every start. The test holds both to the
//! same cuts. `segment/words.bin`: the sum of all frequencies as u64, then a double-array trie (`yada`)
//! of the words of jieba's `dict.txt` that are Han throughout, each with its frequency.

use std::sync::LazyLock;

use yada::DoubleArray;

/// Bytes before the trie.
const HEADER: usize = 8;

static FILE: &[u8] = include_bytes!("segment/words.bin");
static DICTIONARY: LazyLock<Dictionary> = LazyLock::new(Dictionary::new);

struct Dictionary {
    words: Option<DoubleArray<&'static [u8]>>,
    /// The logarithm of the sum of all frequencies.
    all: f64,
}

impl Dictionary {
    #[expect(clippy::cast_precision_loss, reason = "a sum below 2^53")]
    fn new() -> Self {
        let (sum, words) = FILE.split_at_checked(HEADER).unwrap_or_default();
        let sum = sum.try_into().map_or(1, u64::from_le_bytes);
        Self { words: DoubleArray::new(words).ok(), all: (sum as f64).ln() }
    }

    /// The logarithms of the frequencies of the words with which `text` begins, shortest first, with
    /// their lengths in bytes.
    fn words_at<'a>(&'a self, text: &'a str) -> impl Iterator<Item = (f64, usize)> + 'a {
        let words = self.words.iter().flat_map(move |words| words.common_prefix_search(text));
        words.map(move |(frequency, length)| (f64::from(frequency).ln() - self.all, length))
    }
}

/// Loads the dictionary.
pub(super) fn warm_up() {
    LazyLock::force(&DICTIONARY);
}

/// How the rest of a text is cut best: the logarithm of its probability, and where its first word ends.
#[derive(Clone, Copy, Default)]
struct Cut {
    probability: f64,
    end: usize,
}

/// The words of a run of Han characters.
pub(super) fn cut(run: &str) -> Vec<&str> {
    let dictionary = &*DICTIONARY;
    let mut cuts = vec![Cut::default(); run.len() + 1];
    for (at, c) in run.char_indices().rev() {
        let after = |end: usize| cuts.get(end).map_or(0.0, |cut| cut.probability);
        let rest = run.get(at..).unwrap_or_default();
        let mut best: Option<Cut> = None;
        for (probability, length) in dictionary.words_at(rest) {
            let end = at + length;
            let probability = probability + after(end);
            // of two that are alike the longer one
            if best.is_none_or(|best| probability >= best.probability) {
                best = Some(Cut { probability, end });
            }
        }
        let end = at + c.len_utf8();
        // a character that no word begins with stands alone, as if it had been seen once
        let alone = Cut { probability: after(end) - dictionary.all, end };
        if let Some(cut) = cuts.get_mut(at) {
            *cut = best.unwrap_or(alone);
        }
    }
    let mut words = Vec::new();
    let mut at = 0;
    while let Some(word) = cuts.get(at).and_then(|cut| run.get(at..cut.end)) {
        if word.is_empty() {
            break;
        }
        words.push(word);
        at += word.len();
    }
    words
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::sync::LazyLock;

    use jieba_rs::Jieba;
    use proptest::prelude::*;

    use super::*;
    use crate::understanding::tokenise::is_han;

    static JIEBA: LazyLock<Jieba> = LazyLock::new(Jieba::new);
    /// Han characters of the knowledge, as often as they stand there.
    static FREQUENT: LazyLock<Vec<char>> =
        LazyLock::new(|| knowledge().chars().filter(|c| is_han(*c)).collect());

    fn knowledge() -> String {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("intents");
        let files = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
        let texts = files.filter(|file| file.extension().is_some_and(|end| end == "toml"));
        texts.map(|file| std::fs::read_to_string(file).unwrap()).collect()
    }

    fn by_jieba(run: &str) -> Vec<&str> {
        JIEBA.cut(run, false).into_iter().map(|token| token.word).collect()
    }

    #[test]
    fn the_knowledge_is_cut_as_jieba_cuts_it() {
        let text = knowledge();
        let runs: Vec<&str> = text.split(|c| !is_han(c)).filter(|run| !run.is_empty()).collect();
        assert!(runs.len() > 5_000, "{}", runs.len());
        for run in runs {
            assert_eq!(cut(run), by_jieba(run));
        }
        assert_eq!(cut("我的订单什么时候发货"), ["我", "的", "订单", "什么", "时候", "发货"]);
        assert_eq!(cut(""), Vec::<&str>::new());
    }

    /// How the file is made: with jieba's `dict.txt` in the folder for temporary files,
    /// `cargo test --lib -- --ignored segment`.
    #[test]
    #[ignore = "needs jieba's dict.txt in the folder for temporary files"]
    fn the_file_is_made_of_jiebas_dictionary() {
        let dictionary = std::env::temp_dir().join("dict.txt");
        let text = std::fs::read_to_string(dictionary).unwrap();
        let word = |line: &'static str| {
            let mut parts = line.split_ascii_whitespace();
            let frequency = |part: &str| part.parse::<u32>().unwrap();
            (parts.next().unwrap(), parts.next().map_or(0, frequency))
        };
        let mut words: Vec<(&str, u32)> = text.leak().lines().map(word).collect();
        let sum: u64 = words.iter().map(|(_, frequency)| u64::from(*frequency)).sum();
        words.sort_unstable();
        words.dedup_by_key(|(word, _)| *word);
        words.retain(|(word, _)| word.chars().all(|c| matches!(c, '\u{4e00}'..='\u{9fff}')));
        let trie = yada::builder::DoubleArrayBuilder::build(&words).unwrap();
        assert!([sum.to_le_bytes().as_slice(), &trie].concat() == FILE);
    }

    proptest! {
        #[test]
        fn any_run_is_cut_as_jieba_cuts_it(
            frequent in prop::collection::vec(any::<prop::sample::Index>(), 0..12),
            any in "[\u{3007}\u{3400}-\u{3402}\u{4e00}-\u{9fff}\u{f900}-\u{f903}]{0,6}",
        ) {
            let characters = FREQUENT.as_slice();
            let run: String = frequent.iter().map(|at| *at.get(characters)).collect();
            for run in [format!("{run}{any}"), format!("{any}{run}")] {
                prop_assert_eq!(cut(&run), by_jieba(&run));
                prop_assert_eq!(cut(&run).concat(), run);
            }
        }
    }
}
