//! The index on disk, in tantivy. A document is one message: whose it is, its place, and what is
//! indexed of it; the words themselves stay in the log. With every commit goes the journal's position,
//! so that what was not committed is simply read again.

use std::fs;
use std::io;
use std::ops::Bound;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tantivy::collector::TopDocs;
use tantivy::query::{
    BooleanQuery, InvertedIndexRangeQuery, Occur, PhraseQuery, Query, RangeQuery, TermQuery,
    TermSetQuery,
};
use tantivy::schema::{
    FAST, Field, INDEXED, IndexRecordOption, STORED, STRING, Schema, TextFieldIndexing,
    TextOptions, Value,
};
use tantivy::tokenizer::{PreTokenizedString, Token};
use tantivy::{
    DocAddress, Index, IndexReader, IndexWriter, Order, ReloadPolicy, TantivyDocument,
    TantivyError, Term,
};

use crate::domain::{ConversationId, Seq};
use crate::search::SearchError;
use crate::search::words::{Indexed, Piece, Pieces};

/// What an index of another version is thrown away for: raise it with every change of the schema or of
/// what is indexed.
pub(super) const VERSION: &str = "1";
/// What the index may use while it is written.
const WRITER_BYTES: usize = 32_000_000;
/// How long another writer of this process, which is just ending, is waited for.
const LOCK_TRIES: usize = 250;
const LOCK_WAIT: Duration = Duration::from_millis(20);

/// What fails when the index does.
pub(super) type StoreError = TantivyError;

/// A message to be indexed.
pub(super) struct Message {
    pub(super) conversation: ConversationId,
    pub(super) seq: Seq,
    /// Its rank among all messages; the latest has the highest.
    pub(super) order: u64,
    pub(super) indexed: Indexed,
}

/// Where a message that was found stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) conversation: ConversationId,
    pub(super) seq: Seq,
    pub(super) order: u64,
}

#[derive(Clone, Copy)]
struct Fields {
    conversation: Field,
    seq: Field,
    order: Field,
    signs: Field,
    words: Field,
}

/// The index for those who search.
pub(super) struct Store {
    reader: IndexReader,
    fields: Fields,
    position: AtomicU64,
}

/// The index for the one who writes.
pub(super) struct Writer {
    index: Index,
    inner: IndexWriter,
    fields: Fields,
    has_deleted: bool,
}

fn schema() -> (Schema, Fields) {
    let mut schema = Schema::builder();
    // the text is split before it comes here
    let placed = TextFieldIndexing::default()
        .set_index_option(IndexRecordOption::WithFreqsAndPositions)
        .set_fieldnorms(false);
    let counted = TextFieldIndexing::default()
        .set_index_option(IndexRecordOption::Basic)
        .set_fieldnorms(false);
    let fields = Fields {
        conversation: schema.add_text_field("conversation", STRING | STORED),
        seq: schema.add_u64_field("seq", STORED),
        order: schema.add_u64_field("order", FAST | INDEXED),
        signs: schema.add_text_field("signs", TextOptions::default().set_indexing_options(placed)),
        words: schema.add_text_field("words", TextOptions::default().set_indexing_options(counted)),
    };
    (schema.build(), fields)
}

/// Opens the index, or makes a new one where there is none that can be used.
pub(super) fn open(folder: &Path) -> Result<(Store, Writer), SearchError> {
    let wrong = |error: &dyn std::fmt::Display| SearchError::Index(error.to_string());
    keep_only(folder, VERSION).map_err(|error| wrong(&error))?;
    let own = folder.join(VERSION);
    let opened = open_in(&own).or_else(|error| {
        tracing::warn!(%error, "the search index cannot be used and is made anew");
        fs::remove_dir_all(&own)?;
        open_in(&own)
    });
    opened.map_err(|error| wrong(&error))
}

fn open_in(folder: &Path) -> Result<(Store, Writer), TantivyError> {
    fs::create_dir_all(folder)?;
    let (schema, fields) = schema();
    let directory = tantivy::directory::MmapDirectory::open(folder)?;
    let index = Index::open_or_create(directory, schema)?;
    let inner = writer(&index)?;
    let reader = index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into()?;
    let payload = index.load_metas()?.payload;
    let position = payload.and_then(|payload| payload.parse().ok()).unwrap_or_default();
    let store = Store { reader, fields, position: AtomicU64::new(position) };
    Ok((store, Writer { index, inner, fields, has_deleted: false }))
}

/// Within one process, the writer of a server that was stopped lets go a moment later.
#[expect(clippy::disallowed_methods, reason = "opening is blocking work, away from the workers")]
fn writer(index: &Index) -> Result<IndexWriter, TantivyError> {
    for _ in 0..LOCK_TRIES {
        match index.writer_with_num_threads(1, WRITER_BYTES) {
            Err(TantivyError::LockFailure(..)) => std::thread::sleep(LOCK_WAIT),
            opened => return opened,
        }
    }
    index.writer_with_num_threads(1, WRITER_BYTES)
}

/// Removes indexes of other versions.
fn keep_only(folder: &Path, version: &str) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_name() != version && entry.file_type()?.is_dir() {
            fs::remove_dir_all(entry.path())?;
        }
    }
    Ok(())
}

