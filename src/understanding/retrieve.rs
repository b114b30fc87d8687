//! Finding the FAQ entries that may answer a message: BM25 over a tantivy index (Robertson and
//! Zaragoza 2009) and the cosine of TF-IDF vectors, for every phrasing of an entry and for the
//! entry's question with its answer. How probable a candidate is, is for `answer` to say.

use std::collections::HashMap;
use std::sync::Arc;

use rayon::prelude::*;
use tantivy::collector::TopDocs;
use tantivy::directory::RamDirectory;
use tantivy::query::{BooleanQuery, EnableScoring, Occur, Query, TermQuery};
use tantivy::schema::{Field, IndexRecordOption, Schema, TextFieldIndexing, TextOptions};
use tantivy::tokenizer::{PreTokenizedString, Token};
use tantivy::{DocId, Index, Score, Searcher, SegmentReader, TantivyDocument, TantivyError, Term};

use crate::domain::Language;
use crate::understanding::audience::Hidden;
use crate::understanding::features::{Vectoriser, word_key};
use crate::understanding::function_words::is_english_function_word;
use crate::understanding::lexicon::Lexicon;
use crate::understanding::postings::Postings;
use crate::understanding::prepared::Prepared;
use crate::understanding::synonyms::Synonyms;
use crate::understanding::tokenise::{Tokens, Word};

/// How many documents each of the searches gives.
const DEPTH: usize = 40;
/// The words that find documents are in so many of them together; more frequent ones only add.
const FINDING: usize = 4_096;
/// The score of what is hidden: below every other.
const HIDDEN: f32 = -1.0;
/// What the index may use while it is written.
const WRITER_BYTES: usize = 15_000_000;
/// The highest factor by which a term's rarity counts in BM25 (k1 + 1 of tantivy's k1 = 1.2).
const MOST_OF_A_TERM: f32 = 2.2;

/// The index cannot be built or searched. It lives in memory, so this means that memory is short.
#[derive(Debug, thiserror::Error)]
#[error("the FAQ index fails: {0}")]
pub struct SearchError(#[from] TantivyError);

/// One way to ask for an entry, or the entry as a whole.
#[derive(Clone, Debug)]
pub struct Document {
    /// The place of the entry among all entries.
    pub entry: usize,
    /// What it holds of the entry.
    pub kind: Kind,
    /// Its language.
    pub language: Language,
    /// The words.
    pub text: String,
}

/// What a document holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// One phrasing of the question.
    Phrasing,
    /// The question with its answer.
    Passage,
    /// A sentence of the answer; compared by meaning only.
    Sentence,
}

/// An entry with what speaks for it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Candidate {
    /// The place of the entry among all entries.
    pub(super) entry: usize,
    /// BM25 of its best phrasing.
    pub(super) bm25_phrasing: f32,
    /// BM25 of question and answer.
    pub(super) bm25_passage: f32,
    /// Cosine of its best phrasing.
    pub(super) cosine_phrasing: f32,
    /// Cosine of question and answer.
    pub(super) cosine_passage: f32,
    /// The share of the message's words, weighed by their rarity, that question and answer hold.
    pub(super) coverage: f32,
    /// The documents of the best cosines.
    pub(super) phrasing: Option<usize>,
    pub(super) passage: Option<usize>,
}

/// What was found for a message.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// The entries, in no order.
    pub(super) candidates: Vec<Candidate>,
    /// What BM25 would give at most for these words; how well a score does is its share of this.
    pub(super) bm25_most: f32,
    /// The share of the message's telling words that the knowledge knows, weighed by their rarity.
    pub(super) known: f32,
}

/// The index over all documents.
pub(super) struct FaqIndex {
    documents: Arc<Vec<Document>>,
    searcher: Searcher,
    fields: Fields,
    vectoriser: Vectoriser,
    postings: Postings,
    /// Every question with answer: its entry, and its place among the documents.
    passages: Vec<(usize, u32)>,
    lexicon: Lexicon,
}

#[derive(Clone, Copy)]
struct Fields {
    phrasing: Field,
    passage: Field,
}

