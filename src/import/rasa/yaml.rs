//! YAML with the line of everything.

use std::path::Path;

use saphyr::{LoadableYamlNode as _, MarkedYaml, Scalar, YamlData};

use crate::import::ImportError;
use crate::import::haul::At;

/// A value, and where it stands.
#[derive(Clone, Copy)]
pub(super) struct Node<'a> {
    inner: &'a MarkedYaml<'a>,
    file: &'a Path,
    source: &'a str,
}

/// Reads the first document of a file.
pub(super) fn with_document<T>(
    file: &Path,
    source: &str,
    read: impl FnOnce(Node<'_>) -> T,
) -> Result<Option<T>, ImportError> {
    let documents = MarkedYaml::load_from_str(source).map_err(|error| ImportError::Row {
        file: file.to_owned(),
        line: error.marker().line(),
        message: error.info().to_owned(),
    })?;
    Ok(documents.first().map(|node| read(Node { inner: node, file, source })))
}

impl<'a> Node<'a> {
    fn with(self, node: &'a MarkedYaml<'a>) -> Self {
        Self { inner: node, ..self }
    }

    /// Its place.
    pub(super) fn at(self) -> At {
        At::new(self.file, self.inner.span.start.line())
    }

    /// What stands under a key.
    pub(super) fn get(self, key: &str) -> Option<Self> {
        self.pairs().into_iter().find(|(known, _)| known == key).map(|(_, value)| value)
    }

    /// The keys and values of a mapping; a value that is not there stands at its key.
    pub(super) fn pairs(self) -> Vec<(String, Self)> {
        let YamlData::Mapping(mapping) = &self.inner.data else { return vec![] };
        let pairs = mapping.iter();
        pairs.filter_map(|(key, value)| Some((scalar(key)?, self.with(value)))).collect()
    }

    /// The place of a key.
    pub(super) fn at_key(self, key: &str) -> At {
        let YamlData::Mapping(mapping) = &self.inner.data else { return self.at() };
        let found = mapping.iter().find(|(known, _)| scalar(known).as_deref() == Some(key));
        found.map_or_else(|| self.at(), |(known, _)| self.with(known).at())
    }

    /// The items of a sequence.
    pub(super) fn items(self) -> Vec<Self> {
        let YamlData::Sequence(items) = &self.inner.data else { return vec![] };
        items.iter().map(|item| self.with(item)).collect()
    }

    /// The text of a scalar.
    pub(super) fn text(self) -> Option<String> {
        scalar(self.inner)
    }

    /// The lines of a text that say something, each with its place; of a list its texts.
    pub(super) fn lines(self) -> Vec<(String, At)> {
        let Some(text) = self.text() else {
            return self.items().into_iter().flat_map(Self::lines).collect();
        };
        let mut number = self.inner.span.start.line();
        let mut source = self.source.lines().skip(number.saturating_sub(1));
        let mut lines = Vec::new();
        for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
            // a block's lines follow each other in the file, with others between them at most
            let skipped = source.clone().position(|from| from.contains(line));
            if let Some(skipped) = skipped {
                number += skipped;
                lines.push((line.to_owned(), At::new(self.file, number)));
                number += 1;
                source = self.source.lines().skip(number.saturating_sub(1));
            } else {
                lines.push((line.to_owned(), self.at()));
            }
        }
        lines
    }
}

fn scalar(node: &MarkedYaml<'_>) -> Option<String> {
    match &node.data {
        YamlData::Representation(text, ..) | YamlData::Value(Scalar::String(text)) => {
            Some(text.to_string())
        }
        YamlData::Value(Scalar::Integer(number)) => Some(number.to_string()),
        YamlData::Value(Scalar::Boolean(is_so)) => Some(is_so.to_string()),
        YamlData::Value(Scalar::FloatingPoint(number)) => Some(number.to_string()),
        _ => None,
    }
}
