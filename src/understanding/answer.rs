//! Which FAQ entries answer a message, and how probably: the search's scores, weighed, and turned
//! into probabilities by what the knowledge itself shows. Every phrasing is asked as if it were
//! not there (does its entry still come first?), and some as if their whole entry were not there.
//!
//! There are two rankings: by words alone, and by words and meaning for messages that an encoder
//! read. Both give probabilities, so that whoever decides need not know which it was.

use std::collections::HashMap;
use std::sync::Arc;

use rayon::prelude::*;

use crate::domain::Matched;
use crate::understanding::audience::Hidden;
use crate::understanding::calibrate::{Logistic, Observed};
use crate::understanding::encode::Meaning;
use crate::understanding::features::trust;
use crate::understanding::lexicon::Lexicon;
use crate::understanding::matched::{Nearest, Sentences, matched};
use crate::understanding::prepared::Prepared;
use crate::understanding::rank::{BY_MEANING, BY_WORDS, Ranked, by_meaning, by_words, features};
use crate::understanding::retrieve::{Document, FaqIndex, Found, Kind, SearchError};
use crate::understanding::similar::SimilarityIndex;
use crate::understanding::spots::Spot;
use crate::understanding::synonyms::Synonyms;

/// How many entries are given at most.
const GIVEN: usize = 10;
/// How many phrasings are asked for learning at most.
const ASKED: usize = 1200;
/// Every so many phrasings, one is asked without its whole entry.
const UNKNOWN: usize = 3;
/// How many messages that no entry answers are asked at most.
const STRANGERS: usize = 300;
/// The weight of what was talked about last in a follow-up.
const TOPIC_WEIGHT: f32 = 0.4;
/// For how many observations what is known beforehand counts.
const KNOWN_STRENGTH: f32 = 60.0;

/// Finds entries.
pub struct Answerer {
    index: Arc<FaqIndex>,
    synonyms: Synonyms,
    odds: Logistic<4>,
    meaning: Option<ByMeaning>,
    sentences: Sentences,
}

/// What is there beside words.
struct ByMeaning {
    similar: SimilarityIndex,
    odds: Logistic<4>,
}

/// A ranking with what makes its probabilities.
pub(super) struct TakenApart {
    /// The entries, likeliest first.
    pub(super) ranked: Vec<Ranked>,
    /// The features of each.
    pub(super) features: Vec<[f32; 4]>,
    /// The odds by these features.
    pub(super) odds: Logistic<4>,
    /// The factor for the share of the words that the knowledge knows.
    pub(super) known: f32,
}

impl Answerer {
    /// Indexes `documents` and learns how far to believe the scores. `meanings` are those of the
    /// documents; none where there is no encoder. `strangers` are messages that no entry answers:
    /// beside questions whose entry is left out, which are near misses, they show how far away is
    /// too far.
    pub fn train(
        documents: Vec<Document>,
        meanings: Option<Vec<Meaning>>,
        strangers: &[&Prepared],
    ) -> Result<Self, SearchError> {
        Self::train_with(documents, meanings, strangers, &Synonyms::default(), None)
    }

    /// The same of documents that are read with synonyms, and where the same ones were indexed before,
    /// with their `index`.
    pub(super) fn train_with(
        documents: Vec<Document>,
        meanings: Option<Vec<Meaning>>,
        strangers: &[&Prepared],
        synonyms: &Synonyms,
        index: Option<Arc<FaqIndex>>,
    ) -> Result<Self, SearchError> {
        let (documents, meanings) = sentences_last(documents, meanings);
        let similar = meanings.map(|meanings| SimilarityIndex::build(&documents, &meanings));
        let index = match index {
            Some(index) => index,
            None => Arc::new(FaqIndex::build(documents, synonyms)?),
        };
        let synonyms = synonyms.clone();
        let sentences = Sentences::default();
        let mut answerer = Self { index, synonyms, odds: BY_WORDS, meaning: None, sentences };
        answerer.odds = BY_WORDS.fitted(&answerer.ask_all(strangers), KNOWN_STRENGTH).as_in_life();
        if let Some(similar) = similar {
            answerer.meaning = Some(ByMeaning { similar, odds: BY_MEANING });
            let observed = answerer.ask_all(strangers);
            if let Some(meaning) = &mut answerer.meaning {
                meaning.odds = BY_MEANING.fitted(&observed, KNOWN_STRENGTH).as_in_life();
            }
        }
        Ok(answerer)
    }

    /// The entries that may answer, likeliest first.
    pub fn rank(&self, message: &Prepared) -> Result<Vec<Ranked>, SearchError> {
        self.rank_shown(message, &Hidden::default())
    }

    /// The same without hidden entries.
    pub(super) fn rank_shown(
        &self,
        message: &Prepared,
        hidden: &Hidden,
    ) -> Result<Vec<Ranked>, SearchError> {
        let (ranked, known) = self.order(message, |_| false, hidden)?;
        Ok(self.judge(ranked, message, known))
    }