impl FaqIndex {
    /// Indexes `documents`, read with these synonyms.
    pub(super) fn build(
        documents: Vec<Document>,
        synonyms: &Synonyms,
    ) -> Result<Self, SearchError> {
        let documents: Vec<Document> =
            documents.into_iter().filter(|document| document.kind != Kind::Sentence).collect();
        let read: Vec<Prepared> = documents
            .par_iter()
            .map(|document| Prepared::of(&synonyms.read(&document.text)))
            .collect();
        let (searcher, fields) = write_index(&documents, &read)?;
        let vectoriser = Vectoriser::fit(read.iter().map(|message| &message.counts));
        let vectors = read.iter().map(|message| vectoriser.vector(&message.counts));
        let postings = Postings::of(vectoriser.len(), vectors);
        let mut passages: Vec<(usize, u32)> = (0..)
            .zip(&documents)
            .filter(|(_, document)| document.kind == Kind::Passage)
            .map(|(at, document)| (document.entry, at))
            .collect();
        passages.sort_unstable();
        let lexicon = Lexicon::of(read.iter().map(|message| &message.tokens));
        let documents = Arc::new(documents);
        Ok(Self { documents, searcher, fields, vectoriser, postings, passages, lexicon })
    }

    /// The words of all documents; whoever wants them takes them.
    pub(super) fn take_lexicon(&mut self) -> Lexicon {
        std::mem::take(&mut self.lexicon)
    }

    /// All documents.
    pub(super) fn documents(&self) -> &[Document] {
        &self.documents
    }

    /// The entries that share words with the message, but for hidden ones. `without` leaves out some
    /// documents, for learning from the knowledge's own phrasings.
    pub(super) fn search(
        &self,
        message: &Prepared,
        without: impl Fn(usize) -> bool,
        hidden: &Hidden,
    ) -> Result<Found, SearchError> {
        let mut found: HashMap<usize, Candidate> = HashMap::new();
        let mut note = |document: usize, score: f32, is_bm25: bool| {
            let Some(Document { entry, kind, .. }) = self.documents.get(document) else { return };
            if without(document) || hidden.has(*entry) {
                return;
            }
            let known =
                found.entry(*entry).or_insert(Candidate { entry: *entry, ..Candidate::default() });
            let value = match (kind, is_bm25) {
                (Kind::Phrasing, true) => &mut known.bm25_phrasing,
                (Kind::Phrasing, false) => &mut known.cosine_phrasing,
                (_, true) => &mut known.bm25_passage,
                (_, false) => &mut known.cosine_passage,
            };
            if score > *value {
                *value = score;
                match (kind, is_bm25) {
                    (Kind::Phrasing, false) => known.phrasing = Some(document),
                    (_, false) => known.passage = Some(document),
                    _ => {}
                }
            }
        };
        let mut read = Vec::new();
        for field in [self.fields.phrasing, self.fields.passage] {
            for (document, score) in self.bm25(field, &message.tokens, hidden)? {
                note(document, score, true);
                read.push(document);
            }
        }
        let vector = self.vectoriser.vector(&message.counts);
        let is_shown = |document| !is_hidden(&self.documents, document, hidden);
        for (document, score) in self.postings.nearest(&vector, DEPTH * 2, &read, is_shown) {
            note(document, score, false);
        }
        let entries = found.keys().copied().collect();
        for (document, coverage) in self.coverages(&message.tokens, entries) {
            let Some(Document { entry, .. }) = self.documents.get(document) else { continue };
            if let Some(known) = found.get_mut(entry).filter(|_| !without(document)) {
                known.coverage = known.coverage.max(coverage);
            }
        }
        let bm25_most = self.bm25_most(&message.tokens)?;
        let known = self.vectoriser.known_share(&message.tokens);
        Ok(Found { candidates: found.into_values().collect(), bm25_most, known })
    }

