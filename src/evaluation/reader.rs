//! Makes the lines of a measurement ready: their words, and in the encoder tier their meaning.

use rayon::prelude::*;

use crate::domain::{Language, WrittenIn};
use crate::evaluation::EvalError;
use crate::understanding::encode::{Encoders, KeptVectors, Meaning, Parts};
use crate::understanding::{Lexicon, Prepared};

/// The tier that is measured, and whom to tell what happens.
pub struct Reader<'a> {
    /// The encoders; none in the lexical tier.
    pub encoders: Option<Encoders>,
    /// Vectors from earlier times.
    pub kept: KeptVectors,
    /// Is told the stage, how much of it is done, and how much there is.
    pub progress: &'a (dyn Fn(&str, usize, usize) + Sync),
}

impl Reader<'_> {
    /// The tier's name.
    pub(super) fn tier(&self) -> &'static str {
        if self.encoders.is_some() { "encoder" } else { "lexical" }
    }

    /// Tells that a stage begins.
    pub(super) fn stage(&self, name: &str) {
        (self.progress)(name, 0, 0);
    }

    /// Texts to learn from.
    pub(super) fn examples(&self, texts: &[&str]) -> Result<Vec<Prepared>, EvalError> {
        let prepared: Vec<Prepared> = texts.par_iter().map(|text| Prepared::of(text)).collect();
        let languages: Vec<(&str, Language)> = texts
            .iter()
            .zip(&prepared)
            .map(|(text, ready)| (*text, ready.tokens.language))
            .collect();
        let Some(meanings) = self.meanings(&languages)? else { return Ok(prepared) };
        let ready = prepared.into_iter().zip(meanings);
        Ok(ready.map(|(ready, meaning)| ready.with_meaning(Some(meaning.into()))).collect())
    }

    /// What texts mean; nothing in the lexical tier.
    pub(super) fn meanings(
        &self,
        texts: &[(&str, Language)],
    ) -> Result<Option<Vec<Meaning>>, EvalError> {
        let Some(encoders) = &self.encoders else { return Ok(None) };
        let tell = |done| {
            (self.progress)("encoding", done, texts.len());
            true
        };
        let texts: Vec<(&str, Language, Parts)> =
            texts.iter().map(|(text, language)| (*text, *language, Parts::ALL)).collect();
        let meanings = encoders.read_all(&texts, &self.kept, &tell)?;
        let _ = self.kept.save(); // the next run takes longer
        Ok(Some(meanings))
    }

    /// Messages to ask, each read as a server reads it.
    pub(super) fn messages(
        &self,
        texts: &[&str],
        lexicon: &Lexicon,
    ) -> Result<Vec<Prepared>, EvalError> {
        let prepared: Vec<Prepared> =
            texts.par_iter().map(|text| lexicon.prepare(text, self.encoders.as_ref())).collect();
        let Some(encoders) = &self.encoders else { return Ok(prepared) };
        let languages: Vec<(&str, WrittenIn)> = texts
            .iter()
            .zip(&prepared)
            .map(|(text, ready)| (ready.read_as.as_deref().unwrap_or(text), ready.written_in))
            .collect();
        let tell = |done| {
            (self.progress)("encoding", done, texts.len());
            true
        };
        let meanings = encoders.read_messages(&languages, &tell)?;
        let ready = prepared.into_iter().zip(meanings);
        Ok(ready.map(|(ready, meaning)| ready.with_meaning(Some(meaning.into()))).collect())
    }

    /// One message.
    pub(super) fn message(&self, text: &str, lexicon: &Lexicon) -> Result<Prepared, EvalError> {
        let ready = lexicon.prepare(text, self.encoders.as_ref());
        let Some(encoders) = &self.encoders else { return Ok(ready) };
        let meaning = encoders.read(ready.read_as.as_deref().unwrap_or(text), ready.written_in)?;
        Ok(ready.with_meaning(Some(meaning.into())))
    }
}
