//! The protocol of `OpenAI`'s embeddings: what is asked, and what an answer says.

use serde::Deserialize;
use serde_json::{Value, json};

use crate::understanding::encode::remote::Trouble;
use crate::understanding::encode::{Embedding, normalise};

#[derive(Deserialize)]
struct Answer {
    data: Vec<Item>,
}

#[derive(Deserialize)]
struct Item {
    embedding: Embedding,
    /// Which text it is of; its own place where it is not said.
    index: Option<usize>,
}

/// What is sent for some texts.
pub(super) fn request(model: &str, prefix: &str, texts: &[&str]) -> Value {
    let input: Vec<String> = texts.iter().map(|text| format!("{prefix}{text}")).collect();
    json!({ "model": model, "input": input, "encoding_format": "float" })
}

/// The vectors of so many texts, in their order and of unit length; each has `width` numbers, or where that
/// is 0, as many as the others.
pub(super) fn read(bytes: &[u8], texts: usize, width: usize) -> Result<Vec<Embedding>, Trouble> {
    let answer: Answer = serde_json::from_slice(bytes)
        .map_err(|_| Trouble::outage("its answer is no list of vectors"))?;
    let count = answer.data.len();
    if count != texts {
        return Err(Trouble::outage(format!("it gives {count} vectors for {texts} texts")));
    }
    let width =
        if width == 0 { answer.data.first().map_or(0, |item| item.embedding.len()) } else { width };
    let mut vectors: Vec<Embedding> = vec![Vec::new(); texts];
    for (at, item) in answer.data.into_iter().enumerate() {
        let Item { mut embedding, index } = item;
        check(&embedding, width)?;
        normalise(&mut embedding);
        match vectors.get_mut(index.unwrap_or(at)).filter(|place| place.is_empty()) {
            Some(place) => *place = embedding,
            None => return Err(Trouble::outage("it does not say of which texts its vectors are")),
        }
    }
    Ok(vectors)
}

fn check(vector: &[f32], width: usize) -> Result<(), Trouble> {
    let count = vector.len();
    let square: f32 = vector.iter().map(|value| value * value).sum();
    if count != width || count == 0 {
        Err(Trouble::outage(format!("it gives vectors of {count} numbers, not of {width}")))
    } else if !square.is_finite() || square <= 0.0 {
        Err(Trouble::outage("it gives a vector that has no direction"))
    } else {
        Ok(())
    }
}