    /// For every question with answer of `entries`, the share of the rarity of all the message's words
    /// that its words have.
    fn coverages(&self, tokens: &Tokens, mut entries: Vec<usize>) -> Vec<(usize, f32)> {
        entries.sort_unstable();
        let mut held: Vec<(u32, f32)> = Vec::with_capacity(entries.len());
        for entry in entries {
            let start = self.passages.partition_point(|(other, _)| *other < entry);
            let own = self.passages.iter().skip(start).take_while(|(other, _)| *other == entry);
            held.extend(own.map(|(_, document)| (*document, 0.0)));
        }
        held.sort_unstable_by_key(|(document, _)| *document);
        let mut all = 0.0;
        let mut stems: Vec<&str> = tokens.words.iter().map(|word| word.stem.as_str()).collect();
        stems.sort_unstable();
        stems.dedup();
        for stem in stems {
            let Some((column, idf)) = self.vectoriser.column(word_key(stem)) else {
                all += self.vectoriser.rarest();
                continue;
            };
            all += idf;
            self.postings.add(column, &mut held, idf);
        }
        held.retain(|(_, sum)| *sum > 0.0);
        held.into_iter().map(|(document, sum)| (document as usize, sum / all)).collect()
    }

    /// The documents with the best scores by the words of which the message is about. Where these are
    /// in very many documents, the rarer ones find, and the others add.
    fn bm25(
        &self,
        field: Field,
        tokens: &Tokens,
        hidden: &Hidden,
    ) -> Result<Vec<(usize, f32)>, SearchError> {
        let mut words: Vec<(u32, Term)> = Vec::new();
        for word in distinct(tokens) {
            let term = Term::from_field_text(field, &word.stem);
            words.push((u32::try_from(self.searcher.doc_freq(&term)?).unwrap_or(u32::MAX), term));
        }
        words.sort_by_key(|(seen, _)| *seen);
        let found_by = finding(words.iter().map(|(seen, _)| *seen as usize));
        let mut words =
            words.into_iter().map(|(_, term)| TermQuery::new(term, IndexRecordOption::WithFreqs));
        let found_by: Vec<(Occur, Box<dyn Query>)> = words
            .by_ref()
            .take(found_by)
            .map(|query| (Occur::Should, Box::new(query) as Box<dyn Query>))
            .collect();
        let query = BooleanQuery::new(found_by);
        let limit = TopDocs::with_limit(DEPTH);
        let top = if hidden.is_empty() {
            self.searcher.search(&query, &limit.order_by_score())?
        } else {
            let (documents, hidden) = (Arc::clone(&self.documents), hidden.clone());
            let shown = move |_: &SegmentReader| {
                let (documents, hidden) = (Arc::clone(&documents), hidden.clone());
                move |document: DocId, score: Score| {
                    let is_hidden = is_hidden(&documents, document as usize, &hidden);
                    if is_hidden { HIDDEN } else { score }
                }
            };
            self.searcher.search(&query, &limit.tweak_score(shown))?
        };
        let shown = top.into_iter().filter(|(score, _)| *score > HIDDEN);
        let mut shown: Vec<(u32, f32)> = shown.map(|(score, at)| (at.doc_id, score)).collect();
        shown.sort_unstable_by_key(|(document, _)| *document);
        for query in words {
            self.add_bm25(&query, &mut shown)?;
        }
        Ok(shown.into_iter().map(|(document, score)| (document as usize, score)).collect())
    }

    /// Adds what a term gives to those of `documents`, which ascend, that hold it.
    fn add_bm25(&self, query: &TermQuery, documents: &mut [(u32, f32)]) -> Result<(), SearchError> {
        let weight = query.weight(EnableScoring::enabled_from_searcher(&self.searcher))?;
        for reader in self.searcher.segment_readers() {
            let mut scorer = weight.scorer(reader, 1.0)?;
            for (document, sum) in &mut *documents {
                if scorer.doc() < *document {
                    scorer.seek(*document);
                }
                if scorer.doc() == *document {
                    *sum += scorer.score();
                }
            }
        }
        Ok(())
    }