impl Writer {
    pub(super) fn add(&mut self, message: Message) -> Result<(), TantivyError> {
        let Message { conversation, seq, order, indexed } = message;
        let mut document = TantivyDocument::default();
        document.add_text(self.fields.conversation, conversation.to_string());
        document.add_u64(self.fields.seq, seq.0);
        document.add_u64(self.fields.order, order);
        document.add_pre_tokenized_text(self.fields.signs, split(indexed.signs));
        document.add_pre_tokenized_text(self.fields.words, split(indexed.words));
        self.inner.add_document(document)?;
        Ok(())
    }

    pub(super) fn forget(&mut self, conversation: ConversationId) {
        let term = Term::from_field_text(self.fields.conversation, &conversation.to_string());
        self.inner.delete_term(term);
        self.has_deleted = true;
    }

    /// Forgets everything; with the next commit.
    pub(super) fn clear(&mut self) -> Result<(), TantivyError> {
        self.inner.delete_all_documents().map(|_| ())
    }

    /// Makes everything so far durable and visible, as of a position in the journal. What was erased
    /// is rewritten away.
    pub(super) fn commit(&mut self, store: &Store, position: u64) -> Result<(), TantivyError> {
        let mut commit = self.inner.prepare_commit()?;
        commit.set_payload(&position.to_string());
        commit.commit()?;
        if std::mem::take(&mut self.has_deleted) {
            let segments = self.index.searchable_segment_metas()?;
            let dirty = segments.iter().filter(|segment| segment.num_deleted_docs() > 0);
            let dirty: Vec<_> = dirty.map(tantivy::index::SegmentMeta::id).collect();
            for segment in dirty {
                // one that is being merged at this moment is rewritten by that
                if let Err(error) = self.inner.merge(&[segment]).wait() {
                    tracing::debug!(%error, "a segment is merged already");
                }
            }
            self.inner.garbage_collect_files().wait()?;
        }
        store.reader.reload()?;
        store.position.store(position, Ordering::Release);
        Ok(())
    }
}

fn split(texts: Vec<String>) -> PreTokenizedString {
    let tokens = texts.into_iter().enumerate().map(|(position, text)| Token {
        position,
        text,
        ..Token::default()
    });
    PreTokenizedString { text: String::new(), tokens: tokens.collect() }
}

impl Store {
    /// Up to where in the journal the index has read.
    pub(super) fn position(&self) -> u64 {
        self.position.load(Ordering::Acquire)
    }

    /// The latest messages that have all pieces.
    pub(super) fn find(
        &self,
        pieces: &Pieces,
        within: Option<Vec<ConversationId>>,
        after: Option<u64>,
        limit: usize,
    ) -> Result<Vec<Place>, TantivyError> {
        let Fields { conversation, seq, order, .. } = self.fields;
        let mut parts: Vec<Box<dyn Query>> =
            pieces.0.iter().map(|piece| self.query(piece)).collect();
        if let Some(within) = within {
            let terms =
                within.iter().map(|id| Term::from_field_text(conversation, &id.to_string()));
            parts.push(Box::new(TermSetQuery::new(terms)));
        }
        if let Some(after) = after {
            let end = Bound::Excluded(Term::from_field_u64(order, after));
            parts.push(Box::new(RangeQuery::new(Bound::Unbounded, end)));
        }
        let query = BooleanQuery::intersection(parts);
        let searcher = self.reader.searcher();
        let latest = TopDocs::with_limit(limit).order_by_fast_field::<u64>("order", Order::Desc);
        let found: Vec<(Option<u64>, DocAddress)> = searcher.search(&query, &latest)?;
        let mut places = Vec::with_capacity(found.len());
        for (order, address) in found {
            let document: TantivyDocument = searcher.doc(address)?;
            let id = document.get_first(conversation).and_then(|value| value.as_str());
            let id = id.and_then(|id| id.parse().ok());
            let place = document.get_first(seq).and_then(|value| value.as_u64());
            if let (Some(conversation), Some(seq), Some(order)) = (id, place, order) {
                places.push(Place { conversation, seq: Seq(seq), order });
            }
        }
        Ok(places)
    }

    fn query(&self, piece: &Piece) -> Box<dyn Query> {
        let Fields { signs, words, .. } = self.fields;
        let term = |field, text: &str| Term::from_field_text(field, text);
        let exact = |field, text: &str| -> Box<dyn Query> {
            Box::new(TermQuery::new(term(field, text), IndexRecordOption::Basic))
        };
        let (first, second): (Box<dyn Query>, Box<dyn Query>) = match piece {
            Piece::Dense { run, words: parts } => {
                let terms: Vec<Term> =
                    run.chars().map(|sign| term(signs, sign.encode_utf8(&mut [0; 4]))).collect();
                let run: Box<dyn Query> = if terms.len() > 1 {
                    Box::new(PhraseQuery::new(terms))
                } else {
                    exact(signs, run)
                };
                let parts = parts.iter().map(|word| exact(words, word)).collect();
                (run, Box::new(BooleanQuery::intersection(parts)))
            }
            Piece::Spaced { start, stem } => {
                let end = format!("{start}\u{10ffff}");
                let range = InvertedIndexRangeQuery::new(
                    Bound::Included(term(signs, start)),
                    Bound::Excluded(term(signs, &end)),
                );
                (Box::new(range), exact(words, stem))
            }
        };
        Box::new(BooleanQuery::new(vec![(Occur::Should, first), (Occur::Should, second)]))
    }
}