    /// Which text of an entry that was found is nearest to the message, whose words are `said`, and
    /// which words both have.
    pub(super) fn matched(
        &self,
        message: &Prepared,
        said: &[Spot],
        found: &Ranked,
    ) -> Option<Matched> {
        let known = self.meaning.as_ref();
        let by_meaning: Option<Nearest> =
            known.and_then(|known| known.similar.nearest(message, found.entry));
        let nearest = by_meaning.or(found.by_words)?;
        let document = self.index.documents().get(nearest.document())?;
        matched(said, nearest, &self.sentences.of(nearest, &document.text))
    }

    /// The entries that may answer, with what makes their probabilities.
    pub(super) fn take_apart(
        &self,
        message: &Prepared,
        hidden: &Hidden,
    ) -> Result<TakenApart, SearchError> {
        let (ordered, known) = self.order(message, |_| false, hidden)?;
        let features = features(&ordered);
        let by_meaning = self.meaning.as_ref().filter(|_| message.meaning.is_some());
        let (odds, factor) =
            by_meaning.map_or((self.odds, known), |by_meaning| (by_meaning.odds, trust(known)));
        let ranked = self.judge(ordered, message, known);
        Ok(TakenApart { ranked, features, odds, known: factor })
    }

    /// A question of the knowledge as a message, and the entry to which it belongs.
    pub(super) fn question(&self, question: &str) -> (Prepared, Option<usize>) {
        let is_meant = |document: &Document| document.text == question;
        let at = self.index.documents().iter().position(is_meant);
        let entry = at.and_then(|at| self.index.documents().get(at)).map(|document| document.entry);
        let meaning = self.meaning.as_ref().and_then(|known| known.similar.meaning(at?));
        let meaning = meaning.map(Arc::new);
        (Prepared::of(&self.synonyms.read(question)).with_meaning(meaning), entry)
    }

    /// The entries that may answer a follow-up: what the message says counts fully, what was
    /// talked about last counts less than half. The entry that was `given` already is no nearer to that than
    /// the next: who asks on may want more of it, or something else.
    pub(super) fn rank_follow_up(
        &self,
        message: &Prepared,
        about: &Prepared,
        given: Option<usize>,
        hidden: &Hidden,
    ) -> Result<Vec<Ranked>, SearchError> {
        let mut about: HashMap<usize, f32> = if self.reads(message) == self.reads(about) {
            let (about, _) = self.order(about, |_| false, hidden)?;
            about.into_iter().map(|entry| (entry.entry, entry.score)).collect()
        } else {
            HashMap::new()
        };
        if let Some(given) = given {
            about.remove(&given);
            let most = about.values().copied().fold(0.0, f32::max);
            about.insert(given, most);
        }
        let (mut ranked, known) = self.order(message, |_| false, hidden)?;
        for entry in &mut ranked {
            entry.score += TOPIC_WEIGHT * about.get(&entry.entry).copied().unwrap_or_default();
        }
        ranked.sort_by(Ranked::best_first);
        Ok(self.judge(ranked, message, known))
    }

    /// The words of all documents; whoever reads messages takes them. None where the index is not this
    /// one's alone.
    pub fn take_lexicon(&mut self) -> Lexicon {
        Arc::get_mut(&mut self.index).map(FaqIndex::take_lexicon).unwrap_or_default()
    }

    /// The index of the documents' words.
    pub(super) fn index(&self) -> Arc<FaqIndex> {
        Arc::clone(&self.index)
    }

    /// Whether entries are ranked by what the message means.
    fn reads(&self, message: &Prepared) -> bool {
        self.meaning.is_some() && message.meaning.is_some()
    }

    /// Entries by score, best first, and the share of the message's words that the knowledge knows.
    fn order(
        &self,
        message: &Prepared,
        without: impl Fn(usize) -> bool,
        hidden: &Hidden,
    ) -> Result<(Vec<Ranked>, f32), SearchError> {
        let found: Found = self.index.search(message, &without, hidden)?;
        let ranked = match &self.meaning {
            Some(known) if message.meaning.is_some() => {
                let also: Vec<usize> = found.candidates.iter().map(|found| found.entry).collect();
                let similar = known.similar.search(message, &also, &without, hidden);
                by_meaning(&found, &similar, message.tokens.language)
            }
            _ => by_words(&found),
        };
        Ok((ranked, found.known))
    }

    /// The best of the entries with their probabilities. By words alone, an entry can only answer
    /// what the knowledge has words for: the probability counts for the share that is known. By
    /// meaning, unknown words may be other words for the same, and count half.
    fn judge(&self, mut ranked: Vec<Ranked>, message: &Prepared, known: f32) -> Vec<Ranked> {
        let by_meaning = self.meaning.as_ref().filter(|_| message.meaning.is_some());
        let (odds, known) =
            by_meaning.map_or((&self.odds, known), |by_meaning| (&by_meaning.odds, trust(known)));
        let features = features(&ranked);
        ranked.truncate(GIVEN);
        for (entry, features) in ranked.iter_mut().zip(&features) {
            entry.confidence = odds.probability(features) * known;
        }
        // what stands behind another is not likelier than it
        let mut most = 1.0_f32;
        for entry in &mut ranked {
            most = most.min(entry.confidence);
            entry.confidence = most;
        }
        share_out(&mut ranked, message.tokens.are_bare());
        ranked
    }

