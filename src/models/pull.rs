//! A model comes from a hub: its files are fetched aside, and then it goes the way of any model
//! that comes in. What was fetched stays where the line breaks for good.

use std::fs;
use std::path::Path;

use crate::models::hub::{Hub, HubError, Progress, Source};
use crate::models::install::{Added, write};
use crate::models::{ModelName, Models, ModelsError, clear, io_at};
use crate::understanding::encode::{Checksums, SentenceEncoder, Told};

/// The files without which there is no model, the large one last.
const NEEDED: [&str; 3] = ["config.json", "tokenizer.json", "model.safetensors"];
/// Files that a model may have.
const OPTIONAL: [&str; 6] = [
    "modules.json",
    "1_Pooling/config.json",
    "sentence_bert_config.json",
    "config_sentence_transformers.json",
    "README.md",
    "LICENSE",
];
/// Where the files aside come from.
const ORIGIN: &str = ".origin";

/// A model that came from a hub.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pulled {
    /// The model.
    pub added: Added,
    /// Whether the hub named a checksum for the weights.
    pub is_checked: bool,
}

impl Models {
    /// Fetches a model from a hub and takes it in as `name`.
    pub fn pull(
        &self,
        source: &Source,
        name: &ModelName,
        told: &Told,
        progress: Progress<'_>,
    ) -> Result<Pulled, ModelsError> {
        let hub = Hub::open(source, progress)?;
        let _hold = self.hold()?;
        self.must_be_free(name)?;
        let aside = self.aside(name, "pulled");
        let origin = format!("{source:?}");
        if fs::read_to_string(aside.join(ORIGIN)).ok().as_deref() != Some(origin.as_str()) {
            clear(&aside)?;
            fs::create_dir_all(&aside).map_err(io_at(&aside))?;
            write(&aside.join(ORIGIN), &origin)?;
        }
        let pulled = Self::fetch_all(&hub, &aside).and_then(|is_checked| {
            SentenceEncoder::try_out(&aside)?;
            Ok(Pulled { added: self.take(&aside, name, told)?, is_checked })
        });
        match &pulled {
            // what came serves the next time
            Ok(_) | Err(ModelsError::Hub(HubError::Broken { .. })) => {}
            Err(_) => clear(&aside)?,
        }
        pulled
    }

    /// Fetches all files; says whether the weights were checked against a checksum.
    fn fetch_all(hub: &Hub<'_>, aside: &Path) -> Result<bool, ModelsError> {
        for file in OPTIONAL {
            match hub.fetch(aside, file) {
                Err(ModelsError::Hub(HubError::Missing { .. })) => {}
                fetched => drop(fetched?),
            }
        }
        let mut is_checked = false;
        for file in NEEDED {
            is_checked = hub.fetch(aside, file)?.is_some();
        }
        Ok(is_checked)
    }

    fn take(&self, aside: &Path, name: &ModelName, told: &Told) -> Result<Added, ModelsError> {
        let origin = aside.join(ORIGIN);
        fs::remove_file(&origin).map_err(io_at(&origin))?;
        self.finish(aside, name, told, &Checksums::default())
    }
}
