//! One suite for every implementation of [`Encoder`]: the same text, close to the vector that the
//! model's own software gives.

use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::understanding::encode::sentence::Engine;
use crate::understanding::encode::{BundleEncoder, Encoder, SentenceEncoder, cosine};

#[derive(Deserialize)]
struct Reference {
    model: String,
    text: String,
    vector: Vec<f32>,
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}

/// Where the tiny models are.
pub(super) fn tiny(name: &str) -> PathBuf {
    root().join("tests/encoder").join(name)
}

fn gives_its_references(name: &str, encoder: &dyn Encoder) {
    let lines = fs::read_to_string(root().join("tests/encoder/references.jsonl")).unwrap();
    let references = lines.lines().map(|line| serde_json::from_str(line).unwrap());
    let own: Vec<Reference> = references.filter(|r: &Reference| r.model == name).collect();
    assert!(own.len() >= 2, "{name}");
    let apart = cosine(&own[0].vector, &own[1].vector);
    assert!(apart < 0.99, "{name}: the references are too alike to tell anything");
    for Reference { text, vector, .. } in own {
        assert_eq!(encoder.dimensions(), vector.len(), "{name}");
        let read = encoder.encode(&text).unwrap();
        let near = cosine(&read.whole, &vector);
        assert!(near >= 0.999, "{name}: {near} for {text:?}");
        for part in read.clauses.iter().chain([&read.whole, &read.telling]) {
            assert!((cosine(part, part) - 1.0).abs() < 1e-4, "{name}: of unit length, {text:?}");
        }
    }
}

#[test]
fn the_shipped_models_give_their_reference_vectors() {
    for name in ["multilingual-e5-small", "all-MiniLM-L6-v2"] {
        let encoder = BundleEncoder::load(&root().join("models").join(name)).unwrap();
        gives_its_references(name, &encoder);
    }
}

fn models_from_outside_give_their_reference_vectors(engine: Engine) {
    for name in ["tiny-bert", "tiny-xlm-r"] {
        let encoder = SentenceEncoder::load_unchecked(&tiny(name), engine).unwrap();
        gives_its_references(name, &encoder);
    }
}

#[test]
fn models_from_outside_give_their_reference_vectors_on_the_graph() {
    models_from_outside_give_their_reference_vectors(Engine::Graph);
}

#[cfg(feature = "torch")]
#[test]
fn models_from_outside_give_their_reference_vectors_on_libtorch() {
    models_from_outside_give_their_reference_vectors(Engine::Torch);
}