    fn ask_all(&self, strangers: &[&Prepared]) -> Vec<Observed<4>> {
        let documents = self.index.documents();
        let phrasings: Vec<usize> = documents
            .iter()
            .enumerate()
            .filter(|(at, document)| {
                // the first phrasing is the question itself, which the passage holds as well
                let before = at.checked_sub(1).and_then(|at| documents.get(at));
                let is_first = before.is_none_or(|before| {
                    before.entry != document.entry || before.language != document.language
                });
                document.kind == Kind::Phrasing && !is_first
            })
            .map(|(at, _)| at)
            .collect();
        let stride = phrasings.len().div_ceil(ASKED).max(1);
        let asked: Vec<(usize, usize)> =
            phrasings.into_iter().step_by(stride).enumerate().collect();
        let mut observed: Vec<Observed<4>> = asked
            .into_par_iter()
            .flat_map_iter(|(turn, at)| self.ask(at, turn % UNKNOWN == 0))
            .collect();
        // where little is known of what is asked, strangers alone would teach that nothing is right
        let most = STRANGERS.min(observed.len() / 2);
        let Some(stride) = strangers.len().checked_div(most) else { return observed };
        let stride = stride.max(1);
        let strange = strangers.par_iter().step_by(stride).filter_map(|stranger| {
            let (ranked, _) = self.order(stranger, |_| false, &Hidden::default()).ok()?;
            Some((*features(&ranked).first()?, false))
        });
        observed.par_extend(strange);
        observed
    }

    /// Asks the phrasing at `at` as if it, or its whole entry, were not there.
    fn ask(&self, at: usize, is_unknown: bool) -> Vec<Observed<4>> {
        let documents = self.index.documents();
        let Some(own) = documents.get(at) else { return vec![] };
        let meaning = self.meaning.as_ref().and_then(|known| known.similar.meaning(at));
        let message = Prepared::of(&self.synonyms.read(&own.text));
        let message = message.with_meaning(meaning.map(Arc::new));
        let is_own = |other: usize| documents.get(other).is_some_and(|d| d.entry == own.entry);
        // sentences stand behind the documents of the index
        let is_sentence = |other: usize| other >= documents.len();
        let without =
            |other: usize| other == at || (is_unknown && (is_own(other) || is_sentence(other)));
        let Ok((ranked, _)) = self.order(&message, without, &Hidden::default()) else {
            return vec![];
        };
        let features = features(&ranked);
        ranked.iter().zip(features).take(2).map(|(r, f)| (f, r.entry == own.entry)).collect()
    }
}

/// Makes the probabilities sum to 1 at most. The first was calibrated as the first, so the others
/// share what it leaves; but who only names a thing has not said which of its entries is meant, and
/// there all share alike.
fn share_out(ranked: &mut [Ranked], is_bare: bool) {
    let (fixed, sharing) = ranked.split_at_mut(usize::from(!is_bare).min(ranked.len()));
    let left = 1.0 - fixed.iter().map(|entry| entry.confidence).sum::<f32>();
    let sum: f32 = sharing.iter().map(|entry| entry.confidence).sum();
    for entry in sharing.iter_mut().filter(|_| sum > left) {
        entry.confidence *= left / sum;
    }
}

/// Sentences behind everything else: they are compared, but not indexed.
fn sentences_last(
    documents: Vec<Document>,
    meanings: Option<Vec<Meaning>>,
) -> (Vec<Document>, Option<Vec<Meaning>>) {
    let is_sentence = |document: &Document| document.kind == Kind::Sentence;
    let Some(meanings) = meanings else {
        return (documents.into_iter().filter(|document| !is_sentence(document)).collect(), None);
    };
    let mut pairs: Vec<(Document, Meaning)> = documents.into_iter().zip(meanings).collect();
    pairs.sort_by_key(|(document, _)| is_sentence(document));
    let (documents, meanings) = pairs.into_iter().unzip();
    (documents, Some(meanings))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shared(confidences: &[f32], is_bare: bool) -> Vec<f32> {
        let ranked = |confidence: &f32| Ranked { confidence: *confidence, ..Ranked::default() };
        let mut ranked: Vec<Ranked> = confidences.iter().map(ranked).collect();
        share_out(&mut ranked, is_bare);
        ranked.iter().map(|entry| entry.confidence).collect()
    }

    #[test]
    fn the_first_keeps_its_probability_and_a_bare_thing_leaves_the_choice_open() {
        let near = |given: Vec<f32>, wanted: &[f32]| {
            given.iter().zip(wanted).all(|(given, wanted)| (given - wanted).abs() < 1e-5)
        };
        assert!(near(shared(&[0.75, 0.3, 0.2], false), &[0.75, 0.15, 0.1]));
        assert!(near(shared(&[0.75, 0.45, 0.3], true), &[0.5, 0.3, 0.2]));
        assert!(near(shared(&[0.6, 0.2], false), &[0.6, 0.2]), "there is room for both");
        assert!(shared(&[], false).is_empty());
    }
}
