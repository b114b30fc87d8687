//! An encoder for tests of what is encoded, and how often.

use std::sync::atomic::{AtomicUsize, Ordering};

use crate::understanding::encode::{EncodeError, Encoded, Encoder, normalise};

/// Encodes a text as its length, its clauses by commas, and counts how often.
#[derive(Default)]
pub(super) struct Counting(AtomicUsize);

impl Counting {
    /// How many texts it has encoded.
    pub(super) fn count(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }
}

impl Encoder for Counting {
    fn name(&self) -> &'static str {
        "counting"
    }

    fn dimensions(&self) -> usize {
        2
    }

    fn encode(&self, text: &str) -> Result<Encoded, EncodeError> {
        self.0.fetch_add(1, Ordering::Relaxed);
        let vector = |text: &str| {
            let mut vector = vec![1.0, f32::from(u8::try_from(text.len()).unwrap())];
            normalise(&mut vector);
            vector
        };
        let clauses: Vec<_> = text.split(',').map(vector).collect();
        let clauses = if clauses.len() > 1 { clauses } else { vec![] };
        Ok(Encoded { whole: vector(text), telling: vector(text), clauses })
    }
}