    /// What BM25 would give at most for these words.
    #[expect(clippy::cast_precision_loss, reason = "counts of documents are far below 2^24")]
    fn bm25_most(&self, tokens: &Tokens) -> Result<f32, SearchError> {
        let all = self.searcher.num_docs() as f32;
        let mut most = 0.0;
        for word in distinct(tokens) {
            let term = Term::from_field_text(self.fields.phrasing, &word.stem);
            let seen = self.searcher.doc_freq(&term)? as f32;
            most += (1.0 + (all - seen + 0.5) / (seen + 0.5)).ln() * MOST_OF_A_TERM;
        }
        Ok(most)
    }
}

/// How many of the terms, which stand by the documents that hold them, find candidates: as many as
/// [`FINDING`] documents hold, and one in any case.
fn finding(held_by: impl Iterator<Item = usize>) -> usize {
    let mut read = 0;
    let within = held_by.take_while(|documents| {
        let is_first = read == 0;
        read += documents;
        read <= FINDING || is_first
    });
    within.count()
}

fn is_hidden(documents: &[Document], document: usize, hidden: &Hidden) -> bool {
    documents.get(document).is_some_and(|document| hidden.has(document.entry))
}

/// The words of which a question is about, each once; all of them when none tells anything.
fn distinct(tokens: &Tokens) -> Vec<&Word> {
    let mut words: Vec<&Word> = tokens.words.iter().collect();
    words.sort_unstable_by(|a, b| a.stem.cmp(&b.stem));
    words.dedup_by(|a, b| a.stem == b.stem);
    let is_telling = |word: &&Word| !is_english_function_word(&word.stem);
    let telling: Vec<&Word> = words.iter().copied().filter(is_telling).collect();
    if telling.is_empty() { words } else { telling }
}

fn write_index(
    documents: &[Document],
    read: &[Prepared],
) -> Result<(Searcher, Fields), TantivyError> {
    let indexing = TextFieldIndexing::default()
        .set_tokenizer("raw") // never asked: the words come ready
        .set_index_option(IndexRecordOption::WithFreqs);
    let options = TextOptions::default().set_indexing_options(indexing);
    let mut schema = Schema::builder();
    let fields = Fields {
        phrasing: schema.add_text_field("phrasing", options.clone()),
        passage: schema.add_text_field("passage", options),
    };
    let index = Index::builder().schema(schema.build());
    let mut writer = index.single_segment_index_writer(RamDirectory::create(), WRITER_BYTES)?;
    // one segment, written in order: a document's number in the index is its place in the list
    for (document, message) in documents.iter().zip(read) {
        let field = match document.kind {
            Kind::Phrasing => fields.phrasing,
            Kind::Passage | Kind::Sentence => fields.passage,
        };
        let mut row = TantivyDocument::default();
        row.add_pre_tokenized_text(field, pre_tokenised(&message.tokens));
        writer.add_document(row)?;
    }
    let searcher = writer.finalize()?.reader()?.searcher();
    Ok((searcher, fields))
}

fn pre_tokenised(tokens: &Tokens) -> PreTokenizedString {
    let tokens = tokens.words.iter().enumerate().map(|(position, word)| Token {
        position,
        text: word.stem.clone(),
        ..Token::default()
    });
    PreTokenizedString { text: String::new(), tokens: tokens.collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terms_find_until_too_many_documents_hold_them_but_one_always_does() {
        assert_eq!(finding([3, 5, 90].into_iter()), 3);
        assert_eq!(finding([100, FINDING, FINDING * 2].into_iter()), 1);
        assert_eq!(finding([FINDING * 3, FINDING * 4].into_iter()), 1);
        assert_eq!(finding(std::iter::empty()), 0);
    }

    #[test]
    fn function_words_count_only_when_there_is_nothing_else() {
        let stems = |text| {
            let tokens = crate::understanding::tokenise::tokenise(text);
            distinct(&tokens).into_iter().map(|word| word.stem.clone()).collect::<Vec<_>>()
        };
        assert_eq!(stems("where is my parcel"), ["parcel", "where"]);
        assert_eq!(stems("is it"), ["is", "it"]);
    }
}
